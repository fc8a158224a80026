using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>The thread that connects and reads: it hands every message to whoever asked.</summary>
    sealed partial class Session
    {
        void Read()
        {
            var wait = 50;
            while (!closed && fatal == null)
            {
                var worked = false;
                DaemonAddress found = null;
                try
                {
                    found = daemon.Find(closing);
                    if (found == null) return; // closed meanwhile
                    using (var dealer = new ZmtpDealer(found.Host, found.Port, "npc-runtime", found.Token))
                    {
                        lock (gate)
                        {
                            if (closed) return;
                            link = dealer;
                            SayHello();
                        }
                        for (;;)
                        {
                            Take(dealer.Receive());
                            worked = true;
                        }
                    }
                }
                catch (NpcException error)
                {
                    Tell(error.Error);
                }
                catch (Exception error) when (IsLostConnection(error))
                {
                    if (found != null && !worked) daemon.Missed(found);
                    Tell(new NpcError(NpcError.Unreachable, "no connection to the daemon: " + error.Message, "it is looked for until it is there"));
                }
                catch (Exception error) when (!(error is ThreadAbortException))
                {
                    Tell(new NpcError(ErrorCodes.Internal, "a bug in this client: " + error, "report it"));
                }
                lock (gate)
                {
                    link = null;
                    Lose();
                }
                // A daemon that cannot be started is not started again and again in every second.
                wait = worked ? 50 : Math.Min(2 * wait, options.Launch ? 15000 : 500);
                if (closing.WaitOne(wait)) return;
            }
        }

        static bool IsLostConnection(Exception error)
        {
            return error is IOException || error is SocketException || error is ObjectDisposedException ||
                error is InvalidOperationException || error is NotSupportedException; // what a closed stream throws differs
        }

        void Take(List<byte[]> frames)
        {
            Message message;
            try
            {
                if (frames.Count != 2 || !IsHeader(frames[0])) throw new InvalidDataException("a message has a header and a body");
                message = Catalogue.Read(MsgPackReader.Unpack(frames[1]));
            }
            catch (InvalidDataException error)
            {
                Warn("the daemon sent what cannot be read: " + error.Message);
                return;
            }
            var response = message as Response;
            var happened = message as Event;
            if (response != null) TakeResponse(response);
            else if (happened != null && Happened != null) deliver(Delivery.Of(Happened, happened));
        }

        static bool IsHeader(byte[] frame)
        {
            if (frame.Length != Header.Length) return false;
            for (var i = 0; i < frame.Length; i++) if (frame[i] != Header[i]) return false;
            return true;
        }

        void TakeResponse(Response response)
        {
            var error = response as Error;
            Pending pending;
            lock (gate)
            {
                if (!table.TryGetValue(response.Re, out pending))
                {
                    if (error != null && response.Re.Length == 0) Warn("the daemon refused a message: " + AsError(error));
                    return;
                }
                if (error != null && error.Code == ErrorCodes.NoSession && !pending.Internal)
                {
                    // Everything else of that session is lost with it, and this one may be asked again: it was refused.
                    if (!pending.Answered) pending.Sent = false;
                    if (open) Renew();
                    return;
                }
                pending.Answered = true;
                pending.Until = Now + pending.Silence;
                if (response.Last || error != null) table.Remove(response.Re);
                if (error == null) standing.Note(pending.Request, response);
            }
            if (response.Warnings != null)
                foreach (var field in response.Warnings) Warn("in " + pending.Request.Type + ": " + field);
            if (error != null) End(pending, AsError(error));
            else if (pending.Internal) pending.Each(response);
            else if (pending.Each != null) deliver(Delivery.Of(pending.Each, response));
        }

        static NpcError AsError(Error error)
        {
            return new NpcError(error.Code, error.Message, error.Hint, error.Detail);
        }

        void End(Pending pending, NpcError error)
        {
            if (pending.Failed == null) return;
            if (pending.Internal) pending.Failed(error);
            else deliver(Delivery.Of(pending.Failed, error));
        }
    }
}
