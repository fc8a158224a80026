using System.Collections.Generic;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>A village of the game's own: its places and people are defined, two players talk, one reads along.</summary>
static class Villages
{
    public static int Run(string folder)
    {
        int told = 0, overheard = 0;
        using (var client = Connect(Options(folder)))
        using (var other = Connect(Options(folder)))
        {
            client.OpenVillage("village-1", new VillageDefinition { Name = "Millbrook", Language = "en" }, world =>
            {
                world.DefinePlaces(new Dictionary<string, Map> { { "mill", new Map { { "name", "the mill" } } } }, () => Print("places", "mill"));
                world.Define(new Dictionary<string, Map> { { "ada", Ada() } }, () => Print("people", "ada"));
                world.Spawn("ada", ada => Overhear(other, () => overheard++, () => Talk(ada, () => told++)), null, error => Print("failed", error.ToString()));
            });
            return Play(() =>
            {
                client.Poll();
                other.Poll();
            }, () => told > 0 && overheard > 0); // on two connections: in whichever order
        }
    }

    static Map Ada()
    {
        return new Map
        {
            { "name", "Ada" }, { "role", "miller" }, { "place", "mill" }, { "looks", "flour to her elbows" },
            { "traits", new List<string> { "patient" } }, { "wants", new List<string> { "You want to grind in peace." } },
            { "voice", new List<string> { "Mind the stones.", "Flour keeps." } },
        };
    }

    static void Overhear(NpcClient other, System.Action heard, System.Action then)
    {
        other.OpenWorld("village-1", null, world =>
        {
            world.Speaking += sentence =>
            {
                Print("speaking", sentence.Npc + " " + sentence.Text);
                heard();
            };
            world.Ask(new PlaceList(), _ => then());
        }, error => Print("failed", error.ToString()));
    }

    static void Talk(Npc ada, System.Action then)
    {
        Print("spawned", ada.Id + " " + ada.Name);
        var reply = ada.Say("player:alex", "Good day!", new List<string> { "player:Steve Smith" });
        reply.Failed += error => Print("failed", error.ToString());
        reply.Said += sentence => Print("sentence", sentence);
        reply.Ended += _ => reply.Result(true, null, null, null, error =>
        {
            Print("nothing", error.Code); // no action was proposed
            then();
        });
    }
}
