package dev.npcruntime.protocol;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;

/** Bytes and maps: the two frames of a message are {@link #header()} and a body. */
public final class Frames {
    /** The protocol version that these types are of. */
    public static final String PROTOCOL = Catalogue.PROTOCOL;
    /** Bytes that a body may have. */
    public static final int LONGEST_BODY = 262_144;

    private static final int DEEPEST = 32;
    private static final MessagePack.UnpackerConfig STRICT = new MessagePack.UnpackerConfig()
            .withActionOnMalformedString(CodingErrorAction.REPORT)
            .withActionOnUnmappableString(CodingErrorAction.REPORT);
    private static final byte[] HEADER = Catalogue.HEADER.getBytes(StandardCharsets.US_ASCII);

    private Frames() {}

    /** The first frame: which protocol, and which major version of it. */
    public static byte[] header() {
        return HEADER.clone();
    }

    /**
     * The second frame.
     *
     * @throws BadFrame where it gets longer than a message may be
     */
    public static byte[] pack(Map<String, Object> body) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            write(packer, body);
            byte[] bytes = packer.toByteArray();
            if (bytes.length <= LONGEST_BODY) return bytes;
            throw new BadFrame("a message has " + bytes.length + " bytes, and may have " + LONGEST_BODY);
        } catch (IOException impossible) {
            throw new IllegalStateException("a buffer in memory cannot fail", impossible);
        }
    }

    /**
     * What is in the frames of a message.
     *
     * @throws BadFrame where they are none of this protocol
     */
    public static Map<String, Object> unpack(List<byte[]> frames) {
        if (frames.size() != 2) throw new BadFrame("a message has two frames, not " + frames.size());
        if (!Arrays.equals(frames.get(0), HEADER)) throw new BadFrame("the header is not " + Catalogue.HEADER);
        return unpack(frames.get(1));
    }

    private static Map<String, Object> unpack(byte[] body) {
        try (MessageUnpacker unpacker = STRICT.newUnpacker(body)) {
            Object value = read(unpacker, 0);
            if (unpacker.hasNext()) throw new BadFrame("something follows the message");
            if (!(value instanceof Map<?, ?>)) throw new BadFrame("the body is no map");
            @SuppressWarnings("unchecked") // `read` makes no others
            Map<String, Object> map = (Map<String, Object>) value;
            return map;
        } catch (MessagePackException | IOException broken) {
            throw new BadFrame("the body is not msgpack: " + broken.getMessage());
        }
    }

    private static Object read(MessageUnpacker from, int depth) throws IOException {
        if (depth > DEEPEST) throw new BadFrame("values are nested deeper than " + DEEPEST);
        switch (from.getNextFormat().getValueType()) {
            case NIL -> {
                from.unpackNil();
                return null;
            }
            case BOOLEAN -> {
                return from.unpackBoolean();
            }
            case INTEGER -> {
                BigInteger number = from.unpackBigInteger();
                if (number.bitLength() > 63) throw new BadFrame("the number " + number + " is too large");
                return number.longValue();
            }
            case FLOAT -> {
                return from.unpackDouble();
            }
            case STRING -> {
                return from.unpackString();
            }
            case ARRAY -> {
                int size = from.unpackArrayHeader();
                List<Object> list = new ArrayList<>(Math.min(size, 1024)); // the size is only what the sender claims
                for (int i = 0; i < size; i++) list.add(read(from, depth + 1));
                return list;
            }
            case MAP -> {
                int size = from.unpackMapHeader();
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = 0; i < size; i++) {
                    if (!from.getNextFormat().getValueType().isStringType()) throw new BadFrame("a key is no string");
                    map.put(from.unpackString(), read(from, depth + 1));
                }
                return map;
            }
            default -> throw new BadFrame("binary data and extensions are no part of a message");
        }
    }

    private static void write(MessagePacker to, Object value) throws IOException {
        if (value == null) {
            to.packNil();
        } else if (value instanceof String text) {
            to.packString(text);
        } else if (value instanceof Boolean flag) {
            to.packBoolean(flag);
        } else if (value instanceof Double || value instanceof Float) {
            to.packDouble(((Number) value).doubleValue());
        } else if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            to.packLong(((Number) value).longValue());
        } else if (value instanceof Collection<?> items) {
            to.packArrayHeader(items.size());
            for (Object item : items) write(to, item);
        } else if (value instanceof Map<?, ?> entries) {
            to.packMapHeader(entries.size());
            for (Map.Entry<?, ?> entry : entries.entrySet()) {
                to.packString(Wire.string(entry.getKey()));
                write(to, entry.getValue());
            }
        } else {
            throw new BadFrame("a " + value.getClass().getName() + " is nothing that a message can hold");
        }
    }
}
