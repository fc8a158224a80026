package dev.npcruntime;

import dev.npcruntime.protocol.Event;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import dev.npcruntime.protocol.VillageDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A session with NPC Runtime. No method waits: what comes is told on the game's thread, by the executor that the game gave,
 * or else in {@link #poll()}; futures are completed there too. So never join one on that thread.
 */
public final class NpcRuntime implements AutoCloseable {
    private final Game game;
    private final Connection connection;
    private final Duration patience;
    private final CompletableFuture<NpcRuntime> ready = new CompletableFuture<>();
    private final Map<String, List<Consumer<Event>>> listeners = new ConcurrentHashMap<>();
    private final List<Consumer<Recovery>> recoveries = new CopyOnWriteArrayList<>();
    private final FrameTimes frames = new FrameTimes();

    private NpcRuntime(Settings settings, Executor executor) {
        game = new Game(executor);
        patience = settings.patience();
        connection = new Connection(settings, new Connection.Listener() {
            @Override
            public void opened(Response.Welcome welcome) {
                game.complete(ready, NpcRuntime.this);
            }

            @Override
            public void refused(NpcRuntimeException error) {
                game.fail(ready, error);
            }

            @Override
            public void recovered(Recovery recovery) {
                game.tell(() -> recoveries.forEach(each -> each.accept(recovery)));
            }

            @Override
            public void event(Event event) {
                List<Consumer<Event>> those = listeners.get(event.world());
                if (those != null) game.tell(() -> those.forEach(each -> each.accept(event)));
            }
        });
    }

    /** How to connect; {@link Builder#connect()} does it. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * Runs the callbacks that are due, on this thread: to be called on every tick by a game that gave no executor.
     *
     * @return how many
     */
    public int poll() {
        return game.poll();
    }

    /** There when the daemon has welcomed this client. Requests may be made before: they wait for it. */
    public CompletableFuture<NpcRuntime> ready() {
        return ready;
    }

    /** Whether there is a session right now; where there is none, it is looked for. */
    public boolean connected() {
        return connection.isOpen();
    }

    /** What the daemon said of itself; nothing before the first session. */
    public Optional<Response.Welcome> welcome() {
        return Optional.ofNullable(connection.welcome());
    }

    /** Tells when a session was lost and another is there, with everything in it. */
    public NpcRuntime onRecovery(Consumer<Recovery> callback) {
        recoveries.add(callback);
        return this;
    }

    /** Opens or joins a world of the pack that it had, or of {@code hollowmere}. */
    public CompletableFuture<World> openWorld(String world) {
        return openWorld(world, null);
    }

    /**
     * Opens or joins a world.
     *
     * @param world names the playthrough: the game's save slot, for example
     * @param pack a bundled pack's name, or the path of a folder; null: the one that it had
     */
    public CompletableFuture<World> openWorld(String world, String pack) {
        return ask(Request.WorldOpen.of(world).withPack(pack), opening()).thenApply(opened -> new World(this, opened));
    }

    /**
     * Opens or joins a world without a pack: {@link World#definePlaces} and {@link World#defineNpcs} make its places and
     * its people, which are kept with it.
     */
    public CompletableFuture<World> openVillage(String world, VillageDefinition village) {
        return ask(Request.WorldOpen.of(world).withVillage(village), opening()).thenApply(opened -> new World(this, opened));
    }

    /** Opening a world reads a whole game. */
    private Duration opening() {
        return Exchanges.opening(patience);
    }

    /** How the daemon is. */
    public CompletableFuture<Response.HealthReport> health() {
        return ask(Request.Health.of());
    }

    /**
     * Tells how many milliseconds a frame, or a tick, took, and how many it may take; for every one, since it averages. The
     * model is held back where it costs frames.
     */
    public void reportFrame(double milliseconds, double target) {
        double average = frames.add(milliseconds);
        if (average > 0) mention(Request.BudgetReport.of(average).withTargetMs(target));
    }

    /** Asks whatever gets one answer: any request of the protocol that there is no method for. */
    public <A extends Response> CompletableFuture<A> ask(Request.Single<A> request) {
        return ask(request, patience);
    }

    /** The same, with another time limit. */
    public <A extends Response> CompletableFuture<A> ask(Request.Single<A> request, Duration patience) {
        CompletableFuture<A> future = new CompletableFuture<>();
        connection.post(new Exchange(
                request.withId(connection.newId()),
                patience,
                response -> {
                    if (response.type().equals(request.answer())) {
                        @SuppressWarnings("unchecked") // the type says that it is an A
                        A answer = (A) response;
                        game.complete(future, answer);
                    } else {
                        String told = request.type() + " was answered by " + response.type();
                        game.fail(future, new NpcRuntimeException(ErrorCode.INTERNAL, told, ""));
                    }
                },
                error -> game.fail(future, error)));
        return future;
    }

    /** Ends the session, and the daemon if this client started it. Returns at once, as everything here does. */
    @Override
    public void close() {
        connection.close();
    }

    /**
     * Waits until everything has ended: for the end of a program, not for the game's thread.
     *
     * @return whether it has
     */
    public boolean awaitClosed(Duration patience) throws InterruptedException {
        return connection.awaitEnd(patience);
    }

    // ------------------------------------------------------------------------------------------- for the other classes

    Game game() {
        return game;
    }

    Connection connection() {
        return connection;
    }

    /** Asks for what the game does not wait for, and where a refusal means nothing. */
    void mention(Request request) {
        connection.post(new Exchange(request.withId(connection.newId()), patience, answer -> {}, error -> {}));
    }

    /** The same for a request that depends on what the I/O thread knows; it keeps its place among the others. */
    void mention(Supplier<Request> request) {
        connection.run(() -> connection.take(new Exchange(
                request.get().withId(connection.newId()), patience, answer -> {}, error -> {})));
    }

    /** Listens to a world; gives back whether it is the first who does. */
    boolean listen(String world, Consumer<Event> listener) {
        List<Consumer<Event>> those = listeners.computeIfAbsent(world, none -> new CopyOnWriteArrayList<>());
        those.add(listener);
        return those.size() == 1;
    }

    /** Stops listening; gives back whether it was the last who did. */
    boolean unlisten(String world, Consumer<Event> listener) {
        List<Consumer<Event>> those = listeners.getOrDefault(world, List.of());
        return those.remove(listener) && those.isEmpty();
    }

    /** How to connect. Only the name is needed; without a data folder, an endpoint is. */
    public static final class Builder {
        private final String name;
        private String version = "";
        private String endpoint;
        private String token;
        private Key key;
        private DataFolder folder;
        private Launcher launcher;
        private Executor executor;
        private List<String> capabilities = List.of("events", "why");
        private Duration patience = Duration.ofSeconds(10);

        private Builder(String name) {
            this.name = name;
        }

        /** Of the game or mod. */
        public Builder version(String version) {
            this.version = version;
            return this;
        }

        /** The daemon's data folder, in which it says where it is. */
        public Builder dataDir(Path folder) {
            this.folder = new DataFolder(folder.toAbsolutePath());
            return this;
        }

        /** Where no daemon serves the data folder, starts one, which ends with this client and with the game. */
        public Builder launch(Launcher launcher) {
            this.launcher = launcher;
            return this;
        }

        /** Where the daemon is, instead of what the data folder says: {@code tcp://127.0.0.1:5577}. */
        public Builder endpoint(String endpoint) {
            this.endpoint = endpoint;
            return this;
        }

        /** What lets this client in, instead of the file {@code token} of the data folder. */
        public Builder token(String token) {
            this.token = token;
            return this;
        }

        /** The key of this client for a daemon on another machine, in the file that {@code npc-runtime keys add} wrote. */
        public Builder keyFile(Path file) {
            this.key = Key.in(file);
            return this;
        }

        /** Where callbacks run: {@code server::execute} of a Minecraft server, for example. Without: in {@code poll()}. */
        public Builder executor(Executor executor) {
            this.executor = executor;
            return this;
        }

        /** Features of the daemon beyond the core; by default {@code events} and {@code why}. */
        public Builder capabilities(String... capabilities) {
            this.capabilities = List.of(capabilities);
            return this;
        }

        /** How long an answer may take, 10 seconds by default. Replies have limits of their own. */
        public Builder patience(Duration patience) {
            this.patience = patience;
            return this;
        }

        /** Begins to connect, and returns at once: {@link NpcRuntime#ready()} tells when it has. */
        public NpcRuntime connect() {
            if (folder == null && endpoint == null) {
                throw new IllegalArgumentException("a client needs a data folder or an endpoint: call dataDir(...)");
            }
            Settings settings =
                    new Settings(name, version, endpoint, token, key, folder, launcher, capabilities, patience);
            NpcRuntime runtime = new NpcRuntime(settings, executor);
            runtime.connection.start();
            return runtime;
        }
    }
}
