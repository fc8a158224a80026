package dev.npcruntime.minestom;

import dev.npcruntime.protocol.Emotion;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.kyori.adventure.text.Component;
import net.minestom.server.coordinate.Point;
import net.minestom.server.coordinate.Pos;
import net.minestom.server.coordinate.Vec;
import net.minestom.server.entity.Entity;
import net.minestom.server.entity.EntityCreature;
import net.minestom.server.entity.EntityType;
import net.minestom.server.entity.Player;
import net.minestom.server.entity.metadata.display.AbstractDisplayMeta.BillboardConstraints;
import net.minestom.server.entity.metadata.display.TextDisplayMeta;
import net.minestom.server.instance.Instance;
import net.minestom.server.timer.Task;

/** The body of a character: an entity that stands in the square, with a bubble above its head for what it says. */
final class Villager {
    private static final double NEAR_ENOUGH = 3;
    private static final long READING_MILLIS = 1500;
    private static final long READING_MILLIS_A_LETTER = 50;

    private final String id;
    private final String name;
    private final Pos home;
    private final EntityCreature body = new EntityCreature(EntityType.VILLAGER);
    private final Entity bubble = new Entity(EntityType.TEXT_DISPLAY);
    private Emotion emotion = Emotion.NEUTRAL;
    private String saying = "";
    private Task silence;
    private Player leader;
    private final Set<Player> met = new HashSet<>();

    /** @param id in the pack: {@code npc:mira} */
    Villager(String id, String name, Pos home) {
        this.id = id;
        this.name = name;
        this.home = home;
        body.setCustomName(Component.text(name));
        body.setCustomNameVisible(true);
        bubble.setNoGravity(true);
        bubble.editEntityMeta(TextDisplayMeta.class, meta -> {
            meta.setBillboardRenderConstraints(BillboardConstraints.CENTER);
            meta.setTranslation(new Vec(0, 0.6, 0)); // above the name
        });
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    Pos home() {
        return home;
    }

    Pos position() {
        return body.getPosition();
    }

    void enter(Instance instance) {
        body.setInstance(instance, home).thenRun(() -> bubble.setInstance(instance, home).thenRun(() -> body.addPassenger(bubble)));
    }

    /** Where it stood when the village was saved. */
    void stand(Pos place) {
        hush();
        follow(null);
        body.getNavigator().reset();
        body.teleport(place);
    }

    boolean hears(Point voice) {
        return position().distance(voice) <= Village.EARSHOT;
    }

    /** The face comes before the words. */
    void feel(Emotion felt, Point toward) {
        emotion = felt;
        saying = "";
        body.lookAt(toward);
    }

    /** Says a sentence more: to all who hear it in the chat, and above its head. */
    void speak(String sentence, List<Player> listeners) {
        saying = saying.isEmpty() ? sentence : saying + " " + sentence;
        for (Player listener : listeners) listener.sendMessage(Captions.line(name, emotion, sentence));
        show(Captions.bubble(emotion, saying));
        if (silence != null) silence.cancel();
        silence = body.scheduler().buildTask(this::hush).delay(readingTime(saying)).schedule();
    }

    /** Says nothing more. */
    void hush() {
        saying = "";
        show(Component.empty());
    }

    /** Goes where the player goes; null: it stays. */
    void follow(Player player) {
        leader = player;
        if (player == null) body.getNavigator().reset();
    }

    boolean follows(Player player) {
        return leader == player;
    }

    /** Those who have come near since it was asked last, of those that are near now. */
    List<Player> arrivals(List<Player> near) {
        List<Player> found = near.stream().filter(player -> !met.contains(player)).toList();
        met.retainAll(near);
        met.addAll(found);
        return found;
    }

    /** Two times a second. */
    void walk() {
        if (leader != null && position().distance(leader.getPosition()) > NEAR_ENOUGH) {
            body.getNavigator().setPathTo(leader.getPosition());
        }
    }

    /** How long a player needs for a text. */
    static Duration readingTime(String text) {
        return Duration.ofMillis(READING_MILLIS + READING_MILLIS_A_LETTER * text.length());
    }

    private void show(Component text) {
        bubble.editEntityMeta(TextDisplayMeta.class, meta -> meta.setText(text));
    }
}
