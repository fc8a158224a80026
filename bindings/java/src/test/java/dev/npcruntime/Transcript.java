package dev.npcruntime;

import java.util.List;
import java.util.Map;

/** A whole conversation that was recorded with a real daemon. */
record Transcript(String name, List<Map<?, ?>> steps) {
    static List<Transcript> all() {
        return ((List<?>) Repository.protocol("vectors/transcripts.json").get("transcripts"))
                .stream().map(each -> of((Map<?, ?>) each)).toList();
    }

    static Transcript named(String name) {
        return all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static Transcript of(Map<?, ?> told) {
        List<Map<?, ?>> steps = ((List<?>) told.get("steps")).stream().<Map<?, ?>>map(step -> (Map<?, ?>) step).toList();
        return new Transcript((String) told.get("name"), steps);
    }

    /** The message of a step, or of a vector. */
    @SuppressWarnings("unchecked") // it came out of JSON
    static Map<String, Object> message(Map<?, ?> step) {
        return (Map<String, Object>) step.get("message");
    }
}
