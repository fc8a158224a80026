using System;
using System.Collections.Generic;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>Characters quarrel; players may step in. Settled or Failed is called at last.</summary>
    public sealed class Quarrel : Scene
    {
        const double UsualSeconds = 120;

        readonly List<Action> onceStarted = new List<Action>();

        /// <summary>It has begun: who and what about.</summary>
        public event Action<ArgueStarted> Started;
        /// <summary>It has become hotter than before.</summary>
        public event Action<ArgueEscalated> Escalated;
        /// <summary>What somebody said into it takes effect now.</summary>
        public event Action<ArgueIntervened> Intervened;
        /// <summary>How it ended.</summary>
        public event Action<ArgueSettled> Settled;

        internal Quarrel(NpcClient client, Request start, double? seconds) : base(client, start, seconds ?? UsualSeconds) { }

        /// <summary>A player, or a character who is no party, speaks into it.</summary>
        public void Intervene(string speaker, string text, string name = null, Action<ArgueIntervened> taken = null, Action<NpcError> failed = null)
        {
            OnceStarted(() => Client.Ask(
                new ArgueIntervene { World = World, Argument = Id, From = speaker, Text = text, Name = name }, taken, failed));
        }

        /// <summary>Ends it where it stands, as a stalemate: Settled is called.</summary>
        public void Stop(Action<NpcError> failed = null)
        {
            OnceStarted(() => Client.Ask(new ArgueStop { World = World, Argument = Id }, null, failed));
        }

        void OnceStarted(Action action)
        {
            if (Id.Length > 0) action();
            else onceStarted.Add(action);
        }

        protected override void TakeOther(Response message)
        {
            var started = message as ArgueStarted;
            var escalated = message as ArgueEscalated;
            var intervened = message as ArgueIntervened;
            var settled = message as ArgueSettled;
            if (started != null)
            {
                Id = started.Argument;
                if (Started != null) Started(started);
                foreach (var action in onceStarted) action();
                onceStarted.Clear();
            }
            else if (escalated != null && Escalated != null)
            {
                Escalated(escalated);
            }
            else if (intervened != null && Intervened != null)
            {
                Intervened(intervened);
            }
            else if (settled != null)
            {
                IsOver = true;
                if (Settled != null) Settled(settled);
            }
        }
    }
}
