package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An argument that goes on. Where its session is lost, it is taken up in the next one; or begun anew, where nothing of it
 * was heard, and so nothing happened.
 */
public final class Quarrel {
    private static final double PATIENCE_SECONDS = 60;

    private final Argument argument;
    private final World world;
    private final Exchange exchange;
    private final CompletableFuture<Response.ArgueStarted> started = new CompletableFuture<>();
    private final CompletableFuture<Response.ArgueSettled> done = new CompletableFuture<>();
    private volatile String id = "";
    private volatile boolean over;

    Quarrel(Argument argument, Request request, double seconds) {
        this.argument = argument;
        world = argument.world();
        Game game = world.runtime().game();
        exchange = new Exchange(
                request.withId(world.runtime().connection().newId()),
                Duration.ofMillis((long) ((PATIENCE_SECONDS + seconds) * 1000)), // while a line is heard, all are silent
                response -> {
                    if (response instanceof Response.ArgueStarted begun) id = begun.argument();
                    game.tell(() -> told(response));
                },
                error -> game.tell(() -> failed(error))) {
            @Override
            Request takenUp() {
                if (id.isEmpty() || over) return null;
                boolean kept = argument.anyHeard() || request instanceof Request.ArgueResume;
                return kept ? argument.resumed(id) : request;
            }
        };
        world.runtime().connection().post(exchange);
    }

    /** Names it in requests; empty until it has begun. */
    public String id() {
        return id;
    }

    /** There when it has begun. */
    public CompletableFuture<Response.ArgueStarted> started() {
        return started;
    }

    /** Its outcome, once it has one. Completed after the callbacks. */
    public CompletableFuture<Response.ArgueSettled> done() {
        return done;
    }

    /** A player, or a character who is no party, speaks into it; tells how the line was read and is taken. */
    public CompletableFuture<Response.ArgueIntervened> intervene(String speaker, String text) {
        return intervene(speaker, text, null);
    }

    /** The same, and how characters call the player. */
    public CompletableFuture<Response.ArgueIntervened> intervene(String speaker, String text, String name) {
        return started.thenCompose(begun -> world.runtime()
                .ask(Request.ArgueIntervene.of(world.id(), begun.argument(), speaker, text).withName(name)));
    }

    /** Ends it as a stalemate. */
    public CompletableFuture<Response.Done> stop() {
        return started.thenCompose(begun -> world.runtime().ask(Request.ArgueStop.of(world.id(), begun.argument())));
    }

    /** Breaks it off, without an outcome; {@link World#resume} can take it up again. */
    public void breakOff() {
        over = true;
        exchange.takenBack = true;
        world.runtime().mention(() -> Request.Cancel.of(exchange.request.id())); // it may have another id by then
    }

    /** Says that a line was spoken as far as so many of its sentences: the next turn waits for all. */
    public void heard(String reply, long sentences) {
        argument.heard(reply, sentences);
    }

    /** Says that a whole line was spoken. */
    public void heard(String reply) {
        argument.heard(reply, null);
    }

    private void told(Response response) {
        if (response instanceof Response.ArgueStarted begun) {
            if (started.isDone()) return; // it was taken up again
            started.complete(begun);
            call(argument.started, begun);
        } else if (response instanceof Response.ArgueEscalated hotter) {
            call(argument.escalated, hotter);
        } else if (response instanceof Response.ArgueIntervened spoken) {
            call(argument.intervened, spoken);
        } else if (response instanceof Response.ArgueSettled settled) {
            over = true;
            call(argument.settled, settled);
            done.complete(settled);
        } else {
            argument.told(response);
        }
    }

    private void failed(NpcRuntimeException error) {
        over = true;
        started.completeExceptionally(error);
        done.completeExceptionally(error);
        argument.failed(error);
    }

    private static <T> void call(Consumer<T> callback, T value) {
        if (callback != null) callback.accept(value);
    }
}
