package dev.npcruntime;

import dev.npcruntime.protocol.BadFrame;
import dev.npcruntime.protocol.Client;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Event;
import dev.npcruntime.protocol.Frames;
import dev.npcruntime.protocol.Message;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.zeromq.ZContext;

/**
 * The session with the daemon, on a thread of its own: everything here but {@link #post}, {@link #run}, {@link #newId} and
 * {@link #close} happens on it, that of its socket and of {@link Exchanges} too, so that nothing needs a lock.
 */
final class Connection {
    private static final System.Logger LOG = System.getLogger("dev.npcruntime");
    private static final long LONGEST_WAIT_MILLIS = 500;
    private static final long TURNED_AWAY_MILLIS = 2000;
    private static final int TIMES_TURNED_AWAY = 2;
    private static final int TIMES_STALLED = 5;

    private enum State {
        SEEKING,
        GREETING,
        OPEN
    }

    /** What a connection tells, on its own thread. */
    interface Listener {
        /** The first session is there. */
        void opened(Response.Welcome welcome);

        /** There will be none. */
        void refused(NpcRuntimeException error);

        void recovered(Recovery recovery);

        void event(Event event);
    }

    private final Settings settings;
    private final Listener listener;
    private final Finder finder;
    private final Wake wake = new Wake();
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final AtomicLong ids = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::loop, "npc-runtime");
    private final Exchanges exchanges;

    private volatile boolean closing;
    private volatile Response.Welcome welcome;
    private volatile boolean open;
    private NpcRuntimeException over; // why nothing works any more

    private ZContext context;
    private Link link;
    private State state = State.SEEKING;
    private String greeting = ""; // the id of the hello that waits for its welcome
    private long greetingEnds;
    private String ping = ""; // the id of the ping that waits for its pong
    private long pingEnds;
    private long nextPing;
    private long lastSign; // when the daemon last sent anything
    private long nextSearch;
    private int turnedAway; // how often in a row
    private int stalled; // the same

    Connection(Settings settings, Listener listener) {
        this.settings = settings;
        this.listener = listener;
        this.finder = new Finder(settings);
        this.exchanges = new Exchanges(settings, this::newId, body -> link.send(body));
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** A new id for a request. */
    String newId() {
        return Long.toString(ids.incrementAndGet());
    }

    /** Sends a request as soon as there is a session. Returns at once, on any thread. */
    void post(Exchange exchange) {
        run(() -> take(exchange));
    }

    /** Has something done on the I/O thread. */
    void run(Runnable work) {
        posted.add(work);
        wake.ring();
        LockSupport.unpark(thread);
        if (ended.getCount() == 0) drain(); // nobody else does any more
    }

    private synchronized void drain() {
        for (Runnable work = posted.poll(); work != null; work = posted.poll()) work.run();
    }

    /** Ends the session, and the daemon where this client started it. Returns at once. */
    void close() {
        closing = true;
        run(() -> {});
    }

    boolean awaitEnd(Duration patience) throws InterruptedException {
        return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the daemon said last to a hello; null before it did. */
    Response.Welcome welcome() {
        return welcome;
    }

    /** Whether there is a session now. */
    boolean isOpen() {
        return open;
    }

    /** How many requests wait for something; on other threads than this one's own, about so many. */
    int pending() {
        return exchanges.size();
    }

    // ------------------------------------------------------------------------------------------------ the thread

    private void loop() {
        try {
            context = new ZContext();
            while (!closing) {
                if (link == null) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(untilNext()));
                } else {
                    link.poll(untilNext());
                }
                wake.heard();
                drain();
                receive();
                tick(System.nanoTime());
            }
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, "the client of NPC Runtime has ended by a mistake of its own", bug);
        } finally {
            shutDown();
        }
    }

    private void shutDown() {
        closing = true;
        open = false;
        NpcRuntimeException end = over != null
                ? over
                : new NpcRuntimeException(ErrorCode.CANCELLED, "the connection to the daemon was closed", "");
        over = end;
        drain();
        exchanges.failAll(end);
        if (welcome == null) listener.refused(end);
        if (link != null) link.close();
        if (context != null) context.close();
        finder.stop();
        wake.close();
        ended.countDown();
        drain(); // what was posted meanwhile
    }

    /** Milliseconds until something is due. */
    private long untilNext() {
        if (!posted.isEmpty()) return 0;
        long now = System.nanoTime();
        long due = now + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
        due = exchanges.due(due);
        if (state == State.SEEKING) due = Math.min(due, nextSearch);
        if (state == State.GREETING) due = Math.min(due, greetingEnds);
        if (state == State.GREETING && welcome != null) due = Math.min(due, now + TimeUnit.MILLISECONDS.toNanos(Finder.POLL_MILLIS));
        if (state == State.OPEN) due = Math.min(due, ping.isEmpty() ? nextPing : pingEnds);
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(due - now) + 1);
    }

    private void tick(long now) {
        exchanges.giveUpLate(
                now, link == null ? "no daemon has been found" : "the daemon at " + link.endpoint + " has not answered");
        if (link != null && link.dropped) dropped(now);
        switch (state) {
            case SEEKING -> {
                if (nextSearch - now <= 0) seek(now);
            }
            case GREETING -> {
                if (link.stalled(now) && stalled++ < TIMES_STALLED) {
                    seek(now);
                } else if (welcome != null && finder.isElsewhere(link.endpoint, link.pass)) {
                    seek(now); // it was the one that crashed, and another serves by now
                } else if (greetingEnds - now < 0) {
                    noWelcome(now);
                }
            }
            case OPEN -> {
                if (!ping.isEmpty() && pingEnds - now < 0) {
                    noPong(now);
                } else if (ping.isEmpty() && nextPing - now <= 0) {
                    sendPing(now);
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ the session

    private void seek(long now) {
        try {
            Finder.Found found = finder.look(now);
            nextSearch = now + TimeUnit.MILLISECONDS.toNanos(found == null ? Finder.POLL_MILLIS : 0);
            if (found == null) return;
            leave();
            link = new Link(context, wake, found.endpoint(), found.pass());
            greet(now);
        } catch (NpcRuntimeException error) {
            giveUp(error, now);
        } catch (IllegalArgumentException | org.zeromq.ZMQException broken) {
            giveUp(new NpcRuntimeException(ErrorCode.INVALID, "no connection: " + broken.getMessage(), ""), now);
        }
    }

    private void greet(long now) {
        state = State.GREETING;
        open = false;
        ping = "";
        greeting = newId();
        greetingEnds = now + finder.helloPatience().toNanos();
        Request hello = Request.Hello.of(List.of(Frames.PROTOCOL), Client.of(settings.name()).withVersion(settings.version()))
                .withCapabilities(settings.capabilities())
                .withId(greeting);
        link.send(Frames.pack(hello.write()));
    }

    private void noWelcome(long now) {
        finder.silent();
        NpcRuntimeException why = link.dropped
                ? new NpcRuntimeException(
                        ErrorCode.UNAUTHORIZED,
                        "the daemon at " + link.endpoint + " closes the connection: the token is probably wrong",
                        "it is the content of the file `token` in the daemon's data folder")
                : new NpcRuntimeException(
                        ErrorCode.DEADLINE,
                        "the daemon at " + link.endpoint + " has not answered",
                        "is it running, and is the token the content of the file `token` in its data folder?");
        // a daemon closes connections that are slow, too: a busy machine is no wrong token
        turnedAway = link.dropped ? turnedAway + 1 : 0;
        leave();
        state = State.SEEKING;
        nextSearch = now + TimeUnit.MILLISECONDS.toNanos(Finder.PAUSE_MILLIS);
        if ((turnedAway >= TIMES_TURNED_AWAY && welcome == null) || !finder.canGoOn(now)) giveUp(why, now);
    }

    /** Before the first session an error is the end; later the daemon may still come back. */
    private void giveUp(NpcRuntimeException error, long now) {
        boolean hopeless = error.code() == ErrorCode.UNSUPPORTED_VERSION;
        if (welcome == null || hopeless) {
            over = error;
            closing = true;
            return;
        }
        LOG.log(Level.WARNING, "no daemon yet: {0}", error);
        leave();
        state = State.SEEKING;
        nextSearch = now + TimeUnit.MILLISECONDS.toNanos(Finder.PAUSE_MILLIS);
    }

    private void welcomed(Response.Welcome said, long now) {
        Response.Welcome before = welcome;
        welcome = said;
        state = State.OPEN;
        open = true;
        greeting = "";
        turnedAway = 0;
        stalled = 0;
        finder.worked();
        nextPing = now + halfBeat();
        if (before == null) {
            listener.opened(said);
        } else {
            exchanges.recover(said, !said.daemon().equals(before.daemon()), listener);
        }
        exchanges.sendAll();
    }

    private void lost() {
        open = false;
        exchanges.lost();
    }

    private void leave() {
        if (link != null) link.close();
        link = null;
        open = false;
    }

    private void dropped(long now) {
        if (state == State.GREETING) { // the socket tries again; but whoever is turned away will be again
            greetingEnds = Math.min(greetingEnds, now + TimeUnit.MILLISECONDS.toNanos(TURNED_AWAY_MILLIS));
            return;
        }
        if (state == State.OPEN) lost();
        leave();
        state = State.SEEKING;
        nextSearch = now;
    }

    // ------------------------------------------------------------------------------------------------ pings

    private long halfBeat() {
        return (long) (welcome.heartbeat() / 2 * 1e9);
    }

    private void sendPing(long now) {
        ping = newId();
        pingEnds = now + (long) (welcome.heartbeat() * 1e9);
        link.send(Frames.pack(Request.Ping.of().withId(ping).write()));
    }

    private void ponged(Response.Pong pong, long now) {
        ping = "";
        nextPing = now + halfBeat();
        if (state == State.OPEN && !welcome.session().equals(pong.session())) {
            lost();
            greet(now);
        }
    }

    /** The daemon is gone, or slow: it is left where it serves elsewhere now, or was silent for too long. */
    private void noPong(long now) {
        ping = "";
        nextPing = now;
        boolean silent = now - lastSign > (long) (welcome.expiry() * 1e9);
        if (!silent && !finder.isElsewhere(link.endpoint, link.pass)) return;
        lost();
        leave();
        state = State.SEEKING;
        nextSearch = now;
    }

    // ------------------------------------------------------------------------------------------------ messages

    /** Sends a request, or keeps it for the next session. */
    void take(Exchange exchange) {
        if (over != null) {
            exchange.failed(over);
            return;
        }
        exchanges.take(exchange, state == State.OPEN);
    }

    private void receive() {
        while (link != null) {
            List<byte[]> frames = link.receive();
            if (frames == null) return;
            lastSign = System.nanoTime();
            read(frames);
        }
    }

    private void read(List<byte[]> frames) {
        Map<String, Object> body = Map.of();
        try {
            body = Frames.unpack(frames);
            Message message = Message.read(body);
            if (message instanceof Event event) listener.event(event);
            if (message instanceof Response response) response(response);
        } catch (BadFrame bad) {
            LOG.log(Level.WARNING, "the daemon sent what cannot be read: {0}", bad.getMessage());
            exchanges.unreadable(body.get("re"), bad);
        }
    }

    private void response(Response response) {
        long now = System.nanoTime();
        if (response.re().equals(greeting) && state == State.GREETING) {
            if (response instanceof Response.Welcome said) welcomed(said, now);
            if (response instanceof Response.Error error) giveUp(NpcRuntimeException.of(error), now);
        } else if (response.re().equals(ping) && response instanceof Response.Pong pong) {
            ponged(pong, now);
        } else if (!exchanges.answered(response, now) && state == State.OPEN) {
            lost();
            greet(now);
        }
    }
}
