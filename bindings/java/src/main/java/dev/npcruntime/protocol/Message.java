package dev.npcruntime.protocol;

import java.util.Map;

/** Any message of the protocol. */
public sealed interface Message permits Request, Response, Event {
    /** Which one it is, as the protocol names it: {@code reply.sentence}. */
    String type();

    /** As a map of the wire: strings, longs, doubles, booleans, lists and maps. */
    Map<String, Object> write();

    /**
     * The message in a map of the wire, or null for a type that this version does not know, which is to be ignored.
     *
     * @throws BadFrame where a field is missing or of another type
     */
    static Message read(Map<String, Object> body) {
        return Catalogue.read(Wire.string(body.get("type")), body);
    }
}
