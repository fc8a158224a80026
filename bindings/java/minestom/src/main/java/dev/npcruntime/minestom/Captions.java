package dev.npcruntime.minestom;

import dev.npcruntime.protocol.Emotion;
import net.kyori.adventure.text.Component;
import net.kyori.adventure.text.format.NamedTextColor;

/** How the village looks in writing. */
final class Captions {
    private Captions() {}

    /** A line in the chat: {@code Mira (angry): That was my father's hammer.} */
    static Component line(String name, Emotion emotion, String text) {
        return Component.text(name, NamedTextColor.GOLD)
                .append(Component.text(feeling(emotion), color(emotion)))
                .append(Component.text(": " + text, NamedTextColor.WHITE));
    }

    /** A line of a player in the chat. */
    static Component line(String name, String text) {
        return Component.text(name + ": " + text, NamedTextColor.WHITE);
    }

    /** What stands above a head. */
    static Component bubble(Emotion emotion, String text) {
        return Component.text(text, color(emotion));
    }

    /** Something that happens, or that the server has to say. */
    static Component note(String text) {
        return Component.text(text, NamedTextColor.GRAY);
    }

    /** What went wrong. */
    static Component trouble(String text) {
        return Component.text(text, NamedTextColor.RED);
    }

    private static String feeling(Emotion emotion) {
        return emotion == Emotion.NEUTRAL ? "" : " (" + emotion.wire() + ")";
    }

    private static NamedTextColor color(Emotion emotion) {
        return switch (emotion) {
            case NEUTRAL -> NamedTextColor.WHITE;
            case HAPPY -> NamedTextColor.GREEN;
            case SAD -> NamedTextColor.BLUE;
            case ANGRY -> NamedTextColor.RED;
            case AFRAID -> NamedTextColor.LIGHT_PURPLE;
            case SURPRISED -> NamedTextColor.YELLOW;
            case TIRED -> NamedTextColor.GRAY;
            case WARY -> NamedTextColor.DARK_AQUA;
        };
    }
}
