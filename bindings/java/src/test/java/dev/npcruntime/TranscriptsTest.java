package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.npcruntime.protocol.Barks;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Event;
import dev.npcruntime.protocol.FinishReason;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

/** Whole conversations: this client's side of them, with a daemon that says what was recorded. */
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

    private static FakeDaemon fake(String transcript) {
        return new FakeDaemon(Transcript.named(transcript));
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
