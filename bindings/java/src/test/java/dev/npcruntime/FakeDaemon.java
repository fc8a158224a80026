package dev.npcruntime;

import dev.npcruntime.protocol.Frames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.zeromq.SocketType;
import org.zeromq.ZAuth;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMsg;

/** A ROUTER that only says what stands in a transcript, when its client has said what comes before. */
final class FakeDaemon implements AutoCloseable {
    static final String TOKEN = "any";

    /** What another client says differently, and may; and a mistyped field that no typed client can send. */
    private static final Set<String> OF_THE_CLIENT = Set.of("id", "client", "capabilities", "stream", "seed", "speed");
    private static final Set<String> HEARTBEAT = Set.of("ping", "pong");

    private final ZContext context = new ZContext();
    private final ZAuth door = new ZAuth(context, "door", Map.of("PLAIN", new OpenDoor()));
    private final ZMQ.Socket socket;
    private final String endpoint;
    private final Thread thread;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private final Map<String, String> ids = new HashMap<>(); // the client's own, by those of the transcript
    private byte[] client;
    private Object session;
    private volatile boolean closing;

    /** Without one, ZeroMQ lets nobody in who shows a password. */
    private static final class OpenDoor implements ZAuth.Auth {
        @Override
        public boolean configure(ZMsg told, boolean verbose) {
            return true;
        }

        @Override
        public boolean authorize(ZAuth.ZapRequest request, boolean verbose) {
            return TOKEN.equals(request.password);
        }
    }

    /** @param without types of messages that this client does not need to play its part */
    FakeDaemon(Transcript transcript, Set<String> without) {
        socket = context.createSocket(SocketType.ROUTER);
        socket.setLinger(0);
        socket.setReceiveTimeOut(200);
        socket.setPlainServer(true);
        endpoint = "tcp://127.0.0.1:" + socket.bindToRandomPort("tcp://127.0.0.1");
        thread = new Thread(() -> play(transcript.steps(), without), "fake-daemon"); // the socket is its own from now on
        thread.setDaemon(true);
        thread.start();
    }

    String endpoint() {
        return endpoint;
    }

    /** Returns when all was said; throws where the client said something else. */
    void awaitEnd() throws Exception {
        finished.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private void play(List<Map<?, ?>> steps, Set<String> without) {
        try {
            for (Map<?, ?> step : steps) {
                Map<String, Object> message = Transcript.message(step);
                if ("outside".equals(step.get("from"))) session = null; // another daemon knows of none
                if (message == null || HEARTBEAT.contains(message.get("type")) || without.contains(message.get("type"))) continue;
                if ("client".equals(step.get("from"))) {
                    Map<String, Object> found = next();
                    if (found == null) return;
                    compare(found, message);
                } else if ("daemon".equals(step.get("from"))) {
                    send(message);
                }
            }
            finished.complete(null);
            while (next() != null) {} // answers pings until it is closed
        } catch (RuntimeException | AssertionError wrong) {
            finished.completeExceptionally(wrong);
        } finally {
            finished.completeExceptionally(new IllegalStateException("it was closed before the end"));
            door.close();
            context.close();
        }
    }

    /** What the client says next, but for pings; null when this is closed. */
    private Map<String, Object> next() {
        while (!closing) {
            byte[] from = socket.recv();
            if (from == null) continue;
            client = from;
            List<byte[]> frames = new ArrayList<>();
            while (socket.hasReceiveMore()) frames.add(socket.recv());
            Map<String, Object> found = Frames.unpack(frames);
            if (!"ping".equals(found.get("type"))) return found;
            Map<String, Object> pong = new LinkedHashMap<>(Map.of("type", "pong", "last", true));
            pong.put("re", found.get("id"));
            pong.put("session", session);
            send(pong);
        }
        return null;
    }

    private void compare(Map<String, Object> found, Map<String, Object> wanted) {
        ids.put((String) wanted.get("id"), (String) found.get("id"));
        wanted.forEach((name, value) -> {
            Object other = found.get(name);
            if (name.equals("target")) value = ids.getOrDefault(value, (String) value);
            if (name.equals("after") && "".equals(value) && other == null) return; // as good as none
            if (!OF_THE_CLIENT.contains(name) && !Same.values(bare(value), bare(other))) {
                throw new AssertionError(name + " should be as in " + wanted + ", and is not in " + found);
            }
        });
    }

    private void send(Map<String, Object> message) {
        if ("welcome".equals(message.get("type"))) session = message.get("session");
        Map<String, Object> told = new LinkedHashMap<>(message);
        told.computeIfPresent("re", (name, re) -> ids.getOrDefault(re, (String) re));
        socket.send(client, ZMQ.SNDMORE);
        socket.send(Frames.header(), ZMQ.SNDMORE);
        socket.send(Frames.pack(told), 0);
    }

    /** An id without its kind, which a client may leave out. */
    private static Object bare(Object value) {
        return value instanceof String text ? text.substring(text.lastIndexOf(':') + 1) : value;
    }
}
