package dev.npcruntime;

import dev.npcruntime.protocol.Request;
import dev.npcruntime.protocol.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What this client has asked for and got, and has to ask for again when its session is lost. */
final class Held {
    private final Map<String, Opened> worlds = new LinkedHashMap<>();
    private final Map<String, Request.Subscribe> subscribed = new LinkedHashMap<>();

    private record Opened(Request.WorldOpen request, Set<String> npcs) {}

    /** Notes what a request came to. */
    void note(Request request, Response answer) {
        if (request instanceof Request.WorldOpen open) {
            worlds.putIfAbsent(open.world(), new Opened(open, new LinkedHashSet<>()));
        } else if (request instanceof Request.WorldClose close) {
            worlds.remove(close.world());
            subscribed.remove(close.world());
        } else if (request instanceof Request.NpcDespawn gone) {
            npcs(gone.world()).remove(full(gone.npc()));
        } else if (request instanceof Request.Subscribe subscribe) {
            subscribed.put(subscribe.world(), subscribe);
        } else if (request instanceof Request.Unsubscribe unsubscribe) {
            subscribed.remove(unsubscribe.world());
        } else if (answer instanceof Response.NpcSpawned spawned) {
            npcs(spawned.world()).add(spawned.npc().npc());
        } else if (answer instanceof Response.CreatureGenerated born && born.spawned() != null) {
            npcs(born.world()).add(born.npc());
        }
    }

    /** What has to be asked for in a new session, in this order. */
    List<Request> again(boolean restarted) {
        List<Request> found = new ArrayList<>();
        if (restarted) {
            worlds.forEach((world, opened) -> {
                found.add(opened.request);
                for (String npc : opened.npcs) found.add(Request.NpcSpawn.of(world, npc));
            });
        }
        found.addAll(subscribed.values());
        return found;
    }

    private Set<String> npcs(String world) {
        Opened opened = worlds.get(world);
        return opened == null ? new LinkedHashSet<>() : opened.npcs;
    }

    private static String full(String npc) {
        return npc.startsWith("npc:") ? npc : "npc:" + npc;
    }
}
