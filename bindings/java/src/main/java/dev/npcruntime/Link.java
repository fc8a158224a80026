package dev.npcruntime;

import dev.npcruntime.protocol.Frames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZEvent;
import org.zeromq.ZMQ;

/** A DEALER socket to one daemon, and what its monitor tells. A new daemon gets a new one: nothing old is in it. */
final class Link implements AutoCloseable {
    private static final String USER = "npc-runtime";
    private static final String NO_TOKEN = "-"; // ZeroMQ has no empty passwords
    private static final int RECONNECT_MILLIS = 200;
    private static final long STALLED_NANOS = 1_000_000_000L;
    private static long monitors;

    final String endpoint;
    final Pass pass;
    /** Whether there was a connection, and the other side closed it. */
    boolean dropped;

    private long connectedAt;
    private boolean connected;
    private boolean greeted;

    private final ZMQ.Socket socket;
    private final ZMQ.Socket monitor;
    private final ZMQ.Poller poller;

    Link(ZContext context, Wake wake, String endpoint, Pass pass) {
        this.endpoint = endpoint;
        this.pass = pass;
        socket = context.createSocket(SocketType.DEALER);
        socket.setLinger(0);
        socket.setReconnectIVL(RECONNECT_MILLIS);
        socket.setIPv6(endpoint.contains("["));
        show(pass);
        String told = "inproc://npc-runtime-" + nextMonitor();
        socket.monitor(told, ZMQ.EVENT_CONNECTED | ZMQ.EVENT_HANDSHAKE_PROTOCOL | ZMQ.EVENT_DISCONNECTED);
        monitor = context.createSocket(SocketType.PAIR);
        monitor.connect(told);
        socket.connect(endpoint);
        poller = context.createPoller(3);
        poller.register(wake.channel(), ZMQ.Poller.POLLIN);
        poller.register(socket, ZMQ.Poller.POLLIN);
        poller.register(monitor, ZMQ.Poller.POLLIN);
    }

    private void show(Pass pass) {
        if (pass.key() == null) {
            socket.setPlainUsername(USER);
            socket.setPlainPassword(pass.token().isEmpty() ? NO_TOKEN : pass.token());
        } else {
            socket.setCurveServerKey(pass.key().server().getBytes(StandardCharsets.US_ASCII));
            socket.setCurvePublicKey(pass.key().publicKey().getBytes(StandardCharsets.US_ASCII));
            socket.setCurveSecretKey(pass.key().secretKey().getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Waits for something to come, or a ring. */
    void poll(long millis) {
        poller.poll(millis);
        for (ZEvent event; (event = ZEvent.recv(monitor, ZMQ.DONTWAIT)) != null; ) {
            switch (event.getEvent()) {
                case CONNECTED -> {
                    connected = true;
                    greeted = false;
                    connectedAt = System.nanoTime();
                }
                case HANDSHAKE_PROTOCOL -> greeted = true;
                default -> dropped = true;
            }
        }
    }

    /**
     * Whether it is connected, and stays silent. JeroMQ (0.6.0) connects with one registration at its poller and goes on
     * with another for the same channel; where both change in one round, it may cancel the new one with the old, and then
     * never looks at the connection again. A new socket does.
     */
    boolean stalled(long now) {
        return connected && !greeted && now - connectedAt > STALLED_NANOS;
    }

    /** Whether the socket took it. */
    boolean send(byte[] body) {
        return socket.send(Frames.header(), ZMQ.SNDMORE | ZMQ.DONTWAIT) && socket.send(body, ZMQ.DONTWAIT);
    }

    /** The frames of the next message that has come, or null. */
    List<byte[]> receive() {
        byte[] frame = socket.recv(ZMQ.DONTWAIT);
        if (frame == null) return null;
        List<byte[]> frames = new ArrayList<>(2);
        frames.add(frame);
        while (socket.hasReceiveMore()) frames.add(socket.recv());
        return frames;
    }

    @Override
    public void close() {
        poller.close();
        socket.monitor(null, 0);
        monitor.close();
        socket.close();
    }

    private static synchronized long nextMonitor() {
        return monitors++;
    }
}
