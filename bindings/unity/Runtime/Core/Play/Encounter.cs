using System;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>Characters talk among themselves, and trade news. Ended or Failed is called at last.</summary>
    public sealed class Encounter : Scene
    {
        const double UsualSeconds = 60;

        /// <summary>It has begun; where `Quiet` is true, no lines come.</summary>
        public event Action<EncounterStarted> Started;
        /// <summary>Why it ended, and what they learned.</summary>
        public event Action<EncounterEnded> Ended;

        internal Encounter(NpcClient client, EncounterStart start)
            : base(client, start, (start.Limits != null ? start.Limits.Seconds : null) ?? UsualSeconds) { }

        /// <summary>Ends it where it stands; Ended is called.</summary>
        public void Stop(Action<NpcError> failed = null)
        {
            if (Id.Length > 0) Client.Ask(new EncounterStop { World = World, Encounter = Id }, null, failed);
            else Cancel();
        }

        protected override void TakeOther(Response message)
        {
            var started = message as EncounterStarted;
            var ended = message as EncounterEnded;
            if (started != null)
            {
                Id = started.Encounter;
                if (Started != null) Started(started);
            }
            else if (ended != null)
            {
                IsOver = true;
                if (Ended != null) Ended(ended);
            }
        }
    }
}
