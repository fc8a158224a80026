package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A talk that characters are about to have among themselves, and what the game wants to be told of it. */
public final class Chat extends Scene<Chat> {
    private Request.EncounterStart start;
    Consumer<Response.EncounterStarted> started;
    Consumer<Response.EncounterEnded> ended;

    Chat(World world, Request.EncounterStart start) {
        super(world);
        this.start = start;
    }

    @Override
    Chat self() {
        return this;
    }

    /** What they talk about. */
    public Chat about(String topic) {
        return with(more -> more.withAbout(topic));
    }

    /** Where, if nobody was named. */
    public Chat at(String place) {
        return with(more -> more.withAt(place));
    }

    /** Who else hears it, wherever they are: an earshot of the game's own. Nobody named: nobody else. */
    public Chat heardBy(String... ids) {
        start = start.withHeardBy(List.of(ids));
        return this;
    }

    /** Everything else that an {@code encounter.start} may have. */
    public Chat with(UnaryOperator<Request.EncounterStart> more) {
        start = more.apply(start);
        return this;
    }

    /** They have met: who, and where. */
    public Chat onStarted(Consumer<Response.EncounterStarted> callback) {
        started = callback;
        return this;
    }

    /** The end, and what was passed on. */
    public Chat onEnded(Consumer<Response.EncounterEnded> callback) {
        ended = callback;
        return this;
    }

    /** Begins it. Returns at once. */
    public Encounter start() {
        return new Encounter(this, start.withStream(stream()), start.limits().seconds());
    }
}
