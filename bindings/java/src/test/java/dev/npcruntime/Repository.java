package dev.npcruntime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the specification and the daemon are that this binding is tested against. */
final class Repository {
    /** The root of the repository; the tests run in {@code bindings/java}. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    private Repository() {}

    /** A file of the protocol. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> protocol(String name) {
        try {
            return (Map<String, Object>) Json.read(Files.readString(ROOT.resolve("protocol").resolve(name)));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    /** What starts a daemon without a model; nothing where PYTHON_WITH_NPC_RUNTIME does not name a Python that has it. */
    static Optional<Launcher> daemon() {
        return Optional.ofNullable(System.getenv("PYTHON_WITH_NPC_RUNTIME"))
                .map(python -> new Launcher(
                        List.of(python, "-m", "npc_runtime"),
                        List.of("--model", "none.gguf", "--embedding", "off"),
                        ROOT,
                        Duration.ofMinutes(2)));
    }
}
