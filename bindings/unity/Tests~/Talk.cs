using System.Collections.Generic;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>A conversation, walking away, events, saves, and what is refused.</summary>
static class Talk
{
    public static int Run(string folder)
    {
        var done = false;
        using (var client = Connect(Options(folder)))
        {
            client.OpenWorld("talk-1", "hollowmere", world =>
            {
                Print("places", world.Opened.Places.Count.ToString());
                world.Happened += happened => Print("event", happened.Type);
                world.Spawn("mria", null, null, error => Print("refused", error.Code + " | " + error.Message + " | " + error.Hint + " | " + error.Detail.Text("kind")));
                world.Spawn("mira", mira =>
                {
                    Print("spawned", mira.Id + " " + mira.Name);
                    mira.Near("player:alex", "Alex");
                    var reply = mira.Say(new Say { From = "player:alex", Text = "Grüße 😀 – what do you sell?", Stream = Streams.Delta });
                    reply.Began += emotion => Print("emotion", emotion);
                    reply.Wrote += text => Print("wrote", text);
                    reply.Said += sentence => Print("sentence", sentence);
                    reply.Failed += error => Print("failed", error.ToString());
                    reply.Ended += ended =>
                    {
                        Print("end", ended.End.Finish + " " + ended.Text);
                        WalkAway(mira, () => Keep(world, () => done = true));
                    };
                });
            });
            return Play(client.Poll, () => done);
        }
    }

    static void WalkAway(Npc mira, System.Action then)
    {
        var reply = mira.Say("player:alex", "Tell me all about the bridge.");
        reply.Said += sentence => Print("unwanted", sentence);
        reply.Ended += ended =>
        {
            Print("away", ended.End.Finish);
            then();
        };
        reply.Cancel();
    }

    static void Keep(World world, System.Action then)
    {
        world.Move("player:alex", "smithy", "Alex");
        world.Tell(new WorldEvent { What = "Tom stole the hammer.", At = "place:smithy", By = "npc:tom" }, null, error => Print("failed", error.ToString()));
        world.Set("place:bridge", "closed", true, "The bridge at Elmford is closed.", () => Print("set", ""));
        world.Advance(3600, time => Print("time", time.At.ToString()));
        world.Ask(new MemoryQuery { Npc = "mira", About = "hammer" }, found => Print("memories", found.Memories.Count.ToString()), error => Print("failed", error.ToString()));
        world.Save("slot 1", saved => Print("saved", saved.Save));
        world.Saves(saves => Print("saves", saves.Count.ToString()));
        world.Restore("slot 1", restored => Print("restored", ""), error => Print("failed", error.ToString()));
        world.Client.Health(report => Print("health", report.Status));
        world.Ask(new WorldSet { Scope = "world", Name = "mood", Value = new object() }, null, error => Print("cannot", error.Code));
        world.Close(() =>
        {
            Print("closed", "");
            then();
        });
    }
}
