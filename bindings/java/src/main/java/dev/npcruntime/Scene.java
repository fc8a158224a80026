package dev.npcruntime;

import dev.npcruntime.protocol.FinishReason;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import dev.npcruntime.protocol.Stream;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a game wants to be told of a scene among characters. All callbacks run on the game's thread, in order. The next turn
 * waits until the line was heard: until the callback returns, or until the game says so.
 *
 * @param <S> the class itself, so that calls can follow each other
 */
public abstract sealed class Scene<S extends Scene<S>> permits Argument, Chat {
    private final World world;
    private Consumer<Response.SceneTurn> turnBegins;
    private Consumer<Turn> turn;
    private BiConsumer<Response.SceneTurn, Response.ReplySentence> sentence;
    private BiConsumer<Response.SceneTurn, Response.ReplyStart> started;
    private Consumer<Action> action;
    private Consumer<NpcRuntimeException> error;
    private boolean byHand;
    private volatile boolean anyHeard;

    private Response.SceneTurn speaking; // this and what follows: on the game's thread only
    private boolean deaf;

    Scene(World world) {
        this.world = world;
    }

    abstract S self();

    /** Somebody is about to speak. */
    public S onTurnBegins(Consumer<Response.SceneTurn> callback) {
        turnBegins = callback;
        return self();
    }

    /** Somebody begins to speak: with which emotion. */
    public S onStart(BiConsumer<Response.SceneTurn, Response.ReplyStart> callback) {
        started = callback;
        return self();
    }

    /** A whole sentence of a turn. When the callback returns, it counts as heard. */
    public S onSentence(BiConsumer<Response.SceneTurn, Response.ReplySentence> callback) {
        sentence = callback;
        return self();
    }

    /** A whole line. Without {@link #onSentence}, it counts as heard when the callback returns. */
    public S onTurn(Consumer<Turn> callback) {
        turn = callback;
        return self();
    }

    /** What a speaker proposes to do: the game decides, and says so with {@link Action#result}. */
    public S onAction(Consumer<Action> callback) {
        action = callback;
        return self();
    }

    /** It could not begin, or has broken off, and why. */
    public S onError(Consumer<NpcRuntimeException> callback) {
        error = callback;
        return self();
    }

    /** The game itself says how much of a line was heard, with {@code heard} of what it started. */
    public S heardByHand() {
        byHand = true;
        return self();
    }

    World world() {
        return world;
    }

    Stream stream() {
        return sentence != null ? Stream.SENTENCE : Stream.END;
    }

    /** What belongs to a line of the scene; whatever else comes is not for here. */
    void told(Response response) {
        if (response instanceof Response.SceneTurn begins) {
            speaking = begins;
            deaf = false;
            if (turnBegins != null) turnBegins.accept(begins);
        } else if (response instanceof Response.ReplyStart start && speaking != null) {
            if (started != null) started.accept(speaking, start);
        } else if (response instanceof Response.ReplySentence part && speaking != null && sentence != null) {
            boolean was = deaf;
            deaf = true; // a callback that throws has shown nothing, and what comes behind it was not heard either
            sentence.accept(speaking, part);
            deaf = was;
            if (!deaf && !byHand) heard(part.reply(), part.index() + 1);
        } else if (response instanceof Response.ReplyAction proposed) {
            if (action != null) action.accept(new Action(world, proposed));
        } else if (response instanceof Response.ReplyEnd end && speaking != null) {
            if (turn != null) turn.accept(new Turn(speaking, end));
            if (sentence == null && !byHand && end.finish() != FinishReason.CANCELLED) {
                heard(end.reply(), null);
            }
        }
    }

    void failed(NpcRuntimeException why) {
        if (error != null) error.accept(why);
    }

    /** @param sentences null: all of them */
    void heard(String reply, Long sentences) {
        anyHeard = true;
        Request.Heard heard = Request.Heard.of(world.id(), reply);
        world.runtime().mention(sentences == null ? heard : heard.withUpto(sentences));
    }

    boolean anyHeard() {
        return anyHeard;
    }
}
