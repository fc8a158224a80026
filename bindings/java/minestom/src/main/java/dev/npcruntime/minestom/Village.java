package dev.npcruntime.minestom;

import dev.npcruntime.Npc;
import dev.npcruntime.NpcRuntime;
import dev.npcruntime.NpcRuntimeException;
import dev.npcruntime.Recovery;
import dev.npcruntime.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import net.kyori.adventure.text.Component;
import net.minestom.server.coordinate.Point;
import net.minestom.server.coordinate.Pos;
import net.minestom.server.entity.Player;
import net.minestom.server.instance.Instance;
import net.minestom.server.timer.Scheduler;
import net.minestom.server.timer.TaskSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The people in the square, and the world of NPC Runtime in which their minds are. All of it belongs to the thread of the
 * scheduler, on which the client calls back too; nothing here ever waits.
 */
final class Village {
    /** How far a voice carries, in blocks. */
    static final double EARSHOT = 12;

    private static final Logger LOG = LoggerFactory.getLogger(Village.class);
    private static final String PLACE = "place:green";
    private static final int TICKS_BETWEEN_STEPS = 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(15);

    private final Instance square;
    private final Scheduler scheduler;
    private final Settings settings;
    private final NpcRuntime runtime;
    private final CompletableFuture<World> awake;
    private final Map<String, Npc> minds = new HashMap<>();
    private final List<Villager> villagers = List.of(
            new Villager("npc:mira", "Mira", new Pos(3.5, VillageServer.GROUND, 4.5, 150, 0)),
            new Villager("npc:tom", "Tom", new Pos(-2.5, VillageServer.GROUND, 4.5, -150, 0)),
            new Villager("npc:odile", "Odile", new Pos(0.5, VillageServer.GROUND, 7.5, 180, 0)));
    private final Goods goods = new Goods(this);
    private final Talks talks = new Talks(this, goods);

    Village(Instance square, Scheduler scheduler, Settings settings) {
        this.square = square;
        this.scheduler = scheduler;
        this.settings = settings;
        villagers.forEach(each -> each.enter(square));
        runtime = NpcRuntime.builder("minestom-village")
                .dataDir(settings.folder())
                .launch(settings.launcher())
                .executor(scheduler)
                .connect()
                .onRecovery(this::recovered);
        awake = runtime.openWorld("village", "hollowmere").thenCompose(this::settle);
        awake.thenAccept(world -> LOG.info("The village is awake."));
        awake.exceptionally(error -> {
            LOG.error("The village does not wake up. {}", reason(error));
            return null;
        });
        scheduler.buildTask(this::step).repeat(TaskSchedule.tick(TICKS_BETWEEN_STEPS)).schedule();
    }

    // ------------------------------------------------------------------------------------------------ who is there

    List<Villager> villagers() {
        return villagers;
    }

    /** Those who hear a voice from there. */
    List<Villager> villagersNear(Point voice) {
        return villagers.stream().filter(each -> each.hears(voice)).toList();
    }

    /** The players who hear a voice from there. */
    List<Player> playersNear(Point voice) {
        return players().stream().filter(each -> each.getPosition().distance(voice) <= EARSHOT).toList();
    }

    /** By its id, or as players write it: {@code npc:mira}, {@code Mira}, {@code mira}; null: there is none. */
    Villager villager(String named) {
        String id = named.startsWith("npc:") ? named : "npc:" + named.toLowerCase();
        return villagers.stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    }

    /** What the protocol calls a player. */
    static String id(Player player) {
        return "player:" + player.getUsername();
    }

    /** Everybody who hears a voice from there, as the protocol names them. */
    String[] heardBy(Point voice) {
        List<String> ids = new ArrayList<>();
        villagersNear(voice).forEach(each -> ids.add(each.id()));
        playersNear(voice).forEach(each -> ids.add(id(each)));
        return ids.toArray(String[]::new);
    }

    List<Player> players() {
        return List.copyOf(square.getPlayers());
    }

    // ------------------------------------------------------------------------------------------------ what players do

    void arrives(Player player) {
        player.sendMessage(Captions.note("Mira the smith, Tom the carter and Odile the innkeeper hear what you say near them."));
        withWorld(player, world -> {
            world.move(id(player), PLACE, player.getUsername());
            goods.unpack(world, player);
        });
    }

    void leaves(Player player) {
        talks.endAll(player);
        for (Villager each : villagers) {
            if (each.follows(player)) each.follow(null);
        }
    }

    void chat(Player player, String text) {
        for (Player each : playersNear(player.getPosition())) each.sendMessage(Captions.line(player.getUsername(), text));
        if (!villagersNear(player.getPosition()).isEmpty()) withWorld(player, world -> talks.say(world, player, text));
    }

    void argue(Player player, String first, String second, String topic) {
        Villager one = villager(first);
        Villager other = villager(second);
        if (one == null || other == null || one == other) {
            player.sendMessage(Captions.trouble("Name two of those who live here: mira, tom, odile."));
        } else {
            withWorld(player, world -> new Squabble(this, scheduler, settings.haste()).begin(world, one, other, topic));
        }
    }

    /** Memories and goods are in the daemon already: what it does not see is where everybody stands. */
    void save(Player player, String name) {
        withWorld(player, world -> {
            villagers.forEach(each -> Places.note(world, each));
            world.save(name)
                    .thenAccept(saved -> player.sendMessage(Captions.note("Saved as " + name + ".")))
                    .exceptionally(error -> told(player, error));
        });
    }

    void load(Player player, String name) {
        withWorld(player, world -> world.restore(name)
                .thenCompose(restored -> settle(world))
                .thenAccept(there -> {
                    players().forEach(each -> goods.unpack(world, each));
                    tellAll(Captions.note("It is as it was at " + name + "."));
                })
                .exceptionally(error -> told(player, error)));
    }

    /** Ends the daemon, too. The server waits for it, so that everything is written. */
    void close() {
        runtime.close();
        try {
            runtime.awaitClosed(LAST_WORDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    // ------------------------------------------------------------------------------------------------ minds

    /** Everybody comes to life in the world as it is now, and stands and owns what it did then. */
    private CompletableFuture<World> settle(World world) {
        CompletableFuture<?>[] settled = villagers.stream()
                .map(each -> world.spawn(each.id(), PLACE)
                        .thenCompose(npc -> {
                            minds.put(each.id(), npc);
                            return world.facts(each.id());
                        })
                        .thenAccept(facts -> {
                            each.stand(Places.noted(facts, each.home()));
                            goods.stock(world, each, facts);
                        }))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(settled).thenApply(done -> world);
    }

    /** Does something in the world, as soon as there is one; says so where there will be none. */
    private void withWorld(Player player, Consumer<World> action) {
        awake.thenAccept(action).exceptionally(error -> told(player, error));
    }

    private void recovered(Recovery recovery) {
        LOG.warn("The daemon was away, and everybody is back.");
        recovery.failures().forEach(failure -> LOG.warn("One thing could not be done again: {}", failure.toString()));
        tellAll(Captions.note("The village lost its thread for a moment."));
    }

    private void step() {
        villagers.forEach(Villager::walk);
        villagers.forEach(this::greet);
        talks.endThoseOutOfEarshot();
    }

    /** Who comes near may speak: the daemon prepares for it. */
    private void greet(Villager villager) {
        Npc npc = minds.get(villager.id());
        if (npc == null) return;
        for (Player each : villager.arrivals(playersNear(villager.position()))) npc.near(id(each), each.getUsername());
    }

    private void tellAll(Component text) {
        players().forEach(each -> each.sendMessage(text));
    }

    /** Tells a player what went wrong, in the words of the daemon. */
    static Void told(Player player, Throwable error) {
        player.sendMessage(Captions.trouble(reason(error)));
        return null;
    }

    /** What went wrong, and what would be right, in sentences. */
    static String reason(Throwable error) {
        Throwable cause = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
        if (!(cause instanceof NpcRuntimeException known)) return cause.toString();
        return known.hint().isEmpty() ? known.getMessage() : known.getMessage() + " (" + known.hint() + ")";
    }
}
