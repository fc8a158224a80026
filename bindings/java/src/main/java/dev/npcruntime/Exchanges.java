package dev.npcruntime;

import dev.npcruntime.protocol.BadFrame;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Frames;
import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The requests that wait for something, by id, and what becomes of them when their session is lost. On the I/O thread only. */
final class Exchanges {
    private static final int TRIES_WITHOUT_SESSION = 3;
    private static final Duration OPENING = Duration.ofMinutes(1);
    private static final long STARTING_NANOS = Long.MAX_VALUE / 2;

    private final Settings settings;
    private final Supplier<String> newId;
    private final Predicate<byte[]> wire;
    private final Map<String, Exchange> waiting = new LinkedHashMap<>();
    private final Held held = new Held();
    private boolean starting; // the first daemon is still awaited
    private int recovery; // counts them: what an older one asked for is of no interest

    /** @param wire sends a body, and says whether the socket took it */
    Exchanges(Settings settings, Supplier<String> newId, Predicate<byte[]> wire) {
        this.settings = settings;
        starting = settings.launcher() != null;
        this.newId = newId;
        this.wire = wire;
    }

    /** How long the opening of a world may take, and whatever waits behind it. */
    static Duration opening(Duration patience) {
        return patience.compareTo(OPENING) > 0 ? patience : OPENING;
    }

    int size() {
        return waiting.size();
    }

    /** Notes a request; it is sent where there is a session, and else in the next. */
    void take(Exchange exchange, boolean open) {
        exchange.touch(System.nanoTime());
        if (starting) exchange.deadline += STARTING_NANOS; // the launcher has patience of its own, and says when that is over
        waiting.put(exchange.request.id(), exchange);
        if (open) send(exchange);
    }

    /** Sends what waits for a session. */
    void sendAll() {
        starting = false;
        for (Exchange exchange : List.copyOf(waiting.values())) {
            if (!exchange.sent) send(exchange);
        }
    }

    /** When the first of them has waited for too long; never later than {@code latest}. */
    long due(long latest) {
        long due = latest;
        for (Exchange exchange : waiting.values()) due = exchange.deadline - due < 0 ? exchange.deadline : due;
        return due;
    }

    /** Gives up what has waited for too long. */
    void giveUpLate(long now, String why) {
        for (Exchange exchange : List.copyOf(waiting.values())) {
            if (exchange.deadline - now >= 0) continue;
            double seconds = exchange.patience.toMillis() / 1000.0;
            fail(exchange, new NpcRuntimeException(
                    ErrorCode.DEADLINE,
                    why + " (" + exchange.request.type() + ", " + seconds + " s)",
                    "is it running? npc-runtime doctor tells more"));
        }
    }

    void failAll(NpcRuntimeException error) {
        List<Exchange> all = List.copyOf(waiting.values());
        waiting.clear();
        for (Exchange exchange : all) exchange.failed(error);
    }

    /** The answer that came for a request cannot be read. */
    void unreadable(Object re, BadFrame bad) {
        Exchange exchange = re instanceof String id ? waiting.get(id) : null;
        if (exchange == null) return;
        String told = "the answer cannot be read: " + bad.getMessage();
        fail(exchange, new NpcRuntimeException(ErrorCode.INTERNAL, told, "is this client older than the daemon?"));
    }

    /**
     * Hands a message to whoever waits for it.
     *
     * @return false: the daemon knows no session here any more, and the request waits for the next
     */
    boolean answered(Response response, long now) {
        Exchange exchange = waiting.get(response.re());
        if (exchange == null || !exchange.sent) return true;
        if (response instanceof Response.Error error) {
            NpcRuntimeException told = NpcRuntimeException.of(error);
            if (told.code() == ErrorCode.NO_SESSION && ++exchange.refusedForSession <= TRIES_WITHOUT_SESSION) {
                exchange.sent = false; // refused means not done
                return false;
            }
            fail(exchange, told);
            return true;
        }
        exchange.touch(now);
        if (response.last()) {
            waiting.remove(exchange.request.id());
            held.note(exchange.request, response);
        } else {
            exchange.answered = true;
        }
        exchange.came(response);
        return true;
    }

    /** The session is gone: what had begun in it has failed, and so has what might happen twice; the rest waits for another. */
    void lost() {
        recovery++;
        for (Exchange exchange : List.copyOf(waiting.values())) {
            boolean kept = exchange.answered ? exchange.takenUp() != null : !(exchange.sent && happensTwice(exchange.request));
            exchange.sent = false;
            if (exchange.again) waiting.remove(exchange.request.id()); // the next session asks for it anew
            if (exchange.again || (kept && !exchange.takenBack)) continue;
            fail(exchange, new NpcRuntimeException(
                    ErrorCode.NO_SESSION,
                    "the session was lost, and what had begun in it has ended; it may have been done or not",
                    "ask again if it does no harm twice: a new session opens by itself"));
        }
    }

    /** Asks a new session for everything that the lost one had, in the order that the protocol names. */
    void recover(Response.Welcome said, boolean restarted, Connection.Listener listener) {
        int number = ++recovery;
        List<Request> again = held.again(restarted);
        List<NpcRuntimeException> failures = new ArrayList<>();
        int[] left = {again.size()};
        Runnable one = () -> {
            if (--left[0] <= 0 && number == recovery) listener.recovered(new Recovery(said, restarted, List.copyOf(failures)));
        };
        for (Request request : again) {
            Duration patience = opening(settings.patience());
            Exchange exchange = new Exchange(request.withId(newId.get()), patience, answer -> one.run(), error -> {
                failures.add(error);
                one.run();
            });
            exchange.again = true;
            take(exchange, true);
        }
        if (again.isEmpty()) one.run();
        for (Exchange exchange : List.copyOf(waiting.values())) {
            Request taken = !exchange.sent && exchange.answered ? exchange.takenUp() : null;
            if (taken == null) continue;
            waiting.remove(exchange.request.id());
            exchange.request = taken.withId(newId.get());
            take(exchange, true);
        }
    }

    private void send(Exchange exchange) {
        exchange.touch(System.nanoTime()); // it may have waited for a daemon that had to start
        exchange.sent = true;
        exchange.answered = false;
        try {
            if (wire.test(Frames.pack(exchange.request.write()))) return;
            fail(exchange, new NpcRuntimeException(ErrorCode.BUSY, "the daemon takes nothing more", "try again later"));
        } catch (BadFrame bad) {
            fail(exchange, new NpcRuntimeException(ErrorCode.BAD_FRAME, bad.getMessage(), ""));
        }
    }

    private void fail(Exchange exchange, NpcRuntimeException error) {
        waiting.remove(exchange.request.id());
        exchange.failed(error);
    }

    /** Whether it does harm when a lost session has done it already: ids tell nothing across sessions. */
    private static boolean happensTwice(Request request) {
        return request.deed() && !(request instanceof Request.WorldAdvance advance && advance.by() == null);
    }
}
