using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>
    /// The connection of a game to NPC Runtime. Nothing here waits: every call returns at once, and what comes of it is
    /// called from Poll(), on the thread that calls that. A session that was lost is opened again by itself.
    /// </summary>
    public sealed class NpcClient : IDisposable
    {
        /// <summary>Of a flood, as after loading a level, the next frames get the rest.</summary>
        const int CallsPerPoll = 256;

        readonly ConcurrentQueue<Delivery> inbox = new ConcurrentQueue<Delivery>();
        readonly Dictionary<string, World> worlds = new Dictionary<string, World>();
        readonly IDaemon daemon;
        readonly Session session;
        readonly FrameTimes frames = new FrameTimes();
        bool disposed;

        /// <summary>The first session is open. Requests need not wait for it.</summary>
        public event Action<Welcome> Connected;
        /// <summary>The session was lost and is there again, with all that was open in it.</summary>
        public event Action<Resumed> Resumed;
        /// <summary>Why there is no session just now. It is tried again, unless the versions do not fit.</summary>
        public event Action<NpcError> Trouble;
        /// <summary>Something for whoever develops the game: a field that was mistyped, for example.</summary>
        public event Action<string> Warned;
        /// <summary>A handler of the game threw this; without a listener, Poll() throws it.</summary>
        public event Action<Exception> HandlerFailed;

        /// <summary>Begins to connect at once; where no daemon serves the data folder, starts one.</summary>
        public NpcClient(ClientOptions options) : this(options, new DaemonOfFolder(options)) { }

        /// <summary>For a daemon that is found in another way.</summary>
        public NpcClient(ClientOptions options, IDaemon daemon)
        {
            this.daemon = daemon;
            session = new Session(daemon, options, inbox.Enqueue)
            {
                Connected = welcome => { if (Connected != null) Connected(welcome); },
                Resumed = resumed => { if (Resumed != null) Resumed(resumed); },
                Trouble = error => { if (Trouble != null) Trouble(error); },
                Warned = what => { if (Warned != null) Warned(what); },
                Happened = Happen,
            };
            // Where the editor reloads scripts, no thread of ours may be left in a socket.
            AppDomain.CurrentDomain.DomainUnload += Unload;
            session.Start();
        }

        /// <summary>Whether there is a session right now.</summary>
        public bool IsConnected
        {
            get { return session.IsOpen; }
        }

        /// <summary>How many requests have not ended yet, replies and quarrels among them.</summary>
        public int Pending
        {
            get { return session.Pending; }
        }

        /// <summary>What the daemon last said to `hello`; null before the first session.</summary>
        public Welcome Welcome
        {
            get { return session.Welcome; }
        }

        /// <summary>Calls the game with what has come since the last time. To be called every frame.</summary>
        public void Poll()
        {
            Delivery next;
            for (var left = CallsPerPoll; left > 0 && !disposed && inbox.TryDequeue(out next); left--)
            {
                try
                {
                    next.Call();
                }
                catch (Exception error) when (HandlerFailed != null)
                {
                    HandlerFailed(error);
                }
            }
        }

        /// <summary>Ends the session, and the daemon if this client started it. Returns at once; nothing is called any more.</summary>
        public void Dispose()
        {
            if (disposed) return;
            disposed = true;
            AppDomain.CurrentDomain.DomainUnload -= Unload;
            session.Dispose();
            daemon.Stop();
        }

        void Unload(object sender, EventArgs arguments) { Dispose(); }

        /// <summary>Opens a world, or joins it. `pack` is a bundled pack's name or a folder.</summary>
        public void OpenWorld(string world, string pack, Action<World> opened, Action<NpcError> failed = null)
        {
            // The daemon has another current folder than the game.
            if (pack != null && File.Exists(Path.Combine(pack, "pack.yaml"))) pack = Path.GetFullPath(pack);
            Open(new WorldOpen { World = world, Pack = pack }, opened, failed);
        }

        /// <summary>Opens a world without a pack: DefinePlaces and Define of the world make its places and people.</summary>
        public void OpenVillage(string world, VillageDefinition village, Action<World> opened, Action<NpcError> failed = null)
        {
            Open(new WorldOpen { World = world, Village = village }, opened, failed);
        }

        void Open(WorldOpen open, Action<World> opened, Action<NpcError> failed)
        {
            Ask(open, answer =>
            {
                World found;
                if (!worlds.TryGetValue(open.World, out found)) worlds[open.World] = found = new World(this, open.World);
                found.Opened = answer;
                if (opened != null) opened(found);
            }, failed, 60);
        }

        /// <summary>How the daemon is.</summary>
        public void Health(Action<HealthReport> answered, Action<NpcError> failed = null)
        {
            Ask(new Health(), answered, failed);
        }

        /// <summary>
        /// Tells how many milliseconds a frame took, and how many it may take; for every frame, since it averages. The model
        /// is held back where it costs frames.
        /// </summary>
        public void ReportFrame(double milliseconds, double target = 1000.0 / 60)
        {
            frames.Add(session, milliseconds, target);
        }

        /// <summary>
        /// Makes any request that has one answer. Without `failed`, what is refused is told as Warned. Gives it up after
        /// `seconds` without an answer.
        /// </summary>
        public void Ask<T>(Request<T> request, Action<T> answered, Action<NpcError> failed = null, double seconds = 10) where T : Response
        {
            session.Post(request, response =>
            {
                var answer = response as T;
                if (answer == null) Fail(failed, request.Type, new NpcError(ErrorCodes.Internal, request.Type + " was answered by " + response.Type));
                else if (answered != null) answered(answer);
            }, error => Fail(failed, request.Type, error), seconds);
        }

        /// <summary>
        /// Makes any request. `each` gets all that comes, with the last message; `failed` an error instead of that, also
        /// when nothing has come for so many seconds. Returns the id, for `cancel`.
        /// </summary>
        public string Exchange(Request request, Action<Response> each, Action<NpcError> failed, double seconds)
        {
            return session.Post(request, each, failed, seconds);
        }

        /// <summary>Takes a request back; it still ends.</summary>
        public void Cancel(string request)
        {
            // It may have ended, or be of a session that is lost: there is nothing to take back then.
            session.Post(new Cancel { Target = request }, null, null);
        }

        internal void Forget(World world) { worlds.Remove(world.Id); }

        /// <summary>Tells the handler of the game; where it has none, whoever develops it.</summary>
        internal void Fail(Action<NpcError> failed, string what, NpcError error)
        {
            if (failed != null) failed(error);
            else if (Warned != null) Warned(what + " failed: " + error);
        }

        void Happen(Event happened)
        {
            World world;
            if (worlds.TryGetValue(happened.World, out world)) world.Happen(happened);
        }
    }
}
