using System.Collections.Generic;

namespace NpcRuntime
{
    /// <summary>The session was lost, and there is a new one in which everything is open again.</summary>
    public sealed class Resumed
    {
        /// <summary>False: the daemon was started again. Worlds were opened and characters spawned anew.</summary>
        public bool SameDaemon;
        /// <summary>How many requests ended with an error because of it: replies and arguments that had begun, most of all.</summary>
        public int LostRequests;
        /// <summary>What could not be opened, spawned or subscribed to again.</summary>
        public readonly List<NpcError> Errors = new List<NpcError>();
    }
}
