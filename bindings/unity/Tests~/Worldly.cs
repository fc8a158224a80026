using System;
using System.Collections.Generic;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>Recorded conversations about a world: its events, its saves, its lists, and ids that were used before.</summary>
static class Worldly
{
    public static void HeardAuto(Npc mira, Action then)
    {
        const string line = "Good day! What do you sell?";
        PrintSaid(mira.World);
        var reply = mira.Say(new Say { From = "player:alex", Text = line, Name = "Alex", Seed = 7 });
        reply.AutoHeard = false; // the daemon takes every line as heard there
        reply.Ended += _ => mira.World.Ask(new MemoryQuery { Npc = "mira", About = line, Limit = 3 }, found =>
        {
            Print("memories", found.Memories.Count.ToString());
            then();
        });
    }

    public static void Saves(Npc mira, Action then)
    {
        var world = mira.World;
        world.Happened += happened => Print("event", happened.Type);
        world.Set("place:bridge", "closed", true, "The bridge is closed.");
        world.Save("slot 1", saved => Print("saved", saved.Save));
        world.Ask(new WorldAdvance { By = "2d" }, time => Print("time", time.Moment));
        mira.Despawn();
        world.Set("place:bridge", "closed", null);
        world.Ask(new SaveBranch { Save = "slot 1", Copy = "before the feast" }, branched => Print("saved", branched.Save));
        world.Saves(saves => Print("saves", saves.Count.ToString()));
        world.Restore("slot 1", restored => Print("restored", restored.Moment));
        world.Ask(new WorldGet { Scope = "place:bridge" }, facts => Print("fact", facts.Facts[0].Text));
        world.Ask(new NpcList(), listing => Print("lives", listing.Npcs[0].Npc));
        world.DeleteSave("before the feast");
        world.Restore("before the feast", null, error =>
        {
            Print("refused", error.Code + ": " + error.Hint);
            then();
        });
    }

    public static void Events(World world, Action then)
    {
        Action<Event> listen = happened => Print("event", happened.Type);
        world.Happened += listen;
        world.Spawn("mira", null, "smithy");
        world.Move("player:alex", "smithy", "Alex");
        world.Tell(new WorldEvent { What = "Tom stole the hammer.", At = "smithy", By = "tom" }, perceived =>
        {
            Print("perceived", perceived.Perceived[0].Npc);
            world.Happened -= listen;
            world.Ask(new WorldAdvance { By = "1h" }, time => Print("time", time.Moment));
            world.Close(then);
        });
    }

    public static void Pages(World world, Action then)
    {
        Personas(world, "", () => Places(world, "", then));
    }

    static void Personas(World world, string after, Action then)
    {
        world.Ask(new PersonaList { Limit = 4, After = after }, page =>
        {
            Print("personas", string.Join(" ", page.Personas.ToArray()));
            if (page.Next != null) Personas(world, page.Next, then);
            else then();
        });
    }

    static void Places(World world, string after, Action then)
    {
        world.Ask(new PlaceList { Limit = 5, After = after }, page =>
        {
            Print("places", page.Places.Count.ToString());
            if (page.Next != null) Places(world, page.Next, then);
            else then();
        });
    }

    /// <summary>The daemon gives the same answer again; this client has another id for each request.</summary>
    public static void SentAgain(World world, Action then)
    {
        foreach (var by in new object[] { "2h", "2h", 0L })
        {
            var last = by is long;
            world.Ask(new WorldAdvance { By = by }, time =>
            {
                Print("time", time.At.ToString());
                if (last) then();
            });
        }
    }

    public static void Duplicate(World world, Action then)
    {
        Action<NpcError> refused = error => Print("refused", error.Code + ": " + error.Hint);
        foreach (var by in new object[] { "2h", "3h", 0L })
            world.Ask(new WorldAdvance { By = by }, time => Print("time", time.At.ToString()), refused);
        world.Spawn("nobody", null, null, refused);
        world.Spawn("mira", mira =>
        {
            Print("spawned", mira.Id);
            then();
        });
    }

    static void PrintSaid(World world)
    {
        world.Happened += happened =>
        {
            var said = happened as EventSaid;
            if (said != null) Print("said", said.Speaker + " " + said.Text);
        };
    }
}
