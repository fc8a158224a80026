package dev.npcruntime;

import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.FinishReason;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What a character answers, while it does: it can be walked away from. */
public final class Reply {
    private static final double PATIENCE_SECONDS = 60;

    private final World world;
    private final Speech<?> speech;
    private final Consumer<Response> others;
    private final Exchange exchange;
    private final CompletableFuture<Response> done = new CompletableFuture<>();
    private volatile boolean cancelled;
    private String id = ""; // this and what follows: on the game's thread only
    private boolean deaf;

    Reply(World world, Speech<?> speech, Request request, Double deadline, Consumer<Response> others) {
        this.world = world;
        this.speech = speech;
        this.others = others;
        Game game = world.runtime().game();
        double seconds = PATIENCE_SECONDS + (deadline == null ? 0 : deadline);
        exchange = new Exchange(
                request.withId(world.runtime().connection().newId()),
                Duration.ofMillis((long) (seconds * 1000)),
                response -> game.tell(() -> told(response)),
                error -> game.tell(() -> failed(error)));
        world.runtime().connection().post(exchange);
    }

    /** Names it in {@link World#why}; empty before its start, and for a line that nobody answers. */
    public String id() {
        return id;
    }

    /** The player walks away: nothing more of it is told but its end, whose {@code finish} says so. */
    public void cancel() {
        cancelled = true;
        exchange.takenBack = true;
        world.runtime().mention(() -> Request.Cancel.of(exchange.request.id())); // it may have another id by then
    }

    /** Says that so many sentences were really spoken so far; only what was heard is remembered. */
    public void heard(long sentences) {
        if (!id.isEmpty()) world.runtime().mention(Request.Heard.of(world.id(), id).withUpto(sentences));
    }

    /** Says that the whole line was spoken. */
    public void heard() {
        if (!id.isEmpty()) world.runtime().mention(Request.Heard.of(world.id(), id));
    }

    /** Its last message, a {@code ReplyEnd} in most cases, once it is there. Completed after the callbacks. */
    public CompletableFuture<Response> done() {
        return done;
    }

    private void told(Response response) {
        if (response instanceof Response.ReplyStart start) {
            id = start.reply();
            if (cancelled) return;
            call(speech.started, start);
            call(speech.emotion, start.emotion());
        } else if (response instanceof Response.ReplyDelta delta) {
            if (!cancelled) call(speech.text, delta.text());
        } else if (response instanceof Response.ReplySentence sentence) {
            if (!cancelled) sentence(sentence);
        } else if (response instanceof Response.ReplyAction action) {
            if (!cancelled) call(speech.action, new Action(world, action));
        } else if (response instanceof Response.ReplyEnd end) {
            end(end);
        } else {
            others.accept(response);
        }
        if (response.last()) done.complete(response);
    }

    private void sentence(Response.ReplySentence sentence) {
        if (speech.sentence == null) return;
        boolean was = deaf;
        deaf = true; // a callback that throws has shown nothing, and what comes behind it was not heard either
        speech.sentence.accept(sentence);
        deaf = was;
        if (!deaf && !speech.byHand) heard(sentence.index() + 1);
    }

    private void end(Response.ReplyEnd end) {
        id = end.reply();
        call(speech.end, end);
        boolean whole = speech.sentence == null && end.finish() != FinishReason.CANCELLED && !end.text().isEmpty();
        if (whole && !speech.byHand) heard();
    }

    private void failed(NpcRuntimeException error) {
        done.completeExceptionally(error);
        if (!cancelled || error.code() != ErrorCode.CANCELLED) call(speech.error, error);
    }

    private static <T> void call(Consumer<T> callback, T value) {
        if (callback != null) callback.accept(value);
    }
}
