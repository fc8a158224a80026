package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a character proposes to do, one of the actions that were offered. The game decides, and says what became of it. */
public final class Action {
    private final World world;
    private final Response.ReplyAction proposed;

    Action(World world, Response.ReplyAction proposed) {
        this.world = world;
        this.proposed = proposed;
    }

    /** As it was offered: {@code give}. */
    public String name() {
        return proposed.name();
    }

    /** With what, and to whom: {@code item:bread}, {@code player:alex}. */
    public List<String> args() {
        return proposed.args();
    }

    /** Who proposes it: {@code npc:mira}. */
    public String npc() {
        return proposed.npc();
    }

    /** The reply that it belongs to. */
    public String reply() {
        return proposed.reply();
    }

    /** Says that it was done. Whoever heard the reply remembers it. */
    public CompletableFuture<Response.WorldPerceived> done() {
        return result(true, "");
    }

    /**
     * The same in words of the game.
     *
     * @param what a sentence in the third person: {@code Mira gave Alex a loaf.}
     */
    public CompletableFuture<Response.WorldPerceived> done(String what) {
        return result(true, "", what);
    }

    /**
     * Says what became of it, once.
     *
     * @param done false: it was not possible, or the game would not
     * @param reason why not: {@code none are left}; may be empty
     */
    public CompletableFuture<Response.WorldPerceived> result(boolean done, String reason) {
        return result(done, reason, null);
    }

    /**
     * The same in words of the game.
     *
     * @param what a sentence in the third person: {@code Mira gave Alex a loaf.}
     */
    public CompletableFuture<Response.WorldPerceived> result(boolean done, String reason, String what) {
        return world.runtime()
                .ask(Request.ActionResult.of(world.id(), reply(), done).withReason(reason).withWhat(what));
    }
}
