package dev.npcruntime.minestom;

import dev.npcruntime.Action;
import dev.npcruntime.Line;
import dev.npcruntime.NpcRuntimeException;
import dev.npcruntime.World;
import dev.npcruntime.protocol.ActionOffer;
import dev.npcruntime.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import net.minestom.server.entity.Player;

/** What players say, and what they are answered. */
final class Talks {
    private final List<Talk> going = new ArrayList<>();
    private final Village village;
    private final Goods goods;

    Talks(Village village, Goods goods) {
        this.village = village;
        this.goods = goods;
    }

    /**
     * Says a line to all within earshot. Who answers, if anybody, is for them to know; and where two of them quarrel, the
     * line is a word in that.
     */
    void say(World world, Player player, String text) {
        List<Villager> near = village.villagersNear(player.getPosition());
        if (near.isEmpty()) return; // it was said before the village woke up, and the player is gone
        Talk talk = new Talk(player);
        Line line = world.say(Village.id(player), text)
                .name(player.getUsername())
                .heardBy(village.heardBy(player.getPosition()))
                .actions(offers(player, near))
                .onStart(start -> {
                    talk.answeredBy(village.villager(start.npc()));
                    talk.villager().feel(start.emotion(), player.getPosition());
                })
                .onSentence(sentence -> {
                    Villager speaker = talk.villager();
                    speaker.speak(sentence.text(), village.playersNear(speaker.position()));
                })
                .onAction(action -> carryOut(world, action, player))
                .onError(error -> failed(player, error));
        talk.asked(line.send());
        going.add(talk);
        talk.reply().done().whenComplete((end, error) -> going.remove(talk));
    }

    /** Takes back what is being answered to those who have walked away. */
    void endThoseOutOfEarshot() {
        for (Talk talk : List.copyOf(going)) {
            boolean heard = talk.villager() == null
                    ? !village.villagersNear(talk.player().getPosition()).isEmpty()
                    : talk.villager().hears(talk.player().getPosition());
            if (!heard) end(talk);
        }
    }

    /** Takes back all that is being answered to a player. */
    void endAll(Player player) {
        for (Talk talk : List.copyOf(going)) {
            if (talk.player() == player) end(talk);
        }
    }

    private void end(Talk talk) {
        going.remove(talk);
        talk.end();
    }

    private ActionOffer[] offers(Player player, List<Villager> near) {
        List<ActionOffer> offers = new ArrayList<>();
        List<List<String>> leader = List.of(List.of(Village.id(player)));
        offers.add(goods.offer(player));
        offers.add(ActionOffer.of("follow").withArgs(leader).withWhen("asks to come along"));
        if (near.stream().anyMatch(each -> each.follows(player))) {
            offers.add(ActionOffer.of("wait").withWhen("asks to stay here"));
        }
        return offers.toArray(ActionOffer[]::new);
    }

    /** A character only proposes: the server does it, or does not, and says what became of it. */
    private void carryOut(World world, Action action, Player player) {
        Villager actor = village.villager(action.npc());
        switch (action.name()) {
            case "give" -> goods.give(world, action, player);
            case "follow" -> {
                actor.follow(player);
                action.done(actor.name() + " went along with " + player.getUsername() + ".");
            }
            case "wait" -> {
                actor.follow(null);
                action.done(actor.name() + " stayed where " + player.getUsername() + " asked for it.");
            }
            default -> action.result(false, "nobody here can do that");
        }
    }

    private static void failed(Player player, NpcRuntimeException error) {
        if (error.code() == ErrorCode.NO_SESSION) return; // the village says so to all, once, when it is back
        Village.told(player, error);
    }
}
