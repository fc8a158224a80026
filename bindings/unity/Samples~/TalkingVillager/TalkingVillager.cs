using NpcRuntime;
using UnityEngine;

/// <summary>
/// Put this beside an NpcCharacter, and an NpcRuntimeHost on another object. Type, press Return, and she answers.
/// </summary>
[RequireComponent(typeof(NpcCharacter))]
public sealed class TalkingVillager : MonoBehaviour
{
    NpcCharacter villager;
    string typed = "";
    string shown = "(wait a moment)";

    void Awake()
    {
        villager = GetComponent<NpcCharacter>();
        villager.onSpawned.AddListener(() => shown = villager.Npc.Name + " looks at you.");
        villager.onEmotion.AddListener(emotion => shown = villager.Npc.Name + " (" + emotion + "):");
        villager.onSentence.AddListener(sentence => shown += " " + sentence);
        villager.onFailed.AddListener(why => shown = why);
    }

    void OnGUI()
    {
        GUILayout.BeginArea(new Rect(20, 20, Screen.width - 40, 120));
        GUILayout.Label(shown);
        var pressed = Event.current.type == EventType.KeyDown && Event.current.keyCode == KeyCode.Return;
        typed = GUILayout.TextField(typed, 300);
        if (pressed && typed.Length > 0)
        {
            villager.Say(typed);
            typed = "";
        }
        GUILayout.EndArea();
    }
}
