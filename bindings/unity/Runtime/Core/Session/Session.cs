using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>
    /// The session with the daemon, on two threads of its own: one connects and reads, the other writes, pings and looks
    /// at time limits. So it lives on while the game loads a level. What is meant for the game goes through `deliver`.
    /// </summary>
    sealed partial class Session : IDisposable
    {
        const double RequestSeconds = 10;
        const int TickMilliseconds = 200;
        static readonly byte[] Header = Encoding.ASCII.GetBytes(Catalogue.Header);

        readonly IDaemon daemon;
        readonly ClientOptions options;
        readonly Action<Delivery> deliver;
        readonly object gate = new object();
        readonly Stopwatch clock = Stopwatch.StartNew();
        readonly Dictionary<string, Pending> table = new Dictionary<string, Pending>();
        readonly Queue<Pending> outgoing = new Queue<Pending>();
        readonly List<Pending> putOff = new List<Pending>(); // until there is a session
        readonly Standing standing = new Standing();
        readonly ManualResetEvent closing = new ManualResetEvent(false);
        readonly Thread reader, writer;

        // Under the gate:
        ZmtpDealer link;
        Welcome welcome;
        bool open;
        volatile bool closed;
        double helloAt = -1, pingAt = -1, nextPing;
        int numbers;
        volatile NpcError fatal;
        int lostRequests;
        string told = "";

        /// <summary>Each of them is called through `deliver`.</summary>
        public Action<Welcome> Connected;
        public Action<Resumed> Resumed;
        public Action<NpcError> Trouble;
        public Action<string> Warned;
        public Action<Event> Happened;

        public Session(IDaemon daemon, ClientOptions options, Action<Delivery> deliver)
        {
            this.daemon = daemon;
            this.options = options;
            this.deliver = deliver;
            reader = new Thread(Read) { IsBackground = true, Name = "NPC Runtime reader" };
            writer = new Thread(Write) { IsBackground = true, Name = "NPC Runtime writer" };
        }

        public void Start()
        {
            reader.Start();
            writer.Start();
        }

        /// <summary>What the daemon last said to `hello`; null before.</summary>
        public Welcome Welcome
        {
            get { lock (gate) return welcome; }
        }

        /// <summary>Whether there is a session right now.</summary>
        public bool IsOpen
        {
            get { lock (gate) return open; }
        }

        /// <summary>How many requests of the game have not ended yet.</summary>
        public int Pending
        {
            get
            {
                lock (gate)
                {
                    var count = 0;
                    foreach (var pending in table.Values) if (!pending.Internal) count++;
                    return count;
                }
            }
        }

        public void Dispose()
        {
            lock (gate)
            {
                if (closed) return;
                closed = true;
                table.Clear();
                outgoing.Clear();
                putOff.Clear();
                if (link != null) link.Dispose();
                Monitor.PulseAll(gate);
            }
            closing.Set();
        }

        /// <summary>
        /// Sends a request as soon as there is a session. Never waits, never throws: what is wrong comes to `failed`.
        /// Returns the request's id.
        /// </summary>
        public string Post(Request request, Action<Response> each, Action<NpcError> failed, double silence = RequestSeconds)
        {
            Pending pending;
            NpcError error = null;
            lock (gate)
            {
                request.Id = (++numbers).ToString(System.Globalization.CultureInfo.InvariantCulture);
                try
                {
                    pending = new Pending(request) { Each = each, Failed = failed, Silence = silence };
                    var most = welcome != null && welcome.Limits != null ? welcome.Limits.Body : 262144;
                    if (pending.Bytes.Length > most)
                        error = new NpcError(ErrorCodes.Invalid, "the " + request.Type + " has " + pending.Bytes.Length + " bytes", most + " are allowed");
                    else if (closed)
                        error = new NpcError(ErrorCodes.NoSession, "this client is closed", "make a new one");
                    else
                        error = fatal;
                    if (error == null)
                    {
                        pending.Until = Now + options.WaitSeconds;
                        table[request.Id] = pending;
                        if (open) Queue(pending);
                        else putOff.Add(pending);
                    }
                }
                catch (NpcException wrong)
                {
                    error = wrong.Error;
                }
            }
            if (error != null && failed != null) deliver(Delivery.Of(failed, error));
            return request.Id;
        }

        double Now
        {
            get { return clock.Elapsed.TotalSeconds; }
        }

        void Queue(Pending pending)
        {
            outgoing.Enqueue(pending);
            Monitor.PulseAll(gate);
        }

        void PostOwn(Request request, Action<Response> each, Action<NpcError> failed)
        {
            request.Id = (++numbers).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var pending = new Pending(request) { Each = each, Failed = failed, Internal = true, Silence = RequestSeconds };
            pending.Until = Now + RequestSeconds;
            table[request.Id] = pending;
            Queue(pending);
        }
    }
}
