using System;
using System.Collections.Generic;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>A character that lives in a world.</summary>
    public sealed class Npc
    {
        internal Npc(World world, NpcInfo info)
        {
            World = world;
            Info = info;
        }

        public World World { get; private set; }

        /// <summary>Name, role, place and mood, as they were when it was spawned.</summary>
        public NpcInfo Info { get; private set; }

        /// <summary>Its entity id: `npc:mira`.</summary>
        public string Id
        {
            get { return Info.Npc; }
        }

        public string Name
        {
            get { return Info.Name; }
        }

        /// <summary>
        /// Somebody says a line to it. Handlers of the reply are to be set at once; they are called from Poll(). `heardBy`:
        /// who else hears it, wherever they are; without it, everybody at the same place.
        /// </summary>
        public Reply Say(string speaker, string text, List<string> heardBy = null)
        {
            return Say(new Say { From = speaker, Text = text, HeardBy = heardBy });
        }

        /// <summary>The same with all that can be said of a line: actions on offer, a deadline, whether it is private.</summary>
        public Reply Say(Say line)
        {
            line.To = Id;
            return World.Say(line);
        }

        /// <summary>
        /// Says that a player has come near and may speak soon: its first word then comes sooner. Nothing else comes of it.
        /// </summary>
        public void Near(string player, string name = null)
        {
            World.Ask(new NpcNear { Npc = Id, Player = player, Name = name }, null, failed => { });
        }

        /// <summary>Says where it is now.</summary>
        public void Move(string place, Action done = null, Action<NpcError> failed = null)
        {
            World.Move(Id, place, null, done, failed);
        }

        /// <summary>Takes it out of the world.</summary>
        public void Despawn(Action done = null, Action<NpcError> failed = null)
        {
            World.Ask(new NpcDespawn { Npc = Id }, World.Then(done), failed);
        }
    }
}
