using NpcRuntime;
using static Program;

/// <summary>The daemon dies and comes back; or forgets the session while the game hangs in a debugger.</summary>
static class Resuming
{
    public static int Run(string folder)
    {
        var answers = 0;
        using (var client = Connect(Options(folder)))
        {
            Npc mira = null;
            System.Action talk = () =>
            {
                var reply = mira.Say("player:alex", "What do you sell?");
                reply.Said += sentence => Print("sentence", sentence);
                reply.Ended += _ =>
                {
                    answers++;
                    Print("answered", answers.ToString());
                };
                reply.Failed += error => Print("failed", error.Code);
            };
            client.Resumed += resumed =>
            {
                Print("resumed", resumed.SameDaemon + " " + resumed.Errors.Count);
                foreach (var error in resumed.Errors) Print("error", error.ToString());
                talk();
            };
            client.OpenWorld("resume-1", "hollowmere", world =>
            {
                world.Happened += happened => Print("event", happened.Type);
                world.Spawn("mira", spawned =>
                {
                    mira = spawned;
                    talk();
                });
            });
            return Play(client.Poll, () => answers == 2);
        }
    }
}
