using System;

namespace NpcRuntime
{
    /// <summary>Entity ids, whose kind may be left out in a request where only one fits.</summary>
    static class EntityId
    {
        static readonly string[] Kinds = { "npc:", "player:", "place:", "item:" };

        /// <summary>As the daemon writes it. A colon alone says nothing: `minecraft:villager` has no kind yet.</summary>
        public static string Npc(string id)
        {
            return Array.Exists(Kinds, kind => id.StartsWith(kind, StringComparison.Ordinal)) ? id : "npc:" + id;
        }
    }
}
