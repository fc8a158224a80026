package dev.npcruntime;

import dev.npcruntime.protocol.ErrorCode;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which NPC Runtime is started where the game names none: section 3 of the protocol has the rule.
 *
 * @param environment the variables
 * @param beside folders that may have a folder {@code npc-runtime}
 */
record Program(Map<String, String> environment, List<Path> beside) {
    private static final String NAME = "npc-runtime";
    private static final String SYSTEM = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    private static final String FILE = SYSTEM.startsWith("windows") ? NAME + ".exe" : NAME;

    /** The one for this process. */
    static Path ofThisProcess() {
        List<Path> beside = new ArrayList<>();
        path(System.getProperty("jpackage.app-path")).map(Path::getParent).ifPresent(beside::add);
        jar().map(Path::getParent).ifPresent(beside::add);
        beside.add(Path.of("").toAbsolutePath());
        return new Program(System.getenv(), beside).find();
    }

    /** Throws NpcRuntimeException where there is none. */
    Path find() {
        String named = environment.getOrDefault("NPC_RUNTIME", "");
        if (!named.isEmpty()) return told(named);
        List<Path> folders =
                Stream.concat(beside.stream().map(folder -> folder.resolve(NAME)), installed()).toList();
        Stream<Path> onPath = Stream.of(variable("PATH").split(File.pathSeparator)).flatMap(part -> path(part).stream());
        return Stream.concat(folders.stream(), onPath)
                .map(folder -> folder.resolve(FILE))
                .filter(Program::runs)
                .findFirst()
                .orElseThrow(() -> new NpcRuntimeException(
                        ErrorCode.NOT_FOUND,
                        "NPC Runtime was not found: neither in " + folders + ", nor on the PATH",
                        "put its folder " + NAME + " beside the game, or tell the launcher where its command is"));
    }

    private static Path told(String named) {
        Path program = path(named).map(place -> Files.isDirectory(place) ? place.resolve(FILE) : place).orElse(null);
        if (program != null && runs(program)) return program;
        throw new NpcRuntimeException(
                ErrorCode.NOT_FOUND,
                "NPC_RUNTIME names " + named + ", and there is no program " + (program == null ? named : program),
                "name the folder of NPC Runtime or the program in it");
    }

    /** Where a bundle is that all games share. */
    private Stream<Path> installed() {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        if (SYSTEM.startsWith("windows")) {
            Stream<Path> own = path(variable("LOCALAPPDATA")).stream().map(local -> local.resolve("Programs"));
            return Stream.concat(own, path(variable("ProgramFiles")).stream()).map(root -> root.resolve(NAME));
        }
        if (SYSTEM.startsWith("mac")) return Stream.of(Path.of(home, "Applications", NAME), Path.of("/Applications", NAME));
        return Stream.of(Path.of(home, ".local", "lib", NAME), Path.of("/opt", NAME));
    }

    private String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /** The jar that this class is in; some loaders of mods do not tell. */
    private static Optional<Path> jar() {
        try {
            URI place = Program.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Optional.of(Path.of(place));
        } catch (Exception untold) {
            return Optional.empty();
        }
    }

    private static Optional<Path> path(String text) {
        try {
            return text == null || text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text).toAbsolutePath());
        } catch (InvalidPathException odd) {
            return Optional.empty();
        }
    }

    private static boolean runs(Path program) {
        return Files.isRegularFile(program) && Files.isExecutable(program);
    }
}
