package dev.npcruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.npcruntime.protocol.Client;
import dev.npcruntime.protocol.Frames;
import dev.npcruntime.protocol.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** What the daemon must refuse, it refuses: with the code and the request that are told. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RefusedVectorsTest {
    private static final int TRIES = 4;

    @Test
    void everyOne(@TempDir Path path) throws Exception {
        Assumptions.assumeTrue(Repository.daemon().isPresent(), "PYTHON_WITH_NPC_RUNTIME names no Python with the daemon");
        DataFolder folder = new DataFolder(path);
        Process daemon = Repository.daemon().orElseThrow().start(folder);
        try (ZContext context = new ZContext()) {
            while (folder.daemon().isEmpty() && daemon.isAlive()) Thread.sleep(100);
            List<String> wrong = new ArrayList<>();
            for (Object each : (List<?>) Repository.protocol("vectors/refused.json").get("vectors")) {
                Map<?, ?> vector = (Map<?, ?>) each;
                Map<String, Object> answer = answer(context, folder, vector);
                boolean right = Objects.equals(vector.get("error"), answer.get("code"))
                        && Objects.equals(vector.get("re"), answer.get("re"));
                if (!right) {
                    wrong.add(vector.get("name") + ": " + answer);
                }
            }
            assertEquals(List.of(), wrong);
        } finally {
            Launcher.stop(daemon);
        }
    }

    /** JeroMQ never gives up a connection whose handshake stands still: a new socket gets the answer. */
    private static Map<String, Object> answer(ZContext context, DataFolder folder, Map<?, ?> vector) {
        Map<String, Object> answer = Map.of();
        for (int i = 0; i < TRIES && answer.isEmpty(); i++) answer = play(context, folder, vector, 2_000 << i);
        return answer;
    }

    private static Map<String, Object> play(ZContext context, DataFolder folder, Map<?, ?> vector, int millis) {
        ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
        try {
            socket.setLinger(0);
            socket.setReceiveTimeOut(millis);
            socket.setPlainUsername("npc-runtime");
            socket.setPlainPassword(folder.token().orElseThrow());
            socket.connect(folder.daemon().orElseThrow().endpoint());
            if (Boolean.TRUE.equals(vector.get("session"))) {
                Request hello = Request.Hello.of(List.of(Frames.PROTOCOL), Client.of("vectors")).withId("hello");
                socket.send(Frames.header(), ZMQ.SNDMORE);
                socket.send(Frames.pack(hello.write()), 0);
                Map<String, Object> welcome = receive(socket);
                if (welcome.isEmpty()) return welcome;
                assertTrue("welcome".equals(welcome.get("type")), welcome::toString);
            }
            List<byte[]> frames = VectorsTest.frames(vector);
            for (int i = 0; i < frames.size(); i++) socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
            return receive(socket);
        } finally {
            socket.close();
        }
    }

    /** The next message; empty where none comes. */
    private static Map<String, Object> receive(ZMQ.Socket socket) {
        List<byte[]> frames = new ArrayList<>();
        do {
            byte[] frame = socket.recv();
            if (frame == null) return Map.of();
            frames.add(frame);
        } while (socket.hasReceiveMore());
        return Frames.unpack(frames);
    }
}
