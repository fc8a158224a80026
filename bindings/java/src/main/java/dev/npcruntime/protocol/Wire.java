package dev.npcruntime.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What came over the wire, as a type of Java. Types are strict: {@code "8"} is not 8, and 1 is not true. */
final class Wire {
    private Wire() {}

    static String string(Object came) {
        if (came instanceof String text) return text;
        throw wrong("a string", came);
    }

    static boolean flag(Object came) {
        if (came instanceof Boolean flag) return flag;
        throw wrong("true or false", came);
    }

    static long whole(Object came) {
        if (came instanceof Long number) return number;
        throw wrong("a whole number", came);
    }

    static int small(Object came) {
        long number = whole(came);
        if (number == (int) number) return (int) number;
        throw wrong("a whole number of 32 bits", came);
    }

    /** A number; one without a fraction may have come as an integer. */
    static double number(Object came) {
        if (came instanceof Double number) return number;
        if (came instanceof Long number) return number;
        throw wrong("a number", came);
    }

    /** A string, a number, or true or false. */
    static Object value(Object came) {
        if (came instanceof String || came instanceof Long || came instanceof Double || came instanceof Boolean) {
            return came;
        }
        throw wrong("a string, a number, or true or false", came);
    }

    static Object anything(Object came) {
        return came;
    }

    static <T> Function<Object, List<T>> list(Function<Object, T> item) {
        return came -> {
            if (!(came instanceof List<?> items)) throw wrong("an array", came);
            List<T> read = new ArrayList<>(items.size());
            for (Object each : items) read.add(item.apply(each));
            return Collections.unmodifiableList(read);
        };
    }

    static <T> Function<Object, Map<String, T>> map(Function<Object, T> item) {
        return came -> {
            if (!(came instanceof Map<?, ?> entries)) throw wrong("a map", came);
            Map<String, T> read = new LinkedHashMap<>();
            entries.forEach((key, value) -> read.put(string(key), item.apply(value)));
            return Collections.unmodifiableMap(read);
        };
    }

    static <E extends Enum<E>> E among(E[] constants, Function<E, String> wire, Object came) {
        String text = string(came);
        for (E constant : constants) {
            if (wire.apply(constant).equals(text)) return constant;
        }
        throw new BadFrame("\"" + text + "\" is not in the list");
    }

    static <T> List<Object> each(List<T> items, Function<T, Object> write) {
        List<Object> out = new ArrayList<>(items.size());
        for (T item : items) out.add(write.apply(item));
        return out;
    }

    static <T> Map<String, Object> values(Map<String, T> entries, Function<T, Object> write) {
        Map<String, Object> out = new LinkedHashMap<>();
        entries.forEach((key, value) -> out.put(key, write.apply(value)));
        return out;
    }

    private static BadFrame wrong(String wanted, Object came) {
        return new BadFrame("it wants " + wanted + ", not " + (came == null ? "nil" : came.toString()));
    }
}
