package dev.npcruntime;

import java.time.Duration;
import java.util.List;

/** How a connection is made; {@code endpoint}, {@code token}, {@code key}, {@code folder} and {@code launcher} may be null. */
record Settings(
        String name,
        String version,
        String endpoint,
        String token,
        Key key,
        DataFolder folder,
        Launcher launcher,
        List<String> capabilities,
        Duration patience) {}
