package dev.npcruntime;

import dev.npcruntime.protocol.MemoryInfo;
import dev.npcruntime.protocol.NpcInfo;
import dev.npcruntime.protocol.RelationInfo;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A character that lives in a world. */
public final class Npc {
    private final World world;
    private final NpcInfo info;

    Npc(World world, NpcInfo info) {
        this.world = world;
        this.info = info;
    }

    /** Where it lives. */
    public World world() {
        return world;
    }

    /** Names it in requests: {@code npc:mira}. */
    public String id() {
        return info.npc();
    }

    /** What it is called. */
    public String name() {
        return info.name();
    }

    /** What the daemon said of it when it was spawned. */
    public NpcInfo info() {
        return info;
    }

    /**
     * Somebody says a line to it. Add callbacks, then {@link Line#send()}.
     *
     * @param speaker {@code player:alex}
     */
    public Line say(String speaker, String text) {
        return new Line(world, Request.Say.of(world.id(), speaker, text).withTo(id()));
    }

    /**
     * Says that a player has come near and may speak soon: its first word then comes sooner. Nobody needs to wait for it.
     *
     * @param name what the player is called
     */
    public CompletableFuture<Response.NpcNearby> near(String player, String name) {
        return world.runtime().ask(Request.NpcNear.of(world.id(), id(), player).withName(name));
    }

    /** Takes it to a place. */
    public CompletableFuture<Response.Done> move(String to) {
        return world.move(id(), to);
    }

    /** Takes it out of the world; what it is saying is cancelled. */
    public CompletableFuture<Response.Done> despawn() {
        return world.runtime().ask(Request.NpcDespawn.of(world.id(), id()));
    }

    /** What it remembers of something, best first; of nothing in particular: what it learned last. */
    public CompletableFuture<List<MemoryInfo>> memories(String about) {
        return world.runtime()
                .ask(Request.MemoryQuery.of(world.id(), id()).withAbout(about))
                .thenApply(Response.MemoryFound::memories);
    }

    /** Gives it a memory of its past. */
    public CompletableFuture<Response.Done> teach(String text) {
        return world.runtime().ask(Request.MemoryTeach.of(world.id(), id(), text));
    }

    /** How it stands to somebody, and why. */
    public CompletableFuture<List<RelationInfo>> relation(String toward) {
        return world.runtime()
                .ask(Request.RelationGet.of(world.id(), id()).withToward(toward))
                .thenApply(Response.RelationReport::relations);
    }
}
