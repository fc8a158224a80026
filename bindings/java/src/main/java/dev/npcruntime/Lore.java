package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A question over the lore of the village, and what the game wants to be told of the answer. */
public final class Lore extends Speech<Lore> {
    private final World world;
    private Request.LoreAsk ask;
    private Consumer<Response.LoreAnswered> answered;

    Lore(World world, Request.LoreAsk ask) {
        this.world = world;
        this.ask = ask;
    }

    @Override
    Lore self() {
        return this;
    }

    /** Who is asked, instead of whoever may know it and is nearest. */
    public Lore npc(String npc) {
        ask = ask.withNpc(npc);
        return this;
    }

    /** Who asks, and is told. */
    public Lore player(String player) {
        ask = ask.withPlayer(player);
        return this;
    }

    /** Everything else that a {@code lore.ask} may have. */
    public Lore with(UnaryOperator<Request.LoreAsk> more) {
        ask = more.apply(ask);
        return this;
    }

    /** Who answers, out of which passages, and who else may know it; or that nobody does. */
    public Lore onAnswered(Consumer<Response.LoreAnswered> callback) {
        answered = callback;
        return this;
    }

    @Override
    public Reply send() {
        return new Reply(world, this, ask.withStream(stream()), ask.deadline(), message -> {
            if (message instanceof Response.LoreAnswered told && answered != null) answered.accept(told);
        });
    }
}
