package dev.npcruntime.minestom;

import dev.npcruntime.Reply;
import net.minestom.server.entity.Player;

/** A player who has said something, and the answer that is on its way. */
final class Talk {
    private final Player player;
    private Reply reply;
    private Villager villager; // null: nobody has begun to answer

    Talk(Player player) {
        this.player = player;
    }

    Player player() {
        return player;
    }

    Villager villager() {
        return villager;
    }

    Reply reply() {
        return reply;
    }

    void asked(Reply reply) {
        this.reply = reply;
    }

    void answeredBy(Villager villager) {
        this.villager = villager;
    }

    /** Walking away is one call. */
    void end() {
        reply.cancel();
        if (villager != null) villager.hush();
    }
}
