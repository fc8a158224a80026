using NpcRuntime;
using static Program;

/// <summary>Mira and Tom, about the stolen hammer, and a player who steps in.</summary>
static class Quarrels
{
    public static int Run(string folder)
    {
        var done = false;
        using (var client = Connect(Options(folder)))
        {
            client.OpenWorld("quarrel-1", "hollowmere", world =>
            {
                world.Spawn("mira", null, "smithy");
                world.Move("player:alex", "smithy", "Alex");
                world.Spawn("tom", _ => Begin(world, () => Stop(world, () => done = true)), "smithy");
            });
            return Play(client.Poll, () => done);
        }
    }

    static void Begin(World world, System.Action then)
    {
        var quarrel = world.Argue("the stolen hammer", "mira", "tom");
        quarrel.Started += started => Print("started", quarrel.Id);
        quarrel.TurnEnded += turn =>
        {
            Print("turn", turn.Told.Turn + " " + turn.Speaker + " " + turn.Told.Move + ": " + turn.Text);
            if (turn.Told.Turn == 2)
                quarrel.Intervene("player:alex", "Calm down, both of you.", "Alex", taken => Print("taken", taken.Kind), error => Print("failed", error.ToString()));
        };
        quarrel.Intervened += stepped => Print("intervened", stepped.From);
        quarrel.Failed += error => Print("failed", error.ToString());
        quarrel.Settled += settled =>
        {
            Print("settled", settled.Outcome.Kind + " unheard " + settled.Unheard + " turns " + settled.Turns);
            then();
        };
    }

    static void Stop(World world, System.Action then)
    {
        var quarrel = world.Argue("the price of bread", "mira", "tom");
        quarrel.TurnEnded += _ => quarrel.Stop();
        quarrel.Failed += error => Print("failed", error.ToString());
        quarrel.Settled += settled =>
        {
            Print("stopped", settled.Outcome.Cause);
            then();
        };
    }
}
