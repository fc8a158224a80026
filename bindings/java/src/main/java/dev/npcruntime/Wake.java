package dev.npcruntime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** Wakes the I/O thread from any other, without ever waiting for it. */
final class Wake implements AutoCloseable {
    private final Pipe pipe;
    private final AtomicBoolean rung = new AtomicBoolean();

    Wake() {
        try {
            pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.sink().configureBlocking(false);
        } catch (IOException failed) {
            throw new UncheckedIOException("the operating system has no pipe left for a client of NPC Runtime", failed);
        }
    }

    SelectableChannel channel() {
        return pipe.source();
    }

    void ring() {
        if (!rung.compareAndSet(false, true)) return; // one byte is enough, however many ring
        try {
            pipe.sink().write(ByteBuffer.allocate(1));
        } catch (IOException closed) {
            // whoever is gone need not wake up
        }
    }

    /** Takes the ring in; what is posted from now on rings anew. */
    void heard() {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(16);
            while (pipe.source().read(buffer) > 0) buffer.clear();
        } catch (IOException closed) {
            // nobody rings any more
        }
        rung.set(false);
    }

    @Override
    public void close() {
        try {
            pipe.sink().close();
            pipe.source().close();
        } catch (IOException ignored) {
            // it is gone either way
        }
    }
}
