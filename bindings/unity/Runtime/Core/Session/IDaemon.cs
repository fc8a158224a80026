using System.Threading;

namespace NpcRuntime
{
    /// <summary>Where a daemon serves.</summary>
    public sealed class DaemonAddress
    {
        public string Host;
        public int Port;
        public string Token;
        public int Pid;
    }

    /// <summary>Knows where the daemon is. Used on a thread of the session.</summary>
    public interface IDaemon
    {
        /// <summary>
        /// Where the daemon serves now; it may wait until one does. Null when `closing` was set meanwhile. Throws
        /// NpcException when there is none.
        /// </summary>
        DaemonAddress Find(WaitHandle closing);

        /// <summary>Says that nobody answers at this address.</summary>
        void Missed(DaemonAddress address);

        /// <summary>Ends the daemon if this client started it. Does not wait for it.</summary>
        void Stop();
    }
}
