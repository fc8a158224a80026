package dev.npcruntime;

import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.Response;
import java.util.Map;

/** What went wrong: {@link #getMessage()} and {@link #hint()} are sentences for whoever makes the game. */
public final class NpcRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String hint;
    private final transient Map<String, Object> detail;

    NpcRuntimeException(ErrorCode code, String message, String hint) {
        this(code, message, hint, Map.of());
    }

    private NpcRuntimeException(ErrorCode code, String message, String hint, Map<String, Object> detail) {
        super(message);
        this.code = code;
        this.hint = hint;
        this.detail = detail;
    }

    static NpcRuntimeException of(Response.Error error) {
        return new NpcRuntimeException(known(error.code()), error.message(), error.hint(), error.detail());
    }

    /** What went wrong, for programs; what a later version of the daemon may say counts as {@code INTERNAL}. */
    public ErrorCode code() {
        return code;
    }

    /** What would be right; may be empty. */
    public String hint() {
        return hint;
    }

    /** More, by code: section 11 of the protocol says what. */
    public Map<String, Object> detail() {
        return detail == null ? Map.of() : detail;
    }

    @Override
    public String toString() {
        return code.wire() + ": " + getMessage() + (hint.isEmpty() ? "" : " (" + hint + ")");
    }

    private static ErrorCode known(String wire) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.wire().equals(wire)) return code;
        }
        return ErrorCode.INTERNAL;
    }
}
