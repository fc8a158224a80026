package dev.npcruntime;

import java.util.List;
import java.util.Map;

/** Compares by value, as the protocol wants it: 8 and 8.0 are equal, nil and no field are too. */
final class Same {
    private Same() {}

    static boolean values(Object a, Object b) {
        if (a instanceof Number one && b instanceof Number other) return one.doubleValue() == other.doubleValue();
        if (a instanceof List<?> one && b instanceof List<?> other) {
            if (one.size() != other.size()) return false;
            for (int i = 0; i < one.size(); i++) if (!values(one.get(i), other.get(i))) return false;
            return true;
        }
        if (a instanceof Map<?, ?> one && b instanceof Map<?, ?> other) return within(one, other) && within(other, one);
        return a == null ? b == null : a.equals(b);
    }

    /** Whether everything in one map is in another too. */
    static boolean within(Map<?, ?> one, Map<?, ?> other) {
        return one.entrySet().stream().allMatch(each -> values(each.getValue(), other.get(each.getKey())));
    }
}
