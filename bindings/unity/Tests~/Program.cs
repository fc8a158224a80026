using System;
using System.Diagnostics;
using System.Threading;
using NpcRuntime;

/// <summary>What the tests run: each mode prints a line for all that happens, and exits with 0 if it came to its end.</summary>
static class Program
{
    const double MostSeconds = 200;
    const int FrameMilliseconds = 10;
    static readonly Stopwatch Clock = Stopwatch.StartNew();

    static int Main(string[] arguments)
    {
        switch (arguments[0])
        {
            case "vectors": return Bytes.Encode();
            case "refused": return Bytes.Refused(arguments[1]);
            case "talk": return Talk.Run(arguments[1]);
            case "hearing": return Hearing.Run(arguments[1]);
            case "quarrel": return Quarrels.Run(arguments[1]);
            case "resume": return Resuming.Run(arguments[1]);
            case "launch": return Launching.Run(arguments[1], arguments[2], arguments[3]);
            case "place": return Launching.Place(arguments[1]);
            case "started": return Launching.Started(arguments[1], arguments[2]);
            case "token": return Launching.WrongToken(arguments[1]);
            case "village": return Villages.Run(arguments[1]);
            case "actions": return Terms.Propose(arguments[1]);
            case "terms": return Terms.Agree(arguments[1]);
            case "transcript": return Transcripts.Run(arguments[1], arguments[2]);
            case "unity": return Components.Run(arguments[1]);
            default: return 2;
        }
    }

    public static ClientOptions Options(string folder)
    {
        return new ClientOptions { DataFolder = folder, Launch = false, Name = "test", WaitSeconds = 90 };
    }

    public static NpcClient Connect(ClientOptions options)
    {
        var client = new NpcClient(options);
        client.Connected += welcome => Print("connected", welcome.Version);
        client.Trouble += error => Print("trouble", error.Code);
        client.Warned += what => Print("warned", what);
        return client;
    }

    /// <summary>Plays a game: frame by frame, until it is done. Says how long the longest Poll was.</summary>
    public static int Play(Action frame, Func<bool> done)
    {
        var longest = 0.0;
        while (!done())
        {
            if (Clock.Elapsed.TotalSeconds > MostSeconds)
            {
                Print("late", "");
                return 1;
            }
            var before = Clock.Elapsed.TotalMilliseconds;
            frame();
            longest = Math.Max(longest, Clock.Elapsed.TotalMilliseconds - before);
            Thread.Sleep(FrameMilliseconds);
        }
        Print("longest", ((int)longest).ToString());
        return 0;
    }

    public static void Print(string what, string value)
    {
        lock (Clock)
        {
            Console.WriteLine(what + " " + value.Replace("\n", " / "));
            Console.Out.Flush();
        }
    }
}
