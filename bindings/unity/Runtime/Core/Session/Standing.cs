using System.Collections.Generic;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>What the game has open: another run of the daemon is asked for it again. Used under the session's lock.</summary>
    sealed class Standing
    {
        sealed class Kept
        {
            public WorldOpen Opened;
            public Subscribe Subscribed;
            public readonly List<string> Npcs = new List<string>();
        }

        readonly Dictionary<string, Kept> worlds = new Dictionary<string, Kept>();

        /// <summary>Notes what an answered request has changed.</summary>
        public void Note(Request request, Response answer)
        {
            Kept world;
            var open = request as WorldOpen;
            if (open != null && answer is WorldOpened)
            {
                if (!worlds.TryGetValue(open.World, out world)) worlds[open.World] = world = new Kept();
                world.Opened = open;
                return;
            }
            if (request.World == null || !worlds.TryGetValue(request.World, out world)) return;
            var spawned = answer as NpcSpawned;
            var creature = answer as CreatureGenerated;
            var living = spawned != null ? spawned.Npc : creature != null ? creature.Spawned : null;
            if (living != null && !world.Npcs.Contains(living.Npc)) world.Npcs.Add(living.Npc);
            if (!(answer is Done)) return;
            if (request is NpcDespawn) world.Npcs.Remove(EntityId.Npc(((NpcDespawn)request).Npc));
            else if (request is Subscribe) world.Subscribed = (Subscribe)request;
            else if (request is Unsubscribe) world.Subscribed = null;
            else if (request is WorldClose) worlds.Remove(request.World);
        }

        /// <summary>What is asked again of a new session; of the same run of the daemon only the events.</summary>
        public IEnumerable<Request> Again(bool sameDaemon)
        {
            var requests = new List<Request>();
            foreach (var world in worlds)
            {
                if (sameDaemon) break;
                var opened = world.Value.Opened;
                requests.Add(new WorldOpen { World = world.Key, Pack = opened.Pack, Village = opened.Village });
                // Without `at` they stay where the world's file has them, and so does what the game has defined.
                foreach (var npc in world.Value.Npcs) requests.Add(new NpcSpawn { World = world.Key, Npc = npc });
            }
            foreach (var world in worlds)
            {
                var subscribed = world.Value.Subscribed;
                if (subscribed != null) requests.Add(new Subscribe { World = world.Key, Speech = subscribed.Speech });
            }
            return requests;
        }
    }
}
