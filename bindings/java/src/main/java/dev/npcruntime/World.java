package dev.npcruntime;

import dev.npcruntime.protocol.ArgumentInfo;
import dev.npcruntime.protocol.Event;
import dev.npcruntime.protocol.FactInfo;
import dev.npcruntime.protocol.NpcInfo;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import dev.npcruntime.protocol.SaveInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A world that is open: one playthrough of one game, with the characters of one pack. */
public final class World {
    private final NpcRuntime runtime;
    private final Response.WorldOpened opened;

    World(NpcRuntime runtime, Response.WorldOpened opened) {
        this.runtime = runtime;
        this.opened = opened;
    }

    /** The session that it was opened in. */
    public NpcRuntime runtime() {
        return runtime;
    }

    /** Names it in requests. */
    public String id() {
        return opened.world();
    }

    /** What the daemon said of it: its places, who can be spawned, whether it remembers. */
    public Response.WorldOpened opened() {
        return opened;
    }

    // ------------------------------------------------------------------------------------------------ who is there

    /**
     * Makes places, beside those that there are or in their stead.
     *
     * @param places by id, as in {@code pack.yaml}: {@code Map.of("mill", Map.of("name", "the mill"))}
     */
    public CompletableFuture<Response.Done> definePlaces(Map<String, Map<String, Object>> places) {
        return runtime.ask(Request.PlaceDefine.of(id(), places));
    }

    /**
     * Makes characters who can be spawned then, or changes them.
     *
     * @param personas by id, with the keys that a persona of a pack must have: {@code name}, {@code role}, {@code place},
     *     {@code traits}, {@code facts}, and whatever else it may have
     */
    public CompletableFuture<Response.Done> defineNpcs(Map<String, Map<String, Object>> personas) {
        return runtime.ask(Request.NpcDefine.of(id(), personas));
    }

    /** Brings a character of the pack to life where its persona is found, or was last. */
    public CompletableFuture<Npc> spawn(String npc) {
        return spawn(npc, null);
    }

    /** Brings a character of the pack to life at a place. */
    public CompletableFuture<Npc> spawn(String npc, String at) {
        return runtime.ask(Request.NpcSpawn.of(id(), npc).withAt(at)).thenApply(spawned -> new Npc(this, spawned.npc()));
    }

    /** Who lives here, all pages of it. */
    public CompletableFuture<List<Npc>> npcs() {
        return this.<Response.NpcListing, NpcInfo, Long>pages(
                        0L, after -> Request.NpcList.of(id()).withAfter(after), Response.NpcListing::npcs, Response.NpcListing::next)
                .thenApply(infos -> infos.stream().map(info -> new Npc(this, info)).toList());
    }

    /** Takes a player or a character to a place. */
    public CompletableFuture<Response.Done> move(String entity, String to) {
        return runtime.ask(Request.EntityMove.of(id(), entity, to));
    }

    /** Takes a player to a place, and says how characters call it. */
    public CompletableFuture<Response.Done> move(String player, String to, String name) {
        return runtime.ask(Request.EntityMove.of(id(), player, to).withName(name));
    }

    // ------------------------------------------------------------------------------------------------ what is said

    /** A player says a line to all who are at its place: one of them answers, or nobody does. */
    public Line say(String speaker, String text) {
        return new Line(this, Request.Say.of(id(), speaker, text));
    }

    /** Asks over the lore of the village: whoever may know it and is nearest answers. */
    public Lore lore(String question) {
        return new Lore(this, Request.LoreAsk.of(id(), question));
    }

    /** Has characters who are at one place argue. */
    public Argument argue(String... between) {
        return new Argument(this, Request.ArgueStart.of(id(), List.of(between)));
    }

    /** Takes up an argument that broke off, or that a save brought along. */
    public Argument resume(String argument) {
        return new Argument(this, Request.ArgueResume.of(id(), argument));
    }

    /** Arguments that are not settled: going on, or to be resumed. */
    public CompletableFuture<List<ArgumentInfo>> arguments() {
        return this.<Response.ArgueListing, ArgumentInfo, String>pages(
                "",
                after -> Request.ArgueList.of(id()).withAfter(after),
                Response.ArgueListing::arguments,
                Response.ArgueListing::next);
    }

    /** Has characters who are at one place talk among themselves; without names, some who are free. */
    public Chat chat(String... between) {
        return new Chat(this, Request.EncounterStart.of(id()).withBetween(List.of(between)));
    }

    /** What a character was told and knew for a reply. */
    public CompletableFuture<Response.WhyReport> why(String reply) {
        return runtime.ask(Request.Why.of(id(), reply));
    }

    // ------------------------------------------------------------------------------------------------ what happens

    /**
     * Says that something happened: {@code world.happened("Tom stole the hammer.", event -> event.withBy("tom"))}. Whoever
     * perceives it remembers it.
     *
     * @param what a sentence in the third person
     * @param more adds where, by whom, and what else is known
     */
    public CompletableFuture<Response.WorldPerceived> happened(String what, UnaryOperator<Request.WorldEvent> more) {
        return runtime.ask(more.apply(Request.WorldEvent.of(id(), what)));
    }

    /**
     * Says what is true.
     *
     * @param scope {@code world}, a place, or anybody's or anything's id
     * @param name such as {@code bridge.closed}
     * @param value a string, a number, or true or false; null takes the fact out
     * @param text the fact as a sentence, for characters to read; may be empty
     */
    public CompletableFuture<Response.Done> set(String scope, String name, Object value, String text) {
        Request.WorldSet set = value == null ? Request.WorldSet.of(id(), name, null) : Request.WorldSet.of(id(), name, value);
        return runtime.ask(set.withScope(scope).withText(text));
    }

    /** What is true of the world, a place, or anybody or anything, all pages of it. */
    public CompletableFuture<List<FactInfo>> facts(String scope) {
        return this.<Response.WorldFacts, FactInfo, String>pages(
                "",
                after -> Request.WorldGet.of(id()).withScope(scope).withAfter(after),
                Response.WorldFacts::facts,
                Response.WorldFacts::next);
    }

    /** Sets the game clock forward, by seconds of the game. */
    public CompletableFuture<Response.WorldTime> advance(long seconds) {
        return runtime.ask(Request.WorldAdvance.of(id()).withBy(seconds));
    }

    /** Sets the game clock forward, by {@code 2d} or {@code 3h 30m}. */
    public CompletableFuture<Response.WorldTime> advance(String duration) {
        return runtime.ask(Request.WorldAdvance.of(id()).withBy(duration));
    }

    /**
     * Listens to what happens in this world from now on.
     *
     * @return stops it
     */
    public Runnable onEvent(Consumer<Event> listener) {
        if (runtime.listen(id(), listener)) runtime.mention(Request.Subscribe.of(id()));
        return () -> {
            if (runtime.unlisten(id(), listener)) runtime.mention(Request.Unsubscribe.of(id()));
        };
    }

    /** The same for one kind of event: {@code world.onEvent(Event.Said.class, said -> ...)}. */
    public <E extends Event> Runnable onEvent(Class<E> kind, Consumer<? super E> listener) {
        return onEvent(event -> {
            if (kind.isInstance(event)) listener.accept(kind.cast(event));
        });
    }

    /**
     * Listens to the sentences of replies that other sessions asked for, as they are spoken: for captions on other screens.
     *
     * @return stops it
     */
    public Runnable onSpeaking(Consumer<Event.Speaking> listener) {
        Runnable stop = onEvent(Event.Speaking.class, listener);
        runtime.mention(Request.Subscribe.of(id()).withSpeech(true));
        return stop;
    }

    // ------------------------------------------------------------------------------------------------ saves

    /** Saves this world, in place of what was saved under that name. */
    public CompletableFuture<Response.SaveCreated> save(String name) {
        return runtime.ask(Request.SaveCreate.of(id(), name));
    }

    /** Goes back to a save; nobody remembers what happened since. */
    public CompletableFuture<Response.SaveRestored> restore(String name) {
        return runtime.ask(Request.SaveRestore.of(id(), name));
    }

    /** All saves, in order of making. */
    public CompletableFuture<List<SaveInfo>> saves() {
        return this.<Response.SaveListing, SaveInfo, Long>pages(
                0L, after -> Request.SaveList.of(id()).withAfter(after), Response.SaveListing::saves, Response.SaveListing::next);
    }

    /** Gives a save a second name; each goes its own way from there. */
    public CompletableFuture<Response.SaveCreated> branch(String save, String copy) {
        return runtime.ask(Request.SaveBranch.of(id(), save, copy));
    }

    /** Gives a save up; the world goes on as it is. */
    public CompletableFuture<Response.Done> deleteSave(String name) {
        return runtime.ask(Request.SaveDelete.of(id(), name));
    }

    /** Closes it at once: its file is let go of. A world that nobody uses closes by itself. */
    public CompletableFuture<Response.Done> close() {
        return runtime.ask(Request.WorldClose.of(id()));
    }

    /** All entries of a list that has pages. */
    private <A extends Response, T, N> CompletableFuture<List<T>> pages(
            N after, Function<N, Request.Single<A>> request, Function<A, List<T>> entries, Function<A, N> next) {
        return runtime.ask(request.apply(after)).thenCompose(page -> {
            N more = next.apply(page);
            if (more == null) return CompletableFuture.completedFuture(entries.apply(page));
            return this.<A, T, N>pages(more, request, entries, next).thenApply(rest -> {
                List<T> all = new ArrayList<>(entries.apply(page));
                all.addAll(rest);
                return all;
            });
        });
    }
}
