package dev.npcruntime;

import dev.npcruntime.protocol.ActionOffer;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A line that somebody is about to say: what goes with it, and what the game wants to be told of the answer. */
public final class Line extends Speech<Line> {
    private final World world;
    private Request.Say say;
    Consumer<Response.ReplyNone> silence;

    Line(World world, Request.Say say) {
        this.world = world;
        this.say = say;
    }

    @Override
    Line self() {
        return this;
    }

    /** How characters call the speaker. */
    public Line name(String name) {
        say = say.withName(name);
        return this;
    }

    /** What the character may do now. */
    public Line actions(ActionOffer... offers) {
        say = say.withActions(List.of(offers));
        return this;
    }

    /** Seconds after which the character says a line of its own instead. */
    public Line deadline(double seconds) {
        say = say.withDeadline(seconds);
        return this;
    }

    /** Nobody else who is there hears it, nor the answer. */
    public Line privately() {
        say = say.withPrivate(true);
        return this;
    }

    /** Who else hears it, wherever they are: an earshot of the game's own. Nobody named: nobody else. */
    public Line heardBy(String... ids) {
        say = say.withHeardBy(List.of(ids));
        return this;
    }

    /** Everything else that a {@code say} may have: {@code line.with(say -> say.withSeed(7))}. */
    public Line with(UnaryOperator<Request.Say> more) {
        say = more.apply(say);
        return this;
    }

    /** Nobody answers by itself: it was said to all, or into an argument, whose next turn answers it. */
    public Line onSilence(Consumer<Response.ReplyNone> callback) {
        silence = callback;
        return this;
    }

    @Override
    public Reply send() {
        return new Reply(world, this, say.withStream(stream()), say.deadline(), last -> {
            if (last instanceof Response.ReplyNone none && silence != null) silence.accept(none);
        });
    }
}
