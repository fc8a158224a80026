using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using NpcRuntime;
using static Program;

/// <summary>A game that brings its daemon along.</summary>
static class Launching
{
    public static int Run(string folder, string program, string serve)
    {
        var done = false;
        var options = Options(folder);
        options.Launch = true;
        options.Program = program;
        options.ProgramArguments = new List<string> { "-m", "npc_runtime" };
        options.ServeArguments = new List<string>(serve.Split(' '));
        using (var client = Connect(options))
        {
            Npc mira = null;
            client.Resumed += resumed =>
            {
                Print("resumed", resumed.SameDaemon + " " + resumed.Errors.Count);
                Talk(mira, () => done = true);
            };
            client.OpenWorld("launch-1", "hollowmere", world => world.Spawn("mira", spawned =>
            {
                mira = spawned;
                Talk(mira, () => Crash(folder));
            }));
            var status = Play(client.Poll, () => done);
            Print("daemon", File.ReadAllText(Path.Combine(folder, "daemon.json")));
            return status;
        }
    }

    /// <summary>Which program would be started, with one more folder beside the game.</summary>
    public static int Place(string beside)
    {
        try
        {
            Print("place", ProgramPlace.Find(new[] { beside }));
        }
        catch (NpcException error)
        {
            Print("told", error.Error.ToString());
        }
        return 0;
    }

    /// <summary>A game that names no program.</summary>
    public static int Started(string folder, string serve)
    {
        var done = false;
        var options = Options(folder);
        options.Launch = true;
        options.ServeArguments = new List<string>(serve.Split(' '));
        using (var client = Connect(options))
        {
            client.OpenWorld("launch-1", "hollowmere", world => done = true);
            return Play(client.Poll, () => done);
        }
    }

    static void Talk(Npc mira, Action then)
    {
        mira.Say("player:alex", "Good day!").Ended += ended =>
        {
            Print("end", ended.Text);
            then();
        };
    }

    /// <summary>The daemon is gone all at once: another one is to be started.</summary>
    static void Crash(string folder)
    {
        var described = File.ReadAllText(Path.Combine(folder, "daemon.json"));
        using (var daemon = Process.GetProcessById(int.Parse(Regex.Match(described, "\"pid\": *(\\d+)").Groups[1].Value))) daemon.Kill();
    }

    /// <summary>The token of the folder is wrong: that is said in words, and nothing hangs.</summary>
    public static int WrongToken(string folder)
    {
        var done = false;
        using (var client = Connect(Options(folder)))
        {
            client.Trouble += error =>
            {
                Print("told", error.ToString());
                done = true;
            };
            return Play(client.Poll, () => done);
        }
    }
}
