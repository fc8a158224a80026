package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.time.Duration;
import java.util.function.Consumer;

/** A request that waits for what comes of it. Only the I/O thread touches one once it is posted. */
class Exchange {
    Request request;
    final Duration patience;
    private final Consumer<Response> came;
    private final Consumer<NpcRuntimeException> failed;
    long deadline;
    boolean sent;
    boolean answered;
    int refusedForSession;
    /** Whether the game wants nothing more of it: no session sends it again. */
    volatile boolean takenBack;
    /** Whether it only asks for what a lost session had. */
    boolean again;

    /** @param patience how long there may be silence */
    Exchange(Request request, Duration patience, Consumer<Response> came, Consumer<NpcRuntimeException> failed) {
        this.request = request;
        this.patience = patience;
        this.came = came;
        this.failed = failed;
    }

    void came(Response response) {
        came.accept(response);
    }

    void failed(NpcRuntimeException error) {
        failed.accept(error);
    }

    /** What takes it up again where it broke off with its session; null: nothing does. */
    Request takenUp() {
        return null;
    }

    void touch(long now) {
        deadline = now + patience.toNanos();
    }
}
