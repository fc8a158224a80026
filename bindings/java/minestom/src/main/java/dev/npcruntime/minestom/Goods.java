package dev.npcruntime.minestom;

import dev.npcruntime.Action;
import dev.npcruntime.World;
import dev.npcruntime.protocol.ActionOffer;
import dev.npcruntime.protocol.FactInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.minestom.server.entity.Player;
import net.minestom.server.inventory.TransactionOption;
import net.minestom.server.item.ItemStack;
import net.minestom.server.item.Material;

/**
 * Who has what, kept as facts of the world ({@code item.bread} of {@code npc:odile}): characters know of them, a save has
 * them, and loading brings them back.
 */
final class Goods {
    /** How characters call what Minecraft calls otherwise. */
    private static final Map<String, Material> MATERIALS = Map.of(
            "bread", Material.BREAD,
            "ale", Material.HONEY_BOTTLE,
            "rope", Material.LEAD,
            "horseshoe", Material.IRON_NUGGET);

    private static final Map<String, Map<String, Integer>> AT_FIRST = Map.of(
            "npc:odile", Map.of("bread", 3, "ale", 5),
            "npc:tom", Map.of("rope", 2),
            "npc:mira", Map.of("horseshoe", 8));

    private static final String FACT = "item.";

    private final Map<String, Map<String, Integer>> owned = new HashMap<>();
    private final Village village;

    Goods(Village village) {
        this.village = village;
    }

    /** What a villager has, as the world says; in a new world, what it begins with. */
    void stock(World world, Villager villager, List<FactInfo> facts) {
        Map<String, Integer> goods = read(facts);
        owned.put(villager.id(), goods);
        if (goods.isEmpty()) AT_FIRST.get(villager.id()).forEach((good, count) -> own(world, villager.id(), good, count));
    }

    /** Gives a player what the world says that it has. */
    void unpack(World world, Player player) {
        world.facts(Village.id(player)).thenAccept(facts -> {
            Map<String, Integer> goods = read(facts);
            owned.put(Village.id(player), goods);
            player.getInventory().clear();
            goods.forEach((good, count) -> {
                if (count > 0) player.getInventory().addItemStack(ItemStack.of(MATERIALS.get(good), count));
            });
        });
    }

    /** What those who are near could give: whoever answers may propose one of these. */
    ActionOffer offer(Player player) {
        List<String> items = MATERIALS.keySet().stream().sorted().map(good -> "item:" + good).toList();
        return ActionOffer.of("give").withArgs(List.of(items, List.of(Village.id(player)))).withWhen("asks for something");
    }

    /** Carries out what was proposed, if it is possible, and says what became of it. */
    void give(World world, Action action, Player player) {
        Villager giver = village.villager(action.npc());
        String good = action.args().get(0).substring("item:".length());
        int left = count(giver.id(), good);
        if (left == 0) {
            refuse(action, player, giver.name() + " has no " + good + ".");
            return;
        }
        boolean fits = player.getInventory().addItemStack(ItemStack.of(MATERIALS.get(good)), TransactionOption.ALL_OR_NOTHING);
        if (!fits) {
            refuse(action, player, "The inventory of " + player.getUsername() + " is full.");
            return;
        }
        own(world, giver.id(), good, left - 1);
        own(world, Village.id(player), good, count(Village.id(player), good) + 1);
        player.sendMessage(Captions.note(giver.name() + " gives you: " + good + "."));
        action.done(giver.name() + " gave " + player.getUsername() + " " + good + ".");
    }

    private static void refuse(Action action, Player player, String reason) {
        player.sendMessage(Captions.note(reason));
        action.result(false, reason);
    }

    private int count(String owner, String good) {
        return owned.getOrDefault(owner, Map.of()).getOrDefault(good, 0);
    }

    private void own(World world, String owner, String good, int count) {
        owned.computeIfAbsent(owner, none -> new HashMap<>()).put(good, count);
        world.set(owner, FACT + good, count, "");
    }

    private static Map<String, Integer> read(List<FactInfo> facts) {
        Map<String, Integer> goods = new HashMap<>();
        for (FactInfo fact : facts) {
            String good = fact.name().startsWith(FACT) ? fact.name().substring(FACT.length()) : "";
            if (MATERIALS.containsKey(good)) goods.put(good, ((Number) fact.value()).intValue());
        }
        return goods;
    }
}
