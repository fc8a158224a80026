using System;
using System.Collections.Generic;
using System.Threading;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>Greeting a daemon, and what is done again when a session was lost: section 7 of the specification.</summary>
    sealed partial class Session
    {
        void SayHello()
        {
            helloAt = Now;
            pingAt = -1;
            var hello = new Hello
            {
                Versions = new List<string> { Catalogue.Version },
                Client = new Client { Name = options.Name, Version = options.Version },
                Capabilities = new List<string> { "events", "why" },
            };
            PostOwn(hello, answer => Welcomed(answer as Welcome), Unwelcome);
        }

        void Unwelcome(NpcError error)
        {
            lock (gate)
            {
                helloAt = -1;
                if (error.Code == ErrorCodes.UnsupportedVersion)
                {
                    fatal = error; // waiting does not help: the game or the daemon must be updated
                    foreach (var pending in putOff) End(pending, error);
                    putOff.Clear();
                    table.Clear();
                }
                if (link != null) link.Dispose();
            }
            Tell(error);
        }

        void Welcomed(Welcome answer)
        {
            if (answer == null) return;
            Resumed resumed;
            bool toldLater;
            lock (gate)
            {
                var first = welcome == null;
                var same = !first && welcome.Daemon == answer.Daemon;
                welcome = answer;
                helloAt = -1;
                nextPing = Now + answer.Heartbeat / 2;
                told = "";
                open = true;
                resumed = first ? null : new Resumed { SameDaemon = same, LostRequests = lostRequests };
                lostRequests = 0;
                var again = new List<Request>(standing.Again(same));
                var left = again.Count;
                Action answered = () =>
                {
                    if (Interlocked.Decrement(ref left) == 0) Announce(resumed);
                };
                foreach (var request in again)
                    PostOwn(request, _ => answered(), error => { lock (gate) resumed.Errors.Add(error); answered(); });
                foreach (var pending in putOff) Queue(pending);
                putOff.Clear();
                toldLater = again.Count > 0; // when all are answered
                if (first) deliver(Delivery.Of(() => { if (Connected != null) Connected(answer); }));
            }
            if (resumed != null && !toldLater) Announce(resumed);
        }

        void Announce(Resumed resumed)
        {
            deliver(Delivery.Of(() => { if (Resumed != null) Resumed(resumed); }));
        }

        /// <summary>The daemon has another session for this connection, or none: a new one on the same connection.</summary>
        void Renew()
        {
            Lose();
            if (link != null) SayHello();
        }

        /// <summary>Ends what had begun, and keeps what can be asked again.</summary>
        void Lose()
        {
            open = false;
            helloAt = pingAt = -1;
            outgoing.Clear();
            var all = new List<Pending>(table.Values);
            all.Sort((one, other) => int.Parse(one.Request.Id).CompareTo(int.Parse(other.Request.Id)));
            putOff.Clear();
            foreach (var pending in all)
            {
                if (!pending.Internal && (!pending.Sent || !pending.Answered && pending.Repeatable))
                {
                    pending.Sent = false;
                    pending.Until = Now + options.WaitSeconds;
                    putOff.Add(pending);
                    continue;
                }
                table.Remove(pending.Request.Id);
                if (pending.Internal)
                {
                    if (!(pending.Request is Hello) && !(pending.Request is Ping)) End(pending, Lost(pending));
                    continue;
                }
                lostRequests++;
                End(pending, Lost(pending));
            }
        }

        static NpcError Lost(Pending pending)
        {
            return new NpcError(ErrorCodes.NoSession, pending.Answered
                ? "the session was lost, and the " + pending.Request.Type + " that had begun in it has ended"
                : "the session was lost: whether the " + pending.Request.Type + " was done is not known", "ask again");
        }

        void Tell(NpcError error)
        {
            lock (gate)
            {
                if (closed || told == error.ToString()) return; // once is enough: it is tried again and again
                told = error.ToString();
            }
            deliver(Delivery.Of(() => { if (Trouble != null) Trouble(error); }));
        }

        void Warn(string what)
        {
            deliver(Delivery.Of(() => { if (Warned != null) Warned(what); }));
        }
    }
}
