using System;
using System.Collections.Generic;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>The client's side of conversations that were recorded, with a daemon that only plays its own.</summary>
static class Transcripts
{
    public static int Run(string name, string folder)
    {
        var done = false;
        using (var client = Connect(Options(folder)))
        {
            client.OpenWorld(name, "hollowmere", world =>
            {
                Action then = () => done = true;
                switch (name)
                {
                    case "first-talk": Spawn(world, mira => FirstTalk(mira, then)); break;
                    case "walking-away": Spawn(world, mira => WalkingAway(mira, then)); break;
                    case "lost-session": Spawn(world, mira => LostSession(world, then)); break;
                    case "an-action": Spawn(world, mira => AnAction(mira, then)); break;
                    case "mistakes": Mistakes(world, then); break;
                    case "heard-auto": Spawn(world, mira => Worldly.HeardAuto(mira, then)); break;
                    case "saves": Spawn(world, mira => Worldly.Saves(mira, then)); break;
                    case "events": Worldly.Events(world, then); break;
                    case "pages": Worldly.Pages(world, then); break;
                    case "sent-again": Worldly.SentAgain(world, then); break;
                    case "duplicate": Worldly.Duplicate(world, then); break;
                    case "argument": Spawn(world, mira => Scenes.Argument(world, then)); break;
                    case "argument-resumed": Spawn(world, mira => Scenes.ArgumentResumed(world, then)); break;
                    case "encounter": Spawn(world, mira => Scenes.Encounter(world, then)); break;
                }
            });
            return Play(client.Poll, () => done);
        }
    }

    static void Spawn(World world, Action<Npc> then) { world.Spawn("mira", then, "smithy"); }

    static void FirstTalk(Npc mira, Action then)
    {
        var reply = mira.Say(new Say { From = "player:alex", Text = "Good day! What do you sell?", Name = "Alex", Seed = 7, Stream = Streams.Delta });
        reply.AutoHeard = false;
        reply.Began += emotion => Print("emotion", emotion);
        reply.Said += sentence => Print("sentence", sentence);
        reply.Ended += ended =>
        {
            Print("wrote", ended.Text);
            reply.HeardAll();
            AfterHeard(mira, then);
        };
    }

    /// <summary>Nothing tells of the answer to `heard`; the next ping does.</summary>
    static void AfterHeard(Npc mira, Action then)
    {
        mira.World.Client.Ask(new Ping(), pong =>
        {
            Print("session", pong.Session);
            then();
        });
    }

    static void WalkingAway(Npc mira, Action then)
    {
        int runs = 0;
        var reply = mira.Say(new Say
        {
            From = "player:alex", Text = "Tell me all that you know of this village.", Name = "Alex", Seed = 7,
            Stream = Streams.Delta, Barks = BarkModes.Never, MaxTokens = 200,
        });
        reply.Wrote += text => { if (++runs == 3) reply.Cancel(); };
        reply.Said += sentence => Print("unwanted", sentence);
        reply.Ended += ended =>
        {
            Print("away", ended.End.Finish + " " + ended.Text);
            ended.Heard(0);
            mira.World.Client.Ask(new Cancel { Target = "never-sent" }, null, error =>
            {
                Print("refused", error.Code);
                then();
            });
        };
    }

    static void LostSession(World world, Action then)
    {
        world.Client.Resumed += resumed => Print("resumed", resumed.SameDaemon + " " + resumed.LostRequests + " " + resumed.Errors.Count);
        world.Happened += happened => Print("event", happened.Type);
        world.Ask(new NpcList(), listing =>
        {
            Print("listed", listing.Npcs[0].Npc);
            world.Spawn("tom", tom =>
            {
                Print("spawned", tom.Id);
                then();
            }, "smithy");
        });
    }

    static void Mistakes(World world, Action then)
    {
        Action<NpcError> refused = error => Print("refused", error.Code + ": " + error.Hint);
        world.Spawn("mria", null, "smithy", error =>
        {
            refused(error);
            world.Spawn("mira", null, "smithy");
            world.Ask(new WorldAdvance(), null, wrong =>
            {
                refused(wrong);
                world.Ask(new WorldAdvance { By = "30m" }, time => Print("time", time.Moment));
                world.Tell(Theft(null), perceived => Print("perceived", perceived.Perceived[0].How));
                world.Tell(Theft(new List<string> { "tom" }), null, unknown =>
                {
                    refused(unknown);
                    world.Tell(Theft(null), perceived => then());
                });
            });
        });
    }

    static WorldEvent Theft(List<string> witnesses)
    {
        return new WorldEvent { What = "Tom stole the hammer.", At = "smithy", Importance = 0.7, Witnesses = witnesses };
    }

    static void AnAction(Npc mira, Action then)
    {
        var reply = mira.Say(new Say
        {
            From = "player:alex", Text = "A loaf, please.", HeardBy = new List<string> { "npc:tom", "player:Steve Smith" },
            Actions = new List<ActionOffer> { new ActionOffer { Name = "give", Args = new List<List<string>> { new List<string> { "item:minecraft:bread" } } } },
        });
        reply.Proposed += action =>
        {
            Print("proposed", action.Name + " " + action.Args[0]);
            reply.Result(false, "none are left", null, perceived =>
            {
                Print("perceived", perceived.Perceived[0].Text);
                then();
            });
        };
    }
}
