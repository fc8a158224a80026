package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A talk among characters that goes on. Where its session is lost, it is over. */
public final class Encounter {
    private static final double PATIENCE_SECONDS = 60;

    private final Chat chat;
    private final World world;
    private final CompletableFuture<Response.EncounterStarted> started = new CompletableFuture<>();
    private final CompletableFuture<Response.EncounterEnded> done = new CompletableFuture<>();

    Encounter(Chat chat, Request request, double seconds) {
        this.chat = chat;
        world = chat.world();
        Game game = world.runtime().game();
        world.runtime()
                .connection()
                .post(new Exchange(
                        request.withId(world.runtime().connection().newId()),
                        Duration.ofMillis((long) ((PATIENCE_SECONDS + seconds) * 1000)),
                        response -> game.tell(() -> told(response)),
                        error -> game.tell(() -> failed(error))));
    }

    /** There when they have met. */
    public CompletableFuture<Response.EncounterStarted> started() {
        return started;
    }

    /** How it ended, once it has. Completed after the callbacks. */
    public CompletableFuture<Response.EncounterEnded> done() {
        return done;
    }

    /** Ends it. */
    public CompletableFuture<Response.Done> stop() {
        return started.thenCompose(met -> world.runtime().ask(Request.EncounterStop.of(world.id(), met.encounter())));
    }

    /** Says that a line was spoken as far as so many of its sentences: the next turn waits for all. */
    public void heard(String reply, long sentences) {
        chat.heard(reply, sentences);
    }

    /** Says that a whole line was spoken. */
    public void heard(String reply) {
        chat.heard(reply, null);
    }

    private void told(Response response) {
        if (response instanceof Response.EncounterStarted met) {
            started.complete(met);
            if (chat.started != null) chat.started.accept(met);
        } else if (response instanceof Response.EncounterEnded ended) {
            if (chat.ended != null) chat.ended.accept(ended);
            done.complete(ended);
        } else {
            chat.told(response);
        }
    }

    private void failed(NpcRuntimeException error) {
        started.completeExceptionally(error);
        done.completeExceptionally(error);
        chat.failed(error);
    }
}
