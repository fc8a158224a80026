package dev.npcruntime.minestom;

import dev.npcruntime.Launcher;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What can be set when the server is started: {@code java -Dvillage.port=25566 -jar target/village.jar}.
 *
 * @param host the address that players reach; {@code 0.0.0.0}: all, so that others in the network can join, too
 * @param port where players connect; 0: a free one
 * @param folder where memories and saves are kept
 * @param daemon the command of NPC Runtime: a file, or several words
 * @param haste how many times faster than a player reads the lines of a quarrel follow each other
 */
record Settings(String host, int port, Path folder, String daemon, double haste) {
    static Settings given() {
        return new Settings(
                System.getProperty("village.host", "127.0.0.1"),
                Integer.getInteger("village.port", 25565),
                Path.of(System.getProperty("village.folder", "village-data")),
                System.getProperty("village.daemon", "npc-runtime"),
                Double.parseDouble(System.getProperty("village.haste", "1")));
    }

    /** Starts the daemon, which ends with the server. */
    Launcher launcher() {
        boolean isFile = Files.exists(Path.of(daemon)); // whose path may have spaces
        return Launcher.installed().withCommand(isFile ? new String[] {daemon} : daemon.split(" "));
    }
}
