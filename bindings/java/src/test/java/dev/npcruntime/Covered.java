package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.npcruntime.protocol.Frames;
import dev.npcruntime.protocol.Message;
import java.util.List;
import java.util.Map;

/** Reads a message and writes it again, and looks whether anything that its schema knows got lost. */
final class Covered {
    private static final Map<?, ?> DEFINITIONS = (Map<?, ?>) Repository.protocol("schema/definitions.json").get("$defs");

    private Covered() {}

    static void check(List<byte[]> frames, Map<String, Object> told) {
        Map<String, Object> came = Frames.unpack(frames);
        assertTrue(Same.values(told, came), () -> "read " + came);
        Message message = Message.read(came);
        if (message == null) {
            Map<?, ?> messages = (Map<?, ?>) Repository.protocol("protocol.json").get("messages");
            assertTrue(!messages.containsKey(told.get("type")), "a type that the protocol has");
            return;
        }
        assertEquals(Message.read(told), message);
        Map<String, Object> again = Frames.unpack(List.of(Frames.header(), Frames.pack(message.write())));
        assertEquals(message, Message.read(again));
        value(told, again, Repository.protocol("schema/" + told.get("type") + ".json"), told.get("type").toString());
    }

    /** What was not written has its default value. */
    private static void value(Object told, Object written, Map<?, ?> schema, String where) {
        Map<?, ?> known = resolved(schema);
        if (told instanceof Map<?, ?> map && known.get("properties") instanceof Map<?, ?> fields) {
            map.forEach((name, value) -> {
                if (!(fields.get(name) instanceof Map<?, ?> field) || value == null) return;
                Object again = ((Map<?, ?>) written).get(name);
                if (again != null) value(value, again, field, where + "." + name);
                else assertTrue(Same.values(field.get("default"), value), () -> where + "." + name + " got lost");
            });
        } else if (told instanceof List<?> items && known.get("items") instanceof Map<?, ?> item) {
            List<?> others = (List<?>) written;
            assertEquals(items.size(), others.size(), where);
            for (int i = 0; i < items.size(); i++) value(items.get(i), others.get(i), item, where + "[" + i + "]");
        } else {
            assertTrue(Same.values(told, written), () -> where + " was " + told + ", and is " + written);
        }
    }

    /** Without references, and without the alternative of nil. */
    private static Map<?, ?> resolved(Map<?, ?> schema) {
        if (schema.get("$ref") instanceof String ref) {
            return resolved((Map<?, ?>) DEFINITIONS.get(ref.substring(ref.lastIndexOf('/') + 1)));
        }
        if (!(schema.get("anyOf") instanceof List<?> options)) return schema;
        List<Map<?, ?>> others = options.stream()
                .<Map<?, ?>>map(option -> (Map<?, ?>) option)
                .filter(option -> !"null".equals(option.get("type")))
                .toList();
        return others.size() == 1 ? resolved(others.get(0)) : Map.of();
    }
}
