using System;
using System.Collections.Generic;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>Recorded scenes: an argument, one that breaks off and is taken up again, and an encounter.</summary>
static class Scenes
{
    static readonly List<string> Parties = new List<string> { "mira", "tom" };

    public static void Argument(World world, Action then)
    {
        world.Spawn("tom", null, "smithy");
        world.Spawn("odile", null, "smithy");
        world.Move("player:alex", "smithy", "Alex");
        var quarrel = Told(Begin(world), () => world.Arguments(open =>
        {
            Print("open", open.Count.ToString());
            then();
        }));
        quarrel.Intervened += stepped => Print("intervened", stepped.From + " " + stepped.Kind);
        quarrel.TurnEnded += turn =>
        {
            if (turn.Told.Turn == 1)
                quarrel.Intervene("player:alex", "Calm down, both of you.", "Alex", taken => Print("taken", taken.Kind + " " + taken.Taken.Count));
        };
    }

    /// <summary>The daemon is killed while its second line is spoken: that one was not heard.</summary>
    public static void ArgumentResumed(World world, Action then)
    {
        world.Spawn("tom", null, "smithy");
        var broken = Begin(world);
        broken.TurnEnded += turn =>
        {
            Print("turn", turn.Told.Turn + " " + turn.Speaker);
            if (turn.Told.Turn == 2) broken.AutoHeard = false;
        };
        broken.Failed += error => Print("broken", error.Code + " " + error.Message);
        world.Client.Resumed += resumed =>
        {
            Print("resumed", resumed.SameDaemon + " " + resumed.LostRequests + " " + resumed.Errors.Count);
            world.Arguments(open => Told(world.ResumeQuarrel(open[0].Argument), then));
        };
    }

    public static void Encounter(World world, Action then)
    {
        world.Spawn("odile", null, "smithy");
        world.Move("player:alex", "smithy", "Alex");
        world.Tell(new WorldEvent
        {
            What = "Pim dropped a lantern into the mere.", At = "smithy", Witnesses = new List<string> { "mira" }, Importance = 0.9,
        });
        var talk = world.Meet(new EncounterStart { Between = new List<string> { "mira", "odile" }, About = "the lantern", Seed = 4 });
        talk.Started += started => Print("started", started.Encounter + " " + started.At);
        talk.TurnEnded += turn => Print("turn", turn.Told.Turn + " " + turn.Speaker);
        talk.Failed += error => Print("failed", error.ToString());
        talk.Ended += ended =>
        {
            Print("ended", ended.Reason + " " + ended.Unheard + " " + ended.News[0].Text);
            world.Ask(new GossipTrace { About = "the lantern" }, traced =>
            {
                foreach (var known in traced.Known) Print("known", known.Npc + " " + known.How);
                then();
            });
        };
    }

    static Quarrel Begin(World world)
    {
        return world.Argue(new ArgueStart { Between = Parties, About = "the stolen hammer", Seed = 4, Limits = new ArgueLimits { Turns = 4 } });
    }

    static Quarrel Told(Quarrel quarrel, Action then)
    {
        quarrel.Started += started => Print("started", started.Argument + " " + started.Turns);
        quarrel.TurnEnded += turn => Print("turn", turn.Told.Turn + " " + turn.Speaker);
        quarrel.Escalated += escalated => Print("escalated", escalated.Party + " " + escalated.Heat);
        quarrel.Failed += error => Print("failed", error.ToString());
        quarrel.Settled += settled =>
        {
            Print("settled", settled.Outcome.Kind + " " + settled.Turns + " " + settled.Unheard);
            then();
        };
        return quarrel;
    }
}
