package dev.npcruntime;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** The game's thread, on which everything is told: its own executor, or a queue that it polls. */
final class Game {
    private static final System.Logger LOG = System.getLogger("dev.npcruntime");

    private final Executor executor;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

    /** @param executor null: a queue */
    Game(Executor executor) {
        this.executor = executor != null ? executor : queue::add;
    }

    /** Tells the game something, on its thread. What the game throws is logged, and stops nothing. */
    void tell(Runnable callback) {
        try {
            executor.execute(() -> {
                try {
                    callback.run();
                } catch (RuntimeException thrown) {
                    LOG.log(Level.ERROR, "a callback of the game has failed", thrown);
                }
            });
        } catch (RejectedExecutionException over) {
            LOG.log(Level.DEBUG, "the game takes no more callbacks", over);
        }
    }

    /** Runs what is due now, but not what these callbacks cause. */
    int poll() {
        int due = queue.size();
        int done = 0;
        for (Runnable next; done < due && (next = queue.poll()) != null; done++) next.run();
        return done;
    }

    /** A future that is completed on the game's thread. */
    <T> void complete(CompletableFuture<T> future, T value) {
        tell(() -> future.complete(value));
    }

    void fail(CompletableFuture<?> future, NpcRuntimeException error) {
        tell(() -> future.completeExceptionally(error));
    }
}
