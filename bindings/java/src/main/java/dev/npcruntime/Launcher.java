package dev.npcruntime;

import dev.npcruntime.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a daemon is started where none serves the data folder: on free ports, and so that it ends with the game.
 *
 * @param command what runs NPC Runtime; empty: what {@code NPC_RUNTIME} names, else the one beside the game, else the
 *     installed one
 * @param arguments more for its {@code serve}: {@code --model}, for example
 * @param directory the folder to run it in; null: the game's
 * @param patience how long it may take; loading a large model takes its time
 */
public record Launcher(List<String> command, List<String> arguments, Path directory, Duration patience) {
    private static final long STOP_SECONDS = 10;

    /** Keeps lists of its own. */
    public Launcher {
        command = List.copyOf(command);
        arguments = List.copyOf(arguments);
    }

    /** The one beside the game, or else the one that is installed, with further arguments for {@code serve}. */
    public static Launcher installed(String... arguments) {
        return new Launcher(List.of(), List.of(arguments), null, Duration.ofMinutes(2));
    }

    /** The same with another command: a path, or several words. */
    public Launcher withCommand(String... command) {
        return new Launcher(List.of(command), arguments, directory, patience);
    }

    /** The same, run in another folder. */
    public Launcher withDirectory(Path directory) {
        return new Launcher(command, arguments, directory, patience);
    }

    /** The same with more or less time to start. */
    public Launcher withPatience(Duration patience) {
        return new Launcher(command, arguments, directory, patience);
    }

    /** Starts it, and returns at once: it serves as soon as {@code daemon.json} is there. */
    Process start(DataFolder folder) {
        List<String> line = new ArrayList<>(command);
        if (line.isEmpty()) line.add(Program.ofThisProcess().toString());
        line.addAll(List.of("serve", "--data-dir", folder.path().toString()));
        line.addAll(List.of("--exit-with-parent", Long.toString(ProcessHandle.current().pid())));
        if (!arguments.contains("--bind")) {
            line.addAll(List.of("--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"));
        }
        line.addAll(arguments);
        try {
            Path log = folder.newLog();
            ProcessBuilder builder = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            if (directory != null) builder.directory(directory.toFile());
            builder.environment().put("PYTHONUTF8", "1");
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException failed) {
            throw new NpcRuntimeException(
                    ErrorCode.STORAGE,
                    "the daemon cannot be started: " + failed.getMessage(),
                    "install NPC Runtime, or tell the launcher where its command is");
        }
    }

    /** Ends a daemon: politely first, so that it writes what it holds, then not. */
    static void stop(Process process) {
        process.destroy();
        try {
            if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) return;
            process.destroyForcibly().waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
