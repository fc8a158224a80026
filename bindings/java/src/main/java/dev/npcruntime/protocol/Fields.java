package dev.npcruntime.protocol;

import java.util.Map;
import java.util.function.Function;

/** The fields of a map that came over the wire; those that nobody asks for are ignored. */
record Fields(Map<?, ?> came) {
    static Fields of(Object came) {
        if (came instanceof Map<?, ?> map) return new Fields(map);
        throw new BadFrame("it wants a map, not " + came);
    }

    /** A field that must be there. */
    <T> T need(String name, Function<Object, T> read) {
        if (!came.containsKey(name)) throw new BadFrame("the field " + name + " is missing");
        return value(name, read);
    }

    /** A field that may be missing or nil. */
    <T> T orNull(String name, Function<Object, T> read) {
        return came.get(name) == null ? null : value(name, read);
    }

    /** A field with a default value: nil is as good as leaving out. */
    <T> T or(String name, Function<Object, T> read, T missing) {
        return came.get(name) == null ? missing : value(name, read);
    }

    private <T> T value(String name, Function<Object, T> read) {
        try {
            return read.apply(came.get(name));
        } catch (BadFrame bad) {
            throw new BadFrame(name + ": " + bad.getMessage());
        }
    }
}
