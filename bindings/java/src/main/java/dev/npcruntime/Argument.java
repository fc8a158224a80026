package dev.npcruntime;

import dev.npcruntime.protocol.ArgueParty;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** An argument that characters are about to have, or to take up again, and what the game wants to be told of it. */
public final class Argument extends Scene<Argument> {
    /** Seconds that an argument may last at most. */
    private static final double LONGEST = 3600;

    private Request.ArgueStart start; // null: one is taken up again
    private Request.ArgueResume resume;
    private List<String> heardBy; // null: everybody at the same place
    Consumer<Response.ArgueStarted> started;
    Consumer<Response.ArgueEscalated> escalated;
    Consumer<Response.ArgueIntervened> intervened;
    Consumer<Response.ArgueSettled> settled;

    Argument(World world, Request.ArgueStart start) {
        super(world);
        this.start = start;
    }

    Argument(World world, Request.ArgueResume resume) {
        super(world);
        this.resume = resume;
    }

    @Override
    Argument self() {
        return this;
    }

    /** Over what: {@code the stolen hammer}, or {@code Tom stole Mira's hammer}. */
    public Argument about(String topic) {
        return with(more -> more.withAbout(topic));
    }

    /** What the game knows better than the topic tells. */
    public Argument parties(ArgueParty... parties) {
        return with(more -> more.withParties(List.of(parties)));
    }

    /** Who else hears it, wherever they are: an earshot of the game's own. Nobody named: nobody else. */
    public Argument heardBy(String... ids) {
        heardBy = List.of(ids);
        if (start != null) start = start.withHeardBy(heardBy);
        if (resume != null) resume = resume.withHeardBy(heardBy);
        return this;
    }

    /** Everything else that an {@code argue.start} may have; says nothing to one that is taken up again. */
    public Argument with(UnaryOperator<Request.ArgueStart> more) {
        if (start != null) start = more.apply(start);
        return this;
    }

    /** It goes on from now: what names it, and who argues. */
    public Argument onStarted(Consumer<Response.ArgueStarted> callback) {
        started = callback;
        return this;
    }

    /** It has become hotter than it was before. */
    public Argument onEscalated(Consumer<Response.ArgueEscalated> callback) {
        escalated = callback;
        return this;
    }

    /** A line of somebody who is no party takes effect. */
    public Argument onIntervened(Consumer<Response.ArgueIntervened> callback) {
        intervened = callback;
        return this;
    }

    /** The end: how it came out, for the game to act on. */
    public Argument onSettled(Consumer<Response.ArgueSettled> callback) {
        settled = callback;
        return this;
    }

    /** What takes it up again in the next session. */
    Request resumed(String argument) {
        Request.ArgueResume again = Request.ArgueResume.of(world().id(), argument).withStream(stream());
        return heardBy == null ? again : again.withHeardBy(heardBy);
    }

    /** Begins it. Returns at once. */
    public Quarrel start() {
        Request request = start != null ? start.withStream(stream()) : resume.withStream(stream());
        return new Quarrel(this, request, start != null ? start.limits().seconds() : LONGEST);
    }
}
