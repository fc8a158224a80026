package dev.npcruntime;

import dev.npcruntime.protocol.Emotion;
import dev.npcruntime.protocol.Response;
import dev.npcruntime.protocol.Stream;
import java.util.function.Consumer;

/**
 * What a game wants to be told of a reply. All callbacks run on the game's thread, those of one reply in order.
 *
 * @param <S> the class itself, so that calls can follow each other
 */
public abstract sealed class Speech<S extends Speech<S>> permits Line, Lore {
    Consumer<Response.ReplyStart> started;
    Consumer<Emotion> emotion;
    Consumer<String> text;
    Consumer<Response.ReplySentence> sentence;
    Consumer<Action> action;
    Consumer<Response.ReplyEnd> end;
    Consumer<NpcRuntimeException> error;
    boolean byHand;

    Speech() {}

    abstract S self();

    /** Sends it. Returns at once. */
    public abstract Reply send();

    /** The character begins to speak: who it is, and what names the reply. */
    public S onStart(Consumer<Response.ReplyStart> callback) {
        started = callback;
        return self();
    }

    /** The emotion, which is known before the first word, so that the face can move first. */
    public S onEmotion(Consumer<Emotion> callback) {
        emotion = callback;
        return self();
    }

    /** Runs of text as they are written; a slow reader misses some, {@link #onEnd} has the whole. */
    public S onText(Consumer<String> callback) {
        text = callback;
        return self();
    }

    /** A whole sentence, to be shown or spoken. When the callback returns, it counts as heard, and is remembered. */
    public S onSentence(Consumer<Response.ReplySentence> callback) {
        sentence = callback;
        return self();
    }

    /** What the character proposes to do: the game decides, and says so with {@link Action#result}. */
    public S onAction(Consumer<Action> callback) {
        action = callback;
        return self();
    }

    /** The end, with the whole text. Without {@link #onSentence}, the line counts as heard when the callback returns. */
    public S onEnd(Consumer<Response.ReplyEnd> callback) {
        end = callback;
        return self();
    }

    /** There is no reply, or none any more, and why. */
    public S onError(Consumer<NpcRuntimeException> callback) {
        error = callback;
        return self();
    }

    /** The game itself says how much was heard, with {@link Reply#heard}: where a line is still spoken after its callback. */
    public S heardByHand() {
        byHand = true;
        return self();
    }

    /** As much as the callbacks want, and no more. */
    Stream stream() {
        return text != null ? Stream.DELTA : sentence != null ? Stream.SENTENCE : Stream.END;
    }
}
