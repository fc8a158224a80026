using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;
using NpcRuntime;
using NpcRuntime.Messages;

/// <summary>A game of the C# client that does what lines of JSON tell it: `benchmarks/clients.py` says which.</summary>
sealed class Player
{
    const double TickSeconds = 0.05;
    const string Alex = "player:alex";
    static readonly Stopwatch Clock = Stopwatch.StartNew();
    static readonly Func<long> Allocated = FindAllocated();

    readonly BlockingCollection<string> lines = new BlockingCollection<string>();
    readonly Dictionary<string, Npc> npcs = new Dictionary<string, Npc>();
    readonly Dictionary<string, int> failed = new Dictionary<string, int>();
    readonly List<object> resumed = new List<object>();
    List<string> listed = new List<string>();
    NpcClient client;
    World world;
    TalkOfAll talk;
    int begun, answered, happened;

    static void Main() { new Player().Play(); }

    void Play()
    {
        new Thread(Read) { IsBackground = true }.Start();
        for (var next = Now; ; next += TickSeconds)
        {
            for (double left; (left = next - Now) > 0;)
            {
                string line;
                if (!lines.TryTake(out line, (int)Math.Ceiling(left * 1000))) continue;
                if (line == null) return;
                Obey(Json.Read(line));
            }
            if (client != null) Tick();
        }
    }

    static double Now
    {
        get { return Clock.Elapsed.TotalSeconds; }
    }

    void Read()
    {
        string line;
        while ((line = Console.ReadLine()) != null) lines.Add(line);
        lines.Add(null);
    }

    void Tick()
    {
        var allocated = Allocated();
        var worked = Cpu();
        var before = Stopwatch.GetTimestamp();
        client.Poll();
        var inside = Stopwatch.GetTimestamp() - before;
        if (talk != null) Ticked(inside * 1e6 / Stopwatch.Frequency, Cpu() - worked, Allocated() - allocated);
    }

    void Obey(Dictionary<string, object> told)
    {
        switch ((string)told["do"])
        {
            case "connect": Connect(told); break;
            case "say": Say((string)told["npc"], (string)told["text"]); break;
            case "argue": Argue(told); break;
            case "ask": Ask(); break;
            case "report": Report(told.ContainsKey("collect") && (bool)told["collect"]); break;
            case "talk": Talk(told); break;
            case "leave": Leave(); break;
            default: Answer("error", "there is nothing called " + told["do"]); break;
        }
    }

    void Connect(Dictionary<string, object> told)
    {
        begun = answered = happened = 0;
        failed.Clear();
        resumed.Clear();
        npcs.Clear();
        listed.Clear();
        var options = new ClientOptions { Launch = false, Name = "player" };
        if (told.ContainsKey("data_dir"))
        {
            options.DataFolder = (string)told["data_dir"];
            client = new NpcClient(options);
        }
        else
        {
            client = new NpcClient(options, new FixedDaemon((string)told["endpoint"], (string)told["token"]));
        }
        client.Resumed += again => resumed.Add(new Dictionary<string, object>
        {
            { "at", (DateTime.UtcNow - new DateTime(1970, 1, 1)).TotalSeconds }, { "restarted", !again.SameDaemon },
            { "troubles", again.Errors.ConvertAll(error => error.ToString()) },
        });
        Action<NpcError> refused = error => Answer("error", error.ToString());
        var names = (List<object>)told["npcs"];
        client.OpenWorld((string)told["world"], (string)told["pack"], opened =>
        {
            world = opened;
            world.Happened += _ =>
            {
                happened++;
                if (talk != null) talk.Happened++;
            };
            foreach (string name in names)
                world.Spawn(name, npc =>
                {
                    npcs[name] = npc;
                    if (npcs.Count == names.Count) Answer("ok", true);
                }, (string)told["place"], refused);
        }, refused);
    }

    void Say(string npc, string text)
    {
        begun++;
        var reply = npcs[npc].Say(Alex, text);
        reply.Said += _ => { };
        reply.Ended += _ => answered++;
        reply.Failed += Fail;
        Answer("ok", true);
    }

    void Argue(Dictionary<string, object> told)
    {
        begun++;
        var quarrel = world.Argue(new ArgueStart
        {
            Between = ((List<object>)told["between"]).ConvertAll(npc => (string)npc), About = (string)told["about"],
            Limits = new ArgueLimits { Turns = (long)(double)told["turns"] },
        });
        quarrel.Settled += _ => answered++;
        quarrel.Failed += Fail;
        Answer("ok", true);
    }

    void Ask()
    {
        begun++;
        world.Ask(new NpcList(), listing =>
        {
            answered++;
            listed = listing.Npcs.ConvertAll(info => info.Npc);
            listed.Sort(StringComparer.Ordinal);
        }, Fail);
        Answer("ok", true);
    }

    void Fail(NpcError error)
    {
        int before;
        failed.TryGetValue(error.Code, out before);
        failed[error.Code] = before + 1;
    }

    void Report(bool collect)
    {
        Print(new Dictionary<string, object>
        {
            { "begun", begun }, { "answered", answered }, { "failed", failed }, { "npcs", listed }, { "happened", happened },
            { "resumed", resumed }, { "pending", client != null ? client.Pending : 0 },
            { "heap", collect ? (object)GC.GetTotalMemory(true) : null },
        });
    }

    void Leave()
    {
        client.Dispose();
        client = null;
        world = null;
        Answer("ok", true);
    }

    // ------------------------------------------------------------------------------------------- all talk at once

    sealed class TalkOfAll
    {
        public readonly List<double> Inside = new List<double>(), Worked = new List<double>();
        public double Ends;
        public long Deltas, Sentences, Finished, Happened, Allocated;
        public int Collections;
    }

    void Talk(Dictionary<string, object> told)
    {
        talk = new TalkOfAll { Ends = Now + (double)told["seconds"], Collections = GC.CollectionCount(0) };
        foreach (string name in (List<object>)told["npcs"]) Begin(talk, npcs[name]);
    }

    void Begin(TalkOfAll of, Npc npc)
    {
        var reply = npc.Say(new Say { From = Alex, Text = "What do you sell?", Stream = Streams.Delta });
        reply.Wrote += _ => of.Deltas++;
        reply.Said += _ => of.Sentences++;
        reply.Ended += _ =>
        {
            of.Finished++;
            if (of == talk) Begin(of, npc);
        };
    }

    void Ticked(double microseconds, double worked, long allocated)
    {
        talk.Inside.Add(microseconds);
        talk.Worked.Add(worked);
        talk.Allocated += allocated;
        if (Now < talk.Ends) return;
        var over = talk;
        talk = null;
        Print(new Dictionary<string, object>
        {
            { "inside_us", over.Inside }, { "cpu_us", over.Worked }, { "deltas", over.Deltas }, { "sentences", over.Sentences }, { "ends", over.Finished },
            { "happened", over.Happened }, { "allocated_per_tick", over.Allocated / over.Inside.Count },
            { "collections", GC.CollectionCount(0) - over.Collections },
        });
    }

    struct Timespec
    {
        public long Seconds, Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    static extern int ClockGetTime(int clock, out Timespec now);

    /// <summary>What this thread has computed, in microseconds: on a busy machine a tick takes longer, because others are served in between.</summary>
    static double Cpu()
    {
        const int threadCpuTime = 3;
        Timespec now;
        ClockGetTime(threadCpuTime, out now);
        return now.Seconds * 1e6 + now.Nanoseconds / 1e3;
    }

    /// <summary>What this thread has allocated: mono knows it, and shows it to nobody.</summary>
    static Func<long> FindAllocated()
    {
        var method = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic);
        return method == null ? () => 0 : (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), method);
    }

    // ------------------------------------------------------------------------------------------------- answers

    static void Answer(string name, object value) { Print(new Dictionary<string, object> { { name, value } }); }

    static void Print(Dictionary<string, object> told)
    {
        Console.WriteLine(Json.Write(told));
        Console.Out.Flush();
    }
}

/// <summary>A daemon whose address is known.</summary>
sealed class FixedDaemon : IDaemon
{
    readonly DaemonAddress address;

    public FixedDaemon(string endpoint, string token)
    {
        var at = new Uri(endpoint);
        address = new DaemonAddress { Host = at.Host, Port = at.Port, Token = token };
    }

    public DaemonAddress Find(WaitHandle closing) { return address; }

    public void Missed(DaemonAddress missed) { }

    public void Stop() { }
}
