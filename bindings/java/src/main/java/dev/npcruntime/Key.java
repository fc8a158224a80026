package dev.npcruntime;

import dev.npcruntime.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What lets a client in to a daemon that other machines reach: keys of ZeroMQ's CURVE, of 40 characters each. */
record Key(String server, String publicKey, String secretKey) {
    /** The key in a file that {@code npc-runtime keys add} wrote. */
    static Key in(Path file) {
        Map<?, ?> told = read(file);
        return of(file, told.get("server"), told.get("public"), told.get("secret"));
    }

    /** What a client of the same user shows on the daemon's own machine. */
    static Key local(Path keys) {
        Map<?, ?> told = read(keys);
        if (told.get("server") instanceof Map<?, ?> server && told.get("local") instanceof Map<?, ?> pair) {
            return of(keys, server.get("public"), pair.get("public"), pair.get("secret"));
        }
        throw wrong(keys);
    }

    private static Key of(Path file, Object server, Object open, Object secret) {
        if (server instanceof String a && open instanceof String b && secret instanceof String c) return new Key(a, b, c);
        throw wrong(file);
    }

    private static Map<?, ?> read(Path file) {
        try {
            if (Json.read(Files.readString(file)) instanceof Map<?, ?> told) return told;
        } catch (IOException | IllegalArgumentException unreadable) {
            // told below
        }
        throw wrong(file);
    }

    private static NpcRuntimeException wrong(Path file) {
        return new NpcRuntimeException(
                ErrorCode.UNAUTHORIZED, "there is no key in " + file, "make one with: npc-runtime keys add NAME");
    }
}
