package dev.npcruntime;

import dev.npcruntime.protocol.Response;

/**
 * A line of a scene, when it is complete.
 *
 * @param turn who speaks to whom, what the turn does, and how hot the speaker is
 * @param line what was said, and how it ended
 */
public record Turn(Response.SceneTurn turn, Response.ReplyEnd line) {
    /** What was said. */
    public String text() {
        return line.text();
    }

    /** Who says it: {@code npc:mira}. */
    public String speaker() {
        return turn.npc();
    }
}
