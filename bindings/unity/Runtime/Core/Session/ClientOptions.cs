using System.Collections.Generic;

namespace NpcRuntime
{
    /// <summary>How a client finds its daemon, and what it says of itself.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The daemon's data folder: it has the saves, `daemon.json` and the token.</summary>
        public string DataFolder = "";
        /// <summary>Starts a daemon where none serves the data folder. It ends with the game.</summary>
        public bool Launch = true;
        /// <summary>The program that is started; empty: what NPC_RUNTIME names, the one beside the game, or the installed one.</summary>
        public string Program = "";
        /// <summary>More folders beside which `npc-runtime/` may be: StreamingAssets, for example.</summary>
        public List<string> BesideGame = new List<string>();
        /// <summary>Arguments in front of `serve`: `-m npc_runtime` where the program is a Python.</summary>
        public List<string> ProgramArguments = new List<string>();
        /// <summary>Further flags of `serve`, such as `--model` and a file.</summary>
        public List<string> ServeArguments = new List<string>();
        /// <summary>How long a daemon may take until it serves: loading a large model takes its time.</summary>
        public double LaunchSeconds = 120;
        /// <summary>How long a request waits for a daemon to be there before it fails.</summary>
        public double WaitSeconds = 130;
        /// <summary>Name and version of the game or mod, for the daemon's log.</summary>
        public string Name = "unity";
        public string Version = "";
    }
}
