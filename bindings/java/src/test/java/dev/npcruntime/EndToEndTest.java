package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.npcruntime.protocol.ActionOffer;
import dev.npcruntime.protocol.AgreementInfo;
import dev.npcruntime.protocol.ArgueParty;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Event;
import dev.npcruntime.protocol.NpcInfo;
import dev.npcruntime.protocol.ProposedAction;
import dev.npcruntime.protocol.Response;
import dev.npcruntime.protocol.VillageDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A game against a real daemon. It has no model, so its characters speak lines of their authors. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EndToEndTest {
    private static final int SECONDS = 60;

    @TempDir
    static Path folder;

    private static Launcher launcher;
    private static ExecutorService executor;
    private static NpcRuntime runtime;
    private static Process daemon;
    private static World world;
    private static Npc mira;

    @BeforeAll
    static void start() throws Exception {
        Assumptions.assumeTrue(Repository.daemon().isPresent(), "PYTHON_WITH_NPC_RUNTIME names no Python with the daemon");
        launcher = Repository.daemon().orElseThrow();
        executor = Executors.newSingleThreadExecutor(work -> {
            Thread game = new Thread(work, "game");
            game.setDaemon(true); // or it keeps the virtual machine after the last test
            return game;
        });
        daemon = launcher.start(new DataFolder(folder));
        runtime = connected(null);
        world = get(runtime.openWorld("save-1", "hollowmere"));
        mira = get(world.spawn("mira", "place:smithy"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (runtime != null) {
            runtime.close();
            runtime.awaitClosed(Duration.ofSeconds(SECONDS));
        }
        if (daemon != null) Launcher.stop(daemon);
        if (executor != null) executor.shutdown();
    }

    /** A session, once the daemon that was started serves. */
    private static NpcRuntime connected(Launcher launcher) throws Exception {
        while (new DataFolder(folder).daemon().isEmpty() && daemon.isAlive()) Thread.sleep(100);
        NpcRuntime made = NpcRuntime.builder("java-tests")
                .dataDir(folder)
                .launch(launcher)
                .patience(Duration.ofSeconds(SECONDS / 2)) // a busy machine is no mistake
                .executor(executor)
                .connect();
        return get(made.ready());
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    @Order(1)
    void aVillagerAnswersAndRemembersWhatWasHeard() throws Exception {
        assertFalse(get(mira.near("player:alex", "Alex")).warmed(), "there is no model here");
        List<String> told = new CopyOnWriteArrayList<>();
        List<String> threads = new CopyOnWriteArrayList<>();
        StringBuffer heard = new StringBuffer(); // an event comes for each part that was heard
        Runnable stop = world.onEvent(Event.Said.class, said -> {
            if (said.speaker().equals("npc:mira")) heard.append(heard.isEmpty() ? "" : " ").append(said.text());
        });
        Reply reply = mira.say("player:alex", "What do you sell?")
                .name("Alex")
                .onEmotion(emotion -> told.add("emotion"))
                .onSentence(sentence -> {
                    told.add("sentence");
                    threads.add(Thread.currentThread().getName());
                })
                .onEnd(end -> told.add("end"))
                .send();
        Response.ReplyEnd end = (Response.ReplyEnd) get(reply.done());
        assertFalse(end.text().isEmpty());
        assertEquals("emotion", told.get(0));
        assertTrue(told.contains("sentence"), told::toString);
        assertEquals("end", told.get(told.size() - 1));
        assertEquals(List.of("game"), threads.stream().distinct().toList());
        for (int i = 0; i < 100 && heard.length() < end.text().length(); i++) Thread.sleep(50);
        assertEquals(end.text(), heard.toString(), "it was heard, so others are told");
        stop.run();
    }

    @Test
    @Order(2)
    void walkingAwayIsOneCall() throws Exception {
        Reply reply = mira.say("player:alex", "Tell me everything about the bridge.").onEnd(end -> {}).send();
        reply.cancel();
        assertTrue(get(reply.done()).last());
    }

    @Test
    @Order(3)
    void anErrorSaysWhatIsWrong() {
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(world.spawn("mria")));
        NpcRuntimeException error = (NpcRuntimeException) thrown.getCause();
        assertEquals(ErrorCode.NOT_FOUND, error.code());
        assertTrue(error.hint().contains("mira"), error.hint());
    }

    @Test
    @Order(4)
    void aQuarrelIsPlayedToItsEnd() throws Exception {
        get(world.spawn("tom", "place:smithy"));
        get(world.move("player:alex", "place:smithy", "Alex"));
        List<Turn> turns = new CopyOnWriteArrayList<>();
        List<String> sentences = new CopyOnWriteArrayList<>();
        Quarrel quarrel = world.argue("mira", "tom")
                .about("the stolen hammer")
                .onSentence((turn, sentence) -> sentences.add(sentence.text()))
                .onTurn(turns::add)
                .start();
        Response.ArgueIntervened taken = get(quarrel.intervene("player:alex", "Calm down, both of you.", "Alex"));
        assertEquals("player:alex", taken.from());
        Response.ArgueSettled settled = get(quarrel.done());
        assertEquals(0, settled.unheard());
        assertTrue(turns.size() >= 2, turns::toString);
        assertTrue(sentences.size() >= turns.size());
        assertFalse(settled.outcome().text().isEmpty());
    }

    @Test
    @Order(3)
    void whatBecameOfAProposedActionIsRemembered() throws Exception {
        List<List<String>> args = List.of(List.of("item:minecraft:bread"), List.of("player:Steve Smith"));
        ActionOffer give = ActionOffer.of("give").withArgs(args).withWhen("asks for bread");
        List<Action> proposed = new CopyOnWriteArrayList<>();
        for (long seed = 0; seed < 20 && proposed.isEmpty(); seed++) {
            long drawn = seed;
            Reply reply = mira.say("player:Steve Smith", "May I have some bread?")
                    .actions(give)
                    .with(say -> say.withSeed(drawn))
                    .onAction(proposed::add)
                    .send();
            get(reply.done());
        }
        Action action = proposed.get(0);
        assertEquals(List.of("item:minecraft:bread", "player:Steve Smith"), action.args());
        Response.WorldPerceived perceived = get(action.result(false, "none are left"));
        assertTrue(perceived.perceived().stream()
                .anyMatch(one -> one.npc().equals("npc:mira") && one.text().contains("None are left.")), perceived::toString);
        ExecutionException again = assertThrows(ExecutionException.class, () -> get(action.done()));
        assertEquals(ErrorCode.NOT_FOUND, ((NpcRuntimeException) again.getCause()).code(), "it is told once");
    }

    @Test
    @Order(5)
    void whatAPartyAgreesToIsWhatTheGameNamed() throws Exception {
        ProposedAction amends = ProposedAction.of("give").withArgs(List.of("item:hammer", "npc:mira"));
        ArgueParty wronged = ArgueParty.of("mira")
                .withGrievance("Tom stole your hammer")
                .withDemand("give it back")
                .withEvidence(List.of("Bren saw Tom with it", "it lies under Tom's bed", "Tom's dog carried it"))
                .withAmends(amends);
        for (long seed = 0; seed < 12; seed++) {
            long drawn = seed;
            Quarrel quarrel = world.argue("mira", "tom")
                    .about("the stolen hammer")
                    .parties(wronged)
                    .with(start -> start.withSeed(drawn))
                    .onTurn(turn -> {})
                    .start();
            AgreementInfo agreed = get(quarrel.done()).outcome().agreed();
            if (agreed == null || !"npc:tom".equals(agreed.by())) continue;
            assertEquals("npc:mira", agreed.to());
            assertEquals(amends, agreed.action());
            assertEquals("give it back", agreed.demand());
            return;
        }
        fail("Tom never gives in");
    }

    @Test
    @Order(5)
    void aQuarrelCanBeStoppedWhenLinesAreHeardWhole() throws Exception {
        CompletableFuture<Turn> second = new CompletableFuture<>();
        Quarrel quarrel = world.argue("mira", "tom")
                .about("the broken fence")
                .onTurn(turn -> {
                    if (turn.turn().turn() == 2) second.complete(turn);
                })
                .start();
        get(second);
        get(quarrel.stop());
        assertEquals("stopped", get(quarrel.done()).outcome().cause().wire());
    }

    @Test
    @Order(6)
    void aSaveIsGoneBackTo() throws Exception {
        get(world.save("slot 1"));
        get(world.happened("Tom stole the hammer.", event -> event.withBy("tom").withAt("place:smithy")));
        assertTrue(remembers("stole the hammer"));
        assertEquals("slot 1", get(world.restore("slot 1")).save());
        assertFalse(remembers("stole the hammer"));
        assertEquals(1, get(world.saves()).size());
    }

    @Test
    @Order(6)
    void aGameMakesItsOwnVillage() throws Exception {
        World own = get(runtime.openVillage("java-village", VillageDefinition.of("Java").withLanguage("en")));
        get(own.definePlaces(Map.of("mill", Map.of("name", "the mill"))));
        get(own.defineNpcs(Map.of(
                "ada", Map.of("name", "Ada", "role", "miller", "place", "mill",
                        "traits", List.of("curious"), "facts", List.of("You grind rye.")))));
        Npc ada = get(own.spawn("ada"));
        assertEquals("Ada", ada.name());
        CompletableFuture<Event.Said> told = new CompletableFuture<>();
        own.onEvent(Event.Said.class, told::complete);
        Reply reply = ada.say("player:Steve Smith", "Good day!").heardBy().onEnd(end -> {}).send();
        assertFalse(((Response.ReplyEnd) get(reply.done())).text().isEmpty());
        assertEquals(List.of("npc:ada"), get(told).heardBy());
        get(own.close());
    }

    private static boolean remembers(String text) throws Exception {
        return get(mira.memories("the hammer")).stream().anyMatch(memory -> memory.text().contains("Tom " + text));
    }

    @Test
    @Order(7)
    void aGameWithoutAnExecutorPolls() throws Exception {
        try (NpcRuntime polled = NpcRuntime.builder("polled").dataDir(folder).connect()) {
            CompletableFuture<Response.HealthReport> health = polled.health();
            Thread main = Thread.currentThread();
            CompletableFuture<Thread> told = health.thenApply(report -> Thread.currentThread());
            for (int i = 0; i < 600 && !told.isDone(); i++) {
                polled.poll();
                Thread.sleep(50);
            }
            assertEquals(main, told.getNow(null));
        }
    }

    @Test
    @Order(8)
    void aKilledDaemonThatWasStartedAgainIsTakenUp() throws Exception {
        CompletableFuture<Recovery> recovered = new CompletableFuture<>();
        runtime.onRecovery(recovered::complete);
        List<Event> events = new CopyOnWriteArrayList<>();
        world.onEvent(events::add);
        CompletableFuture<Turn> second = new CompletableFuture<>();
        List<Long> numbers = new CopyOnWriteArrayList<>();
        AtomicReference<Quarrel> self = new AtomicReference<>();
        Quarrel quarrel = world.argue("mira", "tom")
                .about("the lost sheep")
                .onTurn(turn -> {
                    numbers.add(turn.turn().turn());
                    if (turn.turn().turn() == 1) self.get().heard(turn.line().reply());
                    if (turn.turn().turn() == 2) second.complete(turn);
                })
                .heardByHand()
                .start();
        self.set(quarrel);
        Response.ArgueStarted begun = get(quarrel.started());
        get(second);
        daemon.destroyForcibly().waitFor();
        CompletableFuture<List<Npc>> asked = world.npcs(); // waits for the next session
        daemon = launcher.start(new DataFolder(folder));
        Recovery recovery = get(recovered);
        assertTrue(recovery.restarted());
        assertEquals(List.of(), recovery.failures());
        assertEquals(List.of("Mira", "Tom"), get(asked).stream().map(Npc::info).map(NpcInfo::name).sorted().toList());
        Reply reply = mira.say("player:alex", "Are you still there?").onSentence(sentence -> {}).send();
        assertFalse(((Response.ReplyEnd) get(reply.done())).text().isEmpty());
        for (int i = 0; i < 100 && events.stream().noneMatch(Event.Said.class::isInstance); i++) Thread.sleep(50);
        assertTrue(events.stream().anyMatch(Event.Said.class::isInstance), "events come again");
        assertEquals(begun.argument(), quarrel.id());
        for (int i = 0; i < 100 && numbers.size() < 3; i++) Thread.sleep(50);
        assertEquals(List.of(1L, 2L, 2L), List.copyOf(numbers), "the line that nobody heard is said again");
        get(quarrel.stop());
        assertEquals(begun.argument(), get(quarrel.done()).argument());
    }

    @Test
    @Order(9)
    void aDaemonIsStartedAndEndsWithTheClient(@TempDir Path other) throws Exception {
        NpcRuntime own = NpcRuntime.builder("own")
                .dataDir(other)
                .launch(launcher)
                .patience(Duration.ofSeconds(SECONDS / 2)) // a busy machine is no mistake
                .executor(executor)
                .connect();
        get(own.ready());
        long pid = new DataFolder(other).daemon().orElseThrow().pid();
        own.close();
        assertTrue(own.awaitClosed(Duration.ofSeconds(SECONDS)));
        assertTrue(ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(own.health()));
        assertEquals(ErrorCode.CANCELLED, ((NpcRuntimeException) thrown.getCause()).code());
    }

    @Test
    @Order(10)
    void whatIsAskedWhileTheDaemonStartsWaitsForIt(@TempDir Path other) throws Exception {
        List<String> slow = new ArrayList<>(List.of("sh", "-c", "sleep 2; exec \"$@\"", "sh"));
        slow.addAll(launcher.command());
        try (NpcRuntime own = NpcRuntime.builder("own")
                .dataDir(other)
                .launch(launcher.withCommand(slow.toArray(String[]::new)))
                .patience(Duration.ofSeconds(2)) // an answer may take that long, a start takes longer
                .executor(executor)
                .connect()) {
            assertEquals(1, get(own.health()).sessions());
        }
    }

    @Test
    @Order(11)
    void aWrongTokenIsSuspected() throws Exception {
        try (NpcRuntime wrong = NpcRuntime.builder("wrong").dataDir(folder).token("no").executor(executor).connect()) {
            ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(wrong.ready()));
            assertEquals(ErrorCode.UNAUTHORIZED, ((NpcRuntimeException) thrown.getCause()).code());
        }
    }
}
