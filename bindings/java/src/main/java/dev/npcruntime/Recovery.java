package dev.npcruntime;

import dev.npcruntime.protocol.Response;
import java.util.List;

/**
 * The session was lost, and there is a new one: worlds are open, characters live and events come again, arguments have
 * been taken up where they broke off, and what was not answered has been asked anew. Replies that were under way have
 * failed, and so has what might have happened twice: a {@code say}, {@code world.event} or {@code memory.teach}.
 *
 * @param welcome what the daemon said to the new session
 * @param restarted whether it is another run of the daemon
 * @param failures what could not be done again, and why
 */
public record Recovery(Response.Welcome welcome, boolean restarted, List<NpcRuntimeException> failures) {}
