package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.npcruntime.protocol.ArgueLimits;
import dev.npcruntime.protocol.Barks;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Event;
import dev.npcruntime.protocol.FinishReason;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Whole conversations: this client's side of them, with a daemon that says what was recorded. Left out are {@code heard-auto}
 * (this client says itself what was heard), and {@code sent-again} and {@code duplicate} (it chooses the ids of its requests,
 * and never the same one twice).
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TranscriptsTest {
    private static final ExecutorService GAME = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "game");
        thread.setDaemon(true);
        return thread;
    });

    @AfterAll
    static void stop() {
        GAME.shutdown();
    }

    @TestFactory
    Stream<DynamicTest> everyMessageIsReadAndWrittenAgain() {
        return Transcript.all().stream().map(transcript -> DynamicTest.dynamicTest(transcript.name(), () -> transcript
                .steps().stream().filter(step -> step.containsKey("message")).forEach(step -> {
                    List<byte[]> frames = VectorsTest.frames(step); // an event for observers has its topic in front
                    Covered.check(frames.subList(frames.size() - 2, frames.size()), Transcript.message(step));
                })));
    }

    @Test
    void aFirstTalk() throws Exception {
        try (FakeDaemon daemon = fake("first-talk"); NpcRuntime runtime = connected(daemon)) {
            Npc mira = get(get(runtime.openWorld("first-talk", "hollowmere")).spawn("mira", "smithy"));
            StringBuffer text = new StringBuffer();
            Reply reply = mira.say("player:alex", "Good day! What do you sell?")
                    .name("Alex")
                    .onText(text::append)
                    .send();
            assertEquals(((Response.ReplyEnd) get(reply.done())).text(), text.toString());
            daemon.awaitEnd();
        }
    }

    @Test
    void mistakes() throws Exception {
        try (FakeDaemon daemon = fake("mistakes"); NpcRuntime runtime = connected(daemon)) {
            World world = get(runtime.openWorld("mistakes", "hollowmere"));
            assertEquals(ErrorCode.NOT_FOUND, refused(world.spawn("mria", "smithy")).code());
            get(world.spawn("mira", "smithy"));
            assertFalse(refused(runtime.ask(Request.WorldAdvance.of(world.id()))).hint().isEmpty());
            assertEquals("day 1, morning", get(world.advance("30m")).moment());
            assertEquals(1, get(stolen(world, List.of())).warnings().size());
            assertEquals("npc", refused(stolen(world, List.of("tom"))).detail().get("kind"));
            assertEquals(List.of(), get(stolen(world, List.of())).warnings());
            daemon.awaitEnd();
        }
    }

    private static CompletableFuture<Response.WorldPerceived> stolen(World world, List<String> witnesses) {
        return world.happened("Tom stole the hammer.", event -> {
            Request.WorldEvent told = event.withAt("smithy").withImportance(0.7);
            return witnesses.isEmpty() ? told : told.withWitnesses(witnesses);
        });
    }

    @Test
    void aLostSession() throws Exception {
        try (FakeDaemon daemon = fake("lost-session"); NpcRuntime runtime = connected(daemon)) {
            CompletableFuture<Recovery> recovered = new CompletableFuture<>();
            runtime.onRecovery(recovered::complete);
            World world = get(runtime.openWorld("lost-session", "hollowmere"));
            get(world.spawn("mira", "smithy"));
            CompletableFuture<Event.NpcSpawned> spawned = new CompletableFuture<>();
            world.onEvent(Event.NpcSpawned.class, spawned::complete);
            assertEquals(List.of("npc:mira"), get(world.npcs()).stream().map(Npc::id).toList());
            assertEquals("daemon-2", get(recovered).welcome().daemon());
            get(world.spawn("tom", "smithy"));
            assertEquals("npc:tom", get(spawned).npc().npc());
            daemon.awaitEnd();
        }
    }

    @Test
    void walkingAway() throws Exception {
        try (FakeDaemon daemon = fake("walking-away"); NpcRuntime runtime = connected(daemon)) {
            Npc mira = get(get(runtime.openWorld("walking-away", "hollowmere")).spawn("mira", "smithy"));
            CountDownLatch begun = new CountDownLatch(3);
            Reply reply = mira.say("player:alex", "Tell me all that you know of this village.")
                    .name("Alex")
                    .with(say -> say.withBarks(Barks.NEVER).withMaxTokens(200))
                    .heardByHand()
                    .onText(text -> begun.countDown())
                    .send();
            begun.await();
            reply.cancel();
            assertEquals(FinishReason.CANCELLED, ((Response.ReplyEnd) get(reply.done())).finish());
            reply.heard(0);
            reply.cancel();
            assertEquals(ErrorCode.NOT_FOUND, refused(runtime.ask(Request.Cancel.of("never-sent"))).code());
            daemon.awaitEnd();
        }
    }

    @Test
    void anArgumentIntoWhichAPlayerSpeaks() throws Exception {
        try (FakeDaemon daemon = fake("argument"); NpcRuntime runtime = connected(daemon)) {
            World world = get(runtime.openWorld("argument", "hollowmere"));
            for (String npc : List.of("mira", "tom", "odile")) get(world.spawn(npc, "smithy"));
            get(world.move("player:alex", "smithy", "Alex"));
            CompletableFuture<Turn> first = new CompletableFuture<>();
            List<Long> turns = new CopyOnWriteArrayList<>();
            CompletableFuture<Quarrel> self = new CompletableFuture<>();
            Quarrel quarrel = world.argue("mira", "tom")
                    .about("the stolen hammer")
                    .with(start -> start.withSeed(4L).withLimits(ArgueLimits.of().withTurns(4)))
                    .heardByHand()
                    .onTurn(turn -> {
                        turns.add(turn.turn().turn());
                        if (!first.complete(turn)) self.join().heard(turn.line().reply());
                    })
                    .start();
            self.complete(quarrel);
            Turn spoken = get(first);
            assertEquals("calm", get(quarrel.intervene("player:alex", "Calm down, both of you.", "Alex")).kind().wire());
            quarrel.heard(spoken.line().reply());
            assertEquals("turns", get(quarrel.done()).outcome().cause().wire());
            assertEquals(List.of(1L, 2L, 3L, 4L), turns);
            assertEquals(List.of(), get(world.arguments()));
            daemon.awaitEnd();
        }
    }

    @Test
    void anArgumentThatAnotherDaemonTakesUp() throws Exception {
        Set<String> known = Set.of("argue.list", "argue.listing"); // it knows which argument was its own
        try (FakeDaemon daemon = new FakeDaemon(Transcript.named("argument-resumed"), known);
                NpcRuntime runtime = connected(daemon)) {
            CompletableFuture<Recovery> recovered = new CompletableFuture<>();
            runtime.onRecovery(recovered::complete);
            World world = get(runtime.openWorld("argument-resumed", "hollowmere"));
            for (String npc : List.of("mira", "tom")) get(world.spawn(npc, "smithy"));
            List<Long> turns = new CopyOnWriteArrayList<>();
            CompletableFuture<Quarrel> self = new CompletableFuture<>();
            Quarrel quarrel = world.argue("mira", "tom")
                    .about("the stolen hammer")
                    .with(start -> start.withSeed(4L).withLimits(ArgueLimits.of().withTurns(4)))
                    .heardByHand()
                    .onTurn(turn -> {
                        turns.add(turn.turn().turn());
                        if (turns.size() != 2) self.join().heard(turn.line().reply());
                    })
                    .start();
            self.complete(quarrel);
            assertEquals("turns", get(quarrel.done()).outcome().cause().wire());
            assertEquals(List.of(1L, 2L, 2L, 3L, 4L), turns, "the line that nobody heard is said again");
            assertEquals(List.of(), get(recovered).failures());
            daemon.awaitEnd();
        }
    }

    @Test
    void anEncounterThatPassesNewsOn() throws Exception {
        try (FakeDaemon daemon = fake("encounter"); NpcRuntime runtime = connected(daemon)) {
            World world = get(runtime.openWorld("encounter", "hollowmere"));
            for (String npc : List.of("mira", "odile")) get(world.spawn(npc, "smithy"));
            get(world.move("player:alex", "smithy", "Alex"));
            get(world.happened("Pim dropped a lantern into the mere.", event -> event.withAt("smithy")
                    .withWitnesses(List.of("mira"))
                    .withImportance(0.9)));
            List<Turn> turns = new CopyOnWriteArrayList<>();
            Encounter encounter = world.chat("mira", "odile")
                    .about("the lantern")
                    .with(start -> start.withSeed(4L))
                    .onTurn(turns::add)
                    .start();
            Response.EncounterEnded ended = get(encounter.done());
            assertEquals(ended.turns(), turns.size());
            assertEquals("npc:mira", ended.news().get(0).teller());
            assertEquals(0, get(runtime.ask(Request.GossipTrace.of(world.id(), "the lantern"))).known().get(0).depth());
            daemon.awaitEnd();
        }
    }

    @Test
    void aWorldThatGoesBackToASave() throws Exception {
        try (FakeDaemon daemon = fake("saves"); NpcRuntime runtime = connected(daemon)) {
            World world = get(runtime.openWorld("saves", "hollowmere"));
            Npc mira = get(world.spawn("mira", "smithy"));
            List<String> happened = new CopyOnWriteArrayList<>();
            world.onEvent(event -> happened.add(event.type()));
            get(world.set("place:bridge", "closed", true, "The bridge is closed."));
            get(world.save("slot 1"));
            get(world.advance("2d"));
            get(mira.despawn());
            get(world.set("place:bridge", "closed", null, ""));
            get(world.branch("slot 1", "before the feast"));
            assertEquals(2, get(world.saves()).size());
            assertEquals("slot 1", get(world.restore("slot 1")).save());
            assertEquals(true, get(world.facts("place:bridge")).get(0).value());
            assertEquals(List.of("npc:mira"), get(world.npcs()).stream().map(Npc::id).toList());
            get(world.deleteSave("before the feast"));
            assertEquals("there are slot 1", refused(world.restore("before the feast")).hint());
            assertEquals(List.of("event.time", "event.npc.despawned", "event.restored"), happened);
            daemon.awaitEnd();
        }
    }

    @Test
    void eventsFromTheSubscriptionToItsEnd() throws Exception {
        try (FakeDaemon daemon = fake("events"); NpcRuntime runtime = connected(daemon)) {
            World world = get(runtime.openWorld("events", "hollowmere"));
            List<String> happened = new CopyOnWriteArrayList<>();
            Runnable stop = world.onEvent(event -> happened.add(event.type()));
            get(world.spawn("mira", "smithy"));
            get(world.move("player:alex", "smithy", "Alex"));
            get(world.happened("Tom stole the hammer.", event -> event.withAt("smithy").withBy("tom")));
            stop.run();
            get(world.advance("1h"));
            get(world.close());
            assertEquals(List.of("event.npc.spawned", "event.moved", "event.happened"), happened);
            daemon.awaitEnd();
        }
    }

    @Test
    void aListPageByPage() throws Exception {
        try (FakeDaemon daemon = fake("pages"); NpcRuntime runtime = connected(daemon)) {
            String world = get(runtime.openWorld("pages", "hollowmere")).id();
            String next = get(runtime.ask(Request.PersonaList.of(world).withLimit(4).withAfter(""))).next();
            assertNull(get(runtime.ask(Request.PersonaList.of(world).withLimit(4).withAfter(next))).next());
            next = get(runtime.ask(Request.PlaceList.of(world).withLimit(5).withAfter(""))).next();
            assertNull(get(runtime.ask(Request.PlaceList.of(world).withLimit(5).withAfter(next))).next());
            daemon.awaitEnd();
        }
    }

    private static FakeDaemon fake(String transcript) {
        return new FakeDaemon(Transcript.named(transcript), Set.of());
    }

    private static NpcRuntime connected(FakeDaemon daemon) {
        return NpcRuntime.builder("my-mod").endpoint(daemon.endpoint()).token(FakeDaemon.TOKEN).executor(GAME).connect();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static NpcRuntimeException refused(CompletableFuture<?> future) {
        return (NpcRuntimeException) assertThrows(ExecutionException.class, () -> get(future)).getCause();
    }
}
