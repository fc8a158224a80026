package dev.npcruntime.minestom;

import dev.npcruntime.NpcRuntimeException;
import dev.npcruntime.Quarrel;
import dev.npcruntime.Turn;
import dev.npcruntime.World;
import dev.npcruntime.protocol.ErrorCode;
import dev.npcruntime.protocol.FinishReason;
import dev.npcruntime.protocol.Response;
import java.time.Duration;
import net.kyori.adventure.text.Component;
import net.minestom.server.coordinate.Point;
import net.minestom.server.timer.Scheduler;

/** Two villagers who quarrel, as those near them see it. */
final class Squabble {
    private final Village village;
    private final Scheduler scheduler;
    private final double haste;
    private Point where;
    private Quarrel quarrel;

    Squabble(Village village, Scheduler scheduler, double haste) {
        this.village = village;
        this.scheduler = scheduler;
        this.haste = haste;
    }

    void begin(World world, Villager one, Villager other, String topic) {
        where = one.position().add(other.position()).div(2);
        quarrel = world.argue(one.id(), other.id())
                .about(topic)
                .heardBy(village.heardBy(where))
                .heardByHand() // so that each line stands for as long as one reads it
                .onTurn(this::show)
                .onIntervened(spoken -> say(Captions.note("They listen to " + spoken.from().substring("player:".length()) + ".")))
                .onSettled(this::settled)
                .onError(this::failed)
                .start();
    }

    private void show(Turn turn) {
        if (turn.line().finish() == FinishReason.CANCELLED) return; // it was cut off before anybody heard it
        Villager speaker = village.villager(turn.speaker());
        Villager addressee = village.villager(turn.turn().to());
        speaker.feel(turn.line().emotion(), addressee.position());
        speaker.speak(turn.text(), village.playersNear(speaker.position()));
        Duration shown = Villager.readingTime(turn.text());
        scheduler.buildTask(() -> quarrel.heard(turn.line().reply()))
                .delay(Duration.ofMillis((long) (shown.toMillis() / haste)))
                .schedule();
    }

    private void settled(Response.ArgueSettled settled) {
        say(Captions.note(settled.outcome().text()));
    }

    private void failed(NpcRuntimeException error) {
        if (error.code() != ErrorCode.CANCELLED) say(Captions.trouble(Village.reason(error)));
    }

    private void say(Component text) {
        village.playersNear(where).forEach(each -> each.sendMessage(text));
    }
}
