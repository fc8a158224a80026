package dev.npcruntime.protocol;

/** Bytes that are not a message of the protocol; the text says what is wrong with them. */
public final class BadFrame extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what is wrong */
    public BadFrame(String message) {
        super(message);
    }
}
