package dev.npcruntime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Where a daemon describes itself that cannot write its data folder: section 3 of the protocol has the places. */
final class Standby {
    private static final int MARK_DIGITS = 12;

    private Standby() {}

    /** The folders that there may be, the likeliest first. */
    static List<Path> of(Path folder, Map<String, String> environment) {
        return runtimeFolders(environment).map(place -> place.resolve("npc-runtime").resolve(mark(folder))).toList();
    }

    /** Whether it is there and no other user left it. */
    static boolean isOurs(Path folder) {
        try {
            Path ofThisUser = Path.of(System.getProperty("user.home"));
            return Files.isDirectory(folder)
                    && (isWindows() || Files.getOwner(folder).equals(Files.getOwner(ofThisUser)));
        } catch (IOException | UnsupportedOperationException untold) {
            return false;
        }
    }

    private static Stream<Path> runtimeFolders(Map<String, String> environment) {
        if (isWindows()) return Stream.of(Path.of(environment.getOrDefault("LOCALAPPDATA", ""), "Temp"));
        Path home = Path.of(System.getProperty("user.home"));
        if (system().startsWith("mac")) return Stream.of(home.resolve("Library/Caches/TemporaryItems"));
        Stream<Path> named = Stream.of(environment.getOrDefault("XDG_RUNTIME_DIR", "")).filter(text -> !text.isEmpty()).map(Path::of);
        Stream<Path> usual = uid(home).flatMap(uid -> Stream.of(
                Path.of("/run/user", uid), Path.of(environment.getOrDefault("TMPDIR", "/tmp"), "runtime-" + uid)));
        return Stream.concat(named, usual);
    }

    private static Stream<String> uid(Path home) {
        try {
            return Stream.of(Files.getAttribute(home, "unix:uid").toString());
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException untold) {
            return Stream.empty();
        }
    }

    private static String mark(Path folder) {
        try {
            byte[] path = folder.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(path)).substring(0, MARK_DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has SHA-256
        }
    }

    private static boolean isWindows() {
        return system().startsWith("windows");
    }

    private static String system() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    }
}
