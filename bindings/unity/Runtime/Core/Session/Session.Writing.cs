using System;
using System.Collections.Generic;
using System.Threading;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>The thread that writes; it pings, and looks at time limits.</summary>
    sealed partial class Session
    {
        void Write()
        {
            for (;;)
            {
                Pending next = null;
                ZmtpDealer to;
                lock (gate)
                {
                    if (closed) return;
                    if (outgoing.Count == 0) Monitor.Wait(gate, TickMilliseconds);
                    if (closed) return;
                    LookAtTime();
                    to = link;
                    if (outgoing.Count > 0 && to != null)
                    {
                        next = outgoing.Dequeue();
                        if (!table.ContainsKey(next.Request.Id)) continue; // it has ended meanwhile
                        next.Sent = true;
                        next.Until = Now + next.Silence;
                    }
                }
                if (next == null) continue;
                try
                {
                    to.Send(Header, next.Bytes);
                }
                catch (Exception error) when (IsLostConnection(error))
                {
                    to.Dispose(); // whoever reads notices, and goes on from there
                }
            }
        }

        void LookAtTime()
        {
            var now = Now;
            if (open && now >= nextPing && pingAt < 0)
            {
                pingAt = now;
                nextPing = now + welcome.Heartbeat / 2;
                var session = welcome.Session;
                PostOwn(new Ping(), answer => Ponged(answer as Pong, session), _ => { });
            }
            // No pong: the daemon is gone, or hangs. Where it serves now is read anew.
            var late = open && pingAt >= 0 && now > pingAt + welcome.Heartbeat || helloAt >= 0 && now > helloAt + RequestSeconds;
            if (late && link != null)
            {
                helloAt = pingAt = -1;
                link.Dispose();
            }
            List<Pending> ended = null;
            foreach (var pending in table.Values)
                if (now > pending.Until) (ended = ended ?? new List<Pending>()).Add(pending);
            if (ended == null) return;
            foreach (var pending in ended)
            {
                table.Remove(pending.Request.Id);
                putOff.Remove(pending);
                End(pending, new NpcError(ErrorCodes.Deadline, pending.Sent
                    ? "the daemon has not answered " + pending.Request.Type + " in time"
                    : "there was no daemon to send " + pending.Request.Type + " to", "is it running? `npc-runtime doctor` tells more"));
            }
        }

        void Ponged(Pong pong, string session)
        {
            lock (gate)
            {
                pingAt = -1;
                if (pong != null && open && welcome.Session == session && pong.Session != session) Renew();
            }
        }
    }
}
