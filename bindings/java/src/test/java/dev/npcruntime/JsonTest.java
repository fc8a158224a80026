package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValueIsRead() {
        assertEquals(
                Map.of("a", List.of(1L, -2.5, true, "x\n\u00e9\"")), Json.read(" {\"a\": [1, -2.5, true, \"x\\n\\u00e9\\\"\"]} "));
        assertEquals(List.of(), Json.read("[]"));
    }

    @Test
    void halfAFileIsNone() {
        for (String half : List.of("", "{", "{\"a\"", "[1,", "\"a", "{} x", "tru")) {
            assertThrows(IllegalArgumentException.class, () -> Json.read(half), half);
        }
    }
}
