using System;
using System.Reflection;
using NpcRuntime;
using UnityEngine;
using static Program;

/// <summary>The components, driven as Unity would drive them.</summary>
static class Components
{
    public static int Run(string folder)
    {
        Send(typeof(NpcRuntimeHost), null, "Reset");
        var host = new NpcRuntimeHost { dataFolder = folder, launch = false, world = "unity-1", player = "player:alex" };
        var villager = new NpcCharacter { npc = "mira", place = "smithy", despawnWhenDisabled = true };
        var ended = 0;
        host.onReady.AddListener(() => Print("ready", host.World.Id));
        host.onTrouble.AddListener(why => Print("trouble", why));
        host.onSpoken.AddListener((who, what) => Print("spoken", who + " " + what));
        villager.onSpawned.AddListener(() => Print("spawned", villager.Npc.Name));
        villager.onEmotion.AddListener(emotion => Print("emotion", emotion));
        villager.onSentence.AddListener(sentence => Print("sentence", sentence));
        villager.onFailed.AddListener(why => Print("failed", why));
        villager.onEnded.AddListener(text =>
        {
            Print("end", text);
            ended++;
        });
        Send(typeof(NpcCharacter), villager, "OnEnable"); // before its host: it is found later
        Send(typeof(NpcRuntimeHost), host, "OnEnable");
        Send(typeof(NpcCharacter), villager, "Update");
        villager.Say("Good day!"); // before she lives: it is said then
        var spoken = Play(() => Frame(host, villager), () => ended == 1);
        Send(typeof(NpcRuntimeHost), host, "OnDisable");
        Print("instance", NpcRuntimeHost.Instance == null ? "none" : "left");
        Send(typeof(NpcRuntimeHost), host, "OnEnable"); // as after a reload of scripts
        var again = Play(() =>
        {
            Frame(host, villager);
            if (ended == 1 && villager.Npc != null)
            {
                ended++;
                villager.Say("And what do you sell?");
            }
        }, () => ended == 3);
        // Nothing else is asked now, so what waits for an answer is a report of frame times.
        // It is looked at within the frame, since the answer may be there before the next one.
        var reported = false;
        again += Play(() =>
        {
            Frame(host, villager);
            reported |= host.Client.Pending > 0;
        }, () => reported);
        again += Play(() => Frame(host, villager), () => host.Client.Pending == 0);
        Print("reported", "");
        Send(typeof(NpcCharacter), villager, "OnDisable");
        Send(typeof(NpcRuntimeHost), host, "OnApplicationQuit");
        return spoken + again;
    }

    static void Frame(NpcRuntimeHost host, NpcCharacter villager)
    {
        Send(typeof(NpcRuntimeHost), host, "Update");
        Send(typeof(NpcCharacter), villager, "Update");
    }

    static void Send(Type type, object target, string message)
    {
        type.GetMethod(message, BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).Invoke(target, null);
    }
}
