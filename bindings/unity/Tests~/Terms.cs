using System;
using System.Collections.Generic;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>What the game carries out: an action that was proposed, and what parties of a quarrel agreed on.</summary>
static class Terms
{
    const int MostTries = 20; // which seeds lead there depends on the model

    /// <summary>A character proposes an action; the game refuses it, and whoever heard the reply remembers that.</summary>
    public static int Propose(string folder)
    {
        var done = false;
        using (var client = Connect(Options(folder)))
        {
            client.OpenWorld("actions-1", "hollowmere", world =>
            {
                world.Spawn("tom", null, "smithy");
                world.Spawn("mira", mira => Ask(mira, 0, () => done = true), "smithy");
            });
            return Play(client.Poll, () => done);
        }
    }

    static void Ask(Npc mira, long seed, Action then)
    {
        var reply = mira.Say(new Say
        {
            From = "player:Steve Smith", Text = "May I have some bread?", Seed = seed, MaxTokens = 8, Actions = new List<ActionOffer>
            {
                new ActionOffer { Name = "give", When = "asks for bread", Args = new List<List<string>>
                {
                    new List<string> { "item:minecraft:bread" }, new List<string> { "player:Steve Smith" },
                } },
            },
        });
        ReplyAction proposed = null;
        reply.Proposed += action => proposed = action;
        reply.Failed += error => Print("failed", error.ToString());
        reply.Ended += _ =>
        {
            if (proposed == null && seed < MostTries) Ask(mira, seed + 1, then);
            else Refuse(mira, reply, proposed, then);
        };
    }

    static void Refuse(Npc mira, Reply reply, ReplyAction proposed, Action then)
    {
        Print("proposed", proposed.Name + " " + string.Join(" ", proposed.Args.ToArray()));
        reply.Result(false, "none are left", null, told =>
        {
            foreach (var one in told.Perceived) Print("perceived", one.Npc);
        });
        reply.Result(false, "none are left", null, null, error => Print("once", error.Code));
        mira.World.Ask(new MemoryQuery { Npc = "mira", About = "bread" }, found =>
        {
            foreach (var memory in found.Memories) Print("memory", memory.Text);
            then();
        });
    }

    /// <summary>Tom gives in, and what Mira asked for comes as the game carries it out.</summary>
    public static int Agree(string folder)
    {
        var done = false;
        using (var client = Connect(Options(folder)))
        {
            client.OpenWorld("terms-1", "hollowmere", world =>
            {
                world.Spawn("mira", null, "smithy");
                world.Spawn("tom", _ => Argue(world, 0, () => done = true), "smithy");
            });
            return Play(client.Poll, () => done);
        }
    }

    static void Argue(World world, long seed, Action then)
    {
        var party = new ArgueParty
        {
            Npc = "mira", Grievance = "Tom stole your hammer", Demand = "give it back",
            Amends = new ProposedAction { Name = "give", Args = new List<string> { "item:hammer", "npc:mira" } },
        };
        var quarrel = world.Argue(new ArgueStart
        {
            Between = new List<string> { "mira", "tom" }, About = "the stolen hammer", Stakes = 0.1, Seed = seed,
            Parties = new List<ArgueParty> { party },
        });
        quarrel.Failed += error => Print("failed", error.ToString());
        quarrel.Settled += settled =>
        {
            var agreed = settled.Outcome.Agreed;
            if ((agreed == null || agreed.Kind != Agreements.Whole) && seed < MostTries)
            {
                Argue(world, seed + 1, then);
                return;
            }
            Print("agreed", agreed.By + " " + agreed.To + " " + agreed.Demand);
            Print("carried", agreed.Action.Name + " " + string.Join(" ", agreed.Action.Args.ToArray()));
            then();
        };
    }
}
