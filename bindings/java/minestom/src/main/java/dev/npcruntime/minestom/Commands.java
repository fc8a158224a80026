package dev.npcruntime.minestom;

import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import net.minestom.server.MinecraftServer;
import net.minestom.server.command.builder.Command;
import net.minestom.server.command.builder.CommandContext;
import net.minestom.server.command.builder.arguments.Argument;
import net.minestom.server.command.builder.arguments.ArgumentStringArray;
import net.minestom.server.command.builder.arguments.ArgumentType;
import net.minestom.server.command.builder.arguments.ArgumentWord;
import net.minestom.server.entity.Player;

/** What players may ask of the server: {@code /argue mira tom the stolen hammer}, {@code /save NAME}, {@code /load NAME}. */
final class Commands {
    private Commands() {}

    static void register(Village village, Executor executor) {
        ArgumentWord first = ArgumentType.Word("first");
        ArgumentWord second = ArgumentType.Word("second");
        ArgumentStringArray topic = ArgumentType.StringArray("topic");
        ArgumentWord name = ArgumentType.Word("name");
        register(
                executor,
                "argue",
                "/argue mira tom the stolen hammer",
                (player, given) -> village.argue(
                        player, given.get(first), given.get(second), String.join(" ", given.get(topic))),
                first, second, topic);
        register(executor, "save", "/save monday", (player, given) -> village.save(player, given.get(name)), name);
        register(executor, "load", "/load monday", (player, given) -> village.load(player, given.get(name)), name);
    }

    /** A command runs on its player's thread, the village on another. */
    private static void register(
            Executor executor,
            String name,
            String example,
            BiConsumer<Player, CommandContext> action,
            Argument<?>... arguments) {
        Command command = new Command(name);
        command.setDefaultExecutor((sender, context) -> sender.sendMessage(Captions.note("Like this: " + example)));
        command.addSyntax(
                (sender, context) -> {
                    if (sender instanceof Player player) executor.execute(() -> action.accept(player, context));
                },
                arguments);
        MinecraftServer.getCommandManager().register(command);
    }
}
