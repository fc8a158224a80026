package dev.npcruntime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A daemon's data folder, from which its clients learn where it is and what lets them in. */
record DataFolder(Path path) {
    private static final int LOG_LINES_SHOWN = 12;

    /** A daemon that says it serves; after a crash it may not. */
    record Daemon(String endpoint, long pid, boolean wantsKey) {}

    /** Who serves the folder, as {@code daemon.json} has it. */
    Optional<Daemon> daemon() {
        try {
            if (Json.read(Files.readString(path.resolve("daemon.json"))) instanceof Map<?, ?> told
                    && told.get("endpoint") instanceof String endpoint
                    && told.get("pid") instanceof Long pid) {
                return Optional.of(new Daemon(endpoint, pid, told.get("server_key") != null));
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            // as good as none: it is written in one step, and read again soon
        }
        return Optional.empty();
    }

    /** What lets clients in, where the daemon has written it already. */
    Optional<String> token() {
        try {
            return Optional.of(Files.readString(path.resolve("token")).strip()).filter(token -> !token.isEmpty());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** What lets in where {@code daemon.json} names a key of the server. */
    Key key() {
        return Key.local(path.resolve("keys.json"));
    }

    Path log() {
        return path.resolve("daemon.log");
    }

    /** How the daemon's log ends, for an error that says why it did not start. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log());
            List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
            return last.isEmpty() ? "(it wrote nothing)" : String.join("\n", last);
        } catch (IOException unreadable) {
            return "(its log " + log() + " cannot be read)";
        }
    }
}
