using System;
using UnityEngine.Events;

namespace NpcRuntime
{
    // Old editors show only classes that are not generic.

    /// <summary>Called with a text.</summary>
    [Serializable]
    public class TextEvent : UnityEvent<string>
    {
    }

    /// <summary>Called with the name of an action and what it is done with.</summary>
    [Serializable]
    public class ActionEvent : UnityEvent<string, string[]>
    {
    }

    /// <summary>Called with a speaker, and a text.</summary>
    [Serializable]
    public class SpokenEvent : UnityEvent<string, string>
    {
    }
}
