package dev.npcruntime.minestom;

import net.minestom.server.Auth;
import net.minestom.server.MinecraftServer;
import net.minestom.server.coordinate.Pos;
import net.minestom.server.entity.GameMode;
import net.minestom.server.event.GlobalEventHandler;
import net.minestom.server.event.player.AsyncPlayerConfigurationEvent;
import net.minestom.server.event.player.PlayerChatEvent;
import net.minestom.server.event.player.PlayerDisconnectEvent;
import net.minestom.server.event.player.PlayerSpawnEvent;
import net.minestom.server.instance.InstanceContainer;
import net.minestom.server.instance.LightingChunk;
import net.minestom.server.instance.block.Block;
import net.minestom.server.timer.SchedulerManager;

/** A Minecraft server with one square, on which the people of Hollowmere stand and talk. */
public final class VillageServer {
    /** The height at which everybody stands. */
    static final int GROUND = 40;

    private static final Pos ARRIVAL = new Pos(0.5, GROUND, 0.5);
    private static final int HALF_A_SQUARE = 8;

    private VillageServer() {}

    /** Starts the server, and with it the daemon; both end together. */
    public static void main(String[] arguments) {
        Settings settings = Settings.given();
        MinecraftServer server = MinecraftServer.init(new Auth.Offline());
        SchedulerManager scheduler = MinecraftServer.getSchedulerManager();
        InstanceContainer square = square();
        Village village = new Village(square, scheduler, settings);

        // Players' packets are handled beside the thread of the scheduler, to which the village belongs: hence `execute`.
        GlobalEventHandler events = MinecraftServer.getGlobalEventHandler();
        events.addListener(AsyncPlayerConfigurationEvent.class, event -> {
            event.setSpawningInstance(square);
            event.getPlayer().setRespawnPoint(ARRIVAL);
            event.getPlayer().setGameMode(GameMode.ADVENTURE);
        });
        events.addListener(PlayerSpawnEvent.class, event -> {
            if (event.isFirstSpawn()) scheduler.execute(() -> village.arrives(event.getPlayer()));
        });
        events.addListener(PlayerDisconnectEvent.class, event -> scheduler.execute(() -> village.leaves(event.getPlayer())));
        events.addListener(PlayerChatEvent.class, event -> {
            event.setCancelled(true); // a voice carries as far as it does, and not through the whole world
            scheduler.execute(() -> village.chat(event.getPlayer(), event.getRawMessage()));
        });
        Commands.register(village, scheduler);

        scheduler.buildShutdownTask(village::close);
        server.start(settings.host(), settings.port());
        System.out.println("The village is open on port " + MinecraftServer.getServer().getPort() + ".");
    }

    private static InstanceContainer square() {
        InstanceContainer square = MinecraftServer.getInstanceManager().createInstanceContainer();
        square.setChunkSupplier(LightingChunk::new);
        square.setGenerator(unit -> unit.modifier().fillHeight(0, GROUND, Block.GRASS_BLOCK));
        for (int x = -HALF_A_SQUARE; x < HALF_A_SQUARE; x++) {
            for (int z = -HALF_A_SQUARE; z < HALF_A_SQUARE; z++) {
                square.loadChunk(new Pos(x, GROUND, z)).join(); // before the first tick waiting is no harm
                square.setBlock(x, GROUND - 1, z, Block.COBBLESTONE);
            }
        }
        return square;
    }
}
