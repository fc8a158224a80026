package dev.npcruntime.minestom;

import dev.npcruntime.World;
import dev.npcruntime.protocol.FactInfo;
import java.util.List;
import net.minestom.server.coordinate.Pos;

/** Where everybody stands, kept as facts of the world: so a save has it, and loading brings it back. */
final class Places {
    private static final String FACT = "stands";

    private Places() {}

    static void note(World world, Villager villager) {
        Pos at = villager.position();
        world.set(villager.id(), FACT, at.x() + " " + at.y() + " " + at.z() + " " + at.yaw(), "");
    }

    /** As it was noted; where nothing was, the other. */
    static Pos noted(List<FactInfo> facts, Pos other) {
        for (FactInfo fact : facts) {
            if (!fact.name().equals(FACT)) continue;
            String[] part = fact.value().toString().split(" ");
            double x = Double.parseDouble(part[0]);
            return new Pos(x, Double.parseDouble(part[1]), Double.parseDouble(part[2]), Float.parseFloat(part[3]), 0);
        }
        return other;
    }
}
