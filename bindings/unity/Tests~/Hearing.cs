using System;
using NpcRuntime;
using NpcRuntime.Messages;
using static Program;

/// <summary>What counts as heard: what the game says, what its handlers took, and a line that comes as a whole.</summary>
static class Hearing
{
    public static int Run(string folder)
    {
        var step = 0;
        using (var client = Connect(Options(folder)))
        {
            client.HandlerFailed += error => Print("handler", error.Message);
            World open = null;
            client.OpenWorld("hearing-1", "hollowmere", world =>
            {
                open = world;
                world.Happened += happened =>
                {
                    var said = happened as EventSaid;
                    if (said != null) Print("said", said.Speaker + " " + said.Text);
                };
                world.Spawn("mira", mira => First(mira, () => Second(mira, () => Third(mira, () => step = 1))));
            });
            // What is asked after the frame in which it ended is answered after it was heard.
            var late = Play(client.Poll, () => step == 1);
            if (late != 0) return late;
            open.Ask(new NpcList(), _ => step = 2);
            return Play(client.Poll, () => step == 2);
        }
    }

    static void First(Npc mira, Action then)
    {
        var reply = mira.Say("player:alex", "What do you sell?");
        reply.AutoHeard = false;
        reply.Ended += ended =>
        {
            Print("whole", ended.Text);
            Print("sentences", ended.Sentences.Count.ToString());
            ended.Heard(1);
            then();
        };
    }

    static void Second(Npc mira, Action then)
    {
        var reply = mira.Say("player:alex", "And what does it cost?");
        reply.Said += sentence => { throw new InvalidOperationException("a bug in the game"); };
        reply.Ended += _ => then();
    }

    static void Third(Npc mira, Action then)
    {
        var reply = mira.Say(new Say { From = "player:alex", Text = "Who is Tom?", Stream = Streams.End });
        reply.Said += sentence => Print("unwanted", sentence);
        reply.Ended += ended =>
        {
            Print("last", ended.Text);
            then();
        };
    }
}
