package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every frame that a receiver must read: it holds the message that is told, and written again reads the same. */
class VectorsTest {
    @TestFactory
    Stream<DynamicTest> valid() {
        List<?> vectors = (List<?>) Repository.protocol("vectors/valid.json").get("vectors");
        assertTrue(vectors.size() > 100, "there should be many");
        return vectors.stream().map(each -> (Map<?, ?>) each).map(vector -> DynamicTest.dynamicTest(
                (String) vector.get("name"), () -> Covered.check(frames(vector), Transcript.message(vector))));
    }

    static List<byte[]> frames(Map<?, ?> vector) {
        return ((List<?>) vector.get("frames")).stream().map(hex -> HexFormat.of().parseHex((String) hex)).toList();
    }
}
