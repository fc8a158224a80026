package dev.npcruntime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A daemon's data folder, from which its clients learn where it is and what lets them in. */
record DataFolder(Path path) {
    private static final int LOG_LINES_SHOWN = 12;
    private static final String LOG = "daemon.log";

    /** A daemon that says it serves; after a crash it may not. */
    record Daemon(String endpoint, long pid, boolean wantsKey) {}

    /** Who serves the folder, as {@code daemon.json} has it. */
    Optional<Daemon> daemon() {
        return folders().flatMap(folder -> daemon(folder).stream()).findFirst();
    }

    private static Optional<Daemon> daemon(Path folder) {
        try {
            if (Json.read(Files.readString(folder.resolve("daemon.json"))) instanceof Map<?, ?> told
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
        return folders()
                .filter(folder -> daemon(folder).isPresent())
                .flatMap(folder -> token(folder).stream())
                .findFirst()
                .or(() -> token(path));
    }

    private static Optional<String> token(Path folder) {
        try {
            return Optional.of(Files.readString(folder.resolve("token")).strip()).filter(token -> !token.isEmpty());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** What lets in where {@code daemon.json} names a key of the server. */
    Key key() {
        return Key.local(path.resolve("keys.json"));
    }

    /** An empty log, in the folder or, where that cannot be written, in its standby. */
    Path newLog() throws IOException {
        IOException failed = null;
        List<Path> places = new ArrayList<>(Standby.of(path, System.getenv()));
        places.add(0, path);
        for (Path folder : places) {
            try {
                Files.createDirectories(folder);
                return Files.write(folder.resolve(LOG), new byte[0]);
            } catch (IOException unwritable) {
                if (failed == null) failed = unwritable;
            }
        }
        throw failed;
    }

    /** The newest that there is: the one of the daemon that was started last. */
    private Path log() {
        Stream<Path> logs = folders().map(folder -> folder.resolve(LOG)).filter(Files::isRegularFile);
        return logs.max(Comparator.comparing(log -> log.toFile().lastModified())).orElse(path.resolve(LOG));
    }

    /** Itself, and what stands in for it where it cannot be written. */
    private Stream<Path> folders() {
        return Stream.concat(Stream.of(path), Standby.of(path, System.getenv()).stream().filter(Standby::isOurs));
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
