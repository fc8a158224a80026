using System;
using System.Collections.Generic;
using System.IO;
using UnityEngine;
using UnityEngine.Events;

namespace NpcRuntime
{
    /// <summary>
    /// Connects the game to NPC Runtime and opens one world. Put it on one object of the first scene; NpcCharacter finds
    /// it. The daemon starts with it, and ends with it.
    /// </summary>
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(-1000)]
    [AddComponentMenu("NPC Runtime/NPC Runtime Host")]
    public sealed class NpcRuntimeHost : MonoBehaviour
    {
        [Tooltip("Where memories and saves are kept. Empty: the folder npc-runtime in the game's persistent data.")]
        public string dataFolder = "";
        [Tooltip("Start a daemon where none serves the data folder.")]
        public bool launch = true;
        [Tooltip("The program npc-runtime. Empty: the one in a folder npc-runtime in StreamingAssets or beside the game, or the installed one.")]
        public string program = "";
        [Tooltip("Further arguments of `npc-runtime serve`, such as --model and a file.")]
        public List<string> arguments = new List<string>();
        [Tooltip("The playthrough: the name of the save slot, for example.")]
        public string world = "save-1";
        [Tooltip("The pack of characters: the name of a bundled one, or a folder.")]
        public string pack = "hollowmere";
        [Tooltip("Who the player is.")]
        public string player = "player:you";
        [Tooltip("Frames a second that the game wants: where the model costs some, it is held back. 0: it never is.")]
        public float targetFrameRate = 60;
        [Tooltip("Goes on when another scene is loaded.")]
        public bool keepBetweenScenes = true;

        [Tooltip("The world is open.")]
        public UnityEvent onReady = new UnityEvent();
        [Tooltip("The session was lost, and everything is open again.")]
        public UnityEvent onResumed = new UnityEvent();
        [Tooltip("Why characters cannot speak just now, in words.")]
        public TextEvent onTrouble = new TextEvent();
        [Tooltip("Somebody said something in the world: who, and what.")]
        public SpokenEvent onSpoken = new SpokenEvent();

        Action<World> waiting;

        /// <summary>The one in the game; null where there is none.</summary>
        public static NpcRuntimeHost Instance { get; private set; }

        /// <summary>All of the protocol; null while this is disabled.</summary>
        public NpcClient Client { get; private set; }

        /// <summary>The open world; null before onReady.</summary>
        public World World { get; private set; }

        /// <summary>Changes how the daemon is found before a client is made, for games that need more than the fields above.</summary>
        public static Action<ClientOptions> Configure;

        /// <summary>Calls this with the world, now or when it is open.</summary>
        public void WhenReady(Action<World> ready)
        {
            if (World != null) ready(World);
            else waiting += ready;
        }

        /// <summary>Takes back what WhenReady was given.</summary>
        public void NotWhenReady(Action<World> ready) { waiting -= ready; }

        // Where the editor keeps the domain when play begins, static fields still hold what the last play left.
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        static void Reset()
        {
            Instance = null;
            Configure = null;
        }

        void OnEnable()
        {
            if (Instance != null && Instance != this)
            {
                Debug.LogWarning("There is an NPC Runtime Host already: this one does nothing.", this);
                return;
            }
            Instance = this;
            if (keepBetweenScenes && Application.isPlaying) DontDestroyOnLoad(gameObject);
            var options = new ClientOptions
            {
                DataFolder = dataFolder.Length > 0 ? dataFolder : Path.Combine(Application.persistentDataPath, "npc-runtime"),
                Launch = launch,
                Program = program,
                BesideGame = new List<string> { Application.streamingAssetsPath },
                ServeArguments = new List<string>(arguments),
                Name = Shorten(Application.productName, 64, "unity"),
                Version = Shorten(Application.version, 32, ""),
            };
            if (Configure != null) Configure(options);
            Client = new NpcClient(options);
            Client.Trouble += Trouble;
            Client.Warned += what => Debug.LogWarning("NPC Runtime: " + what, this);
            Client.HandlerFailed += error => Debug.LogException(error, this);
            Client.Resumed += Resumed;
            Client.OpenWorld(world, pack, Ready, Trouble);
        }

        void Update()
        {
            if (Client == null) return;
            Client.Poll();
            // Whatever Poll() called may have closed it.
            if (Client != null && targetFrameRate > 0) Client.ReportFrame(Time.unscaledDeltaTime * 1000, 1000 / targetFrameRate);
        }

        void OnDisable() { Close(); }

        void OnApplicationQuit() { Close(); }

        void Close()
        {
            if (Client != null) Client.Dispose();
            Client = null;
            World = null;
            waiting = null;
            if (Instance == this) Instance = null;
        }

        void Ready(World opened)
        {
            World = opened;
            if (!opened.Opened.Remembers) Debug.LogWarning("NPC Runtime cannot keep memories: " + opened.Opened.Trouble, this);
            foreach (var change in opened.Opened.Changes) Debug.LogWarning("NPC Runtime: " + change, this);
            opened.Happened += Happen;
            var all = waiting;
            waiting = null;
            if (all != null) all(opened);
            onReady.Invoke();
        }

        void Resumed(Resumed resumed)
        {
            foreach (var error in resumed.Errors) Debug.LogWarning("NPC Runtime: " + error, this);
            onResumed.Invoke();
        }

        void Trouble(NpcError error)
        {
            Debug.LogWarning("NPC Runtime: " + error, this);
            onTrouble.Invoke(error.ToString());
        }

        void Happen(Messages.Event what)
        {
            var said = what as Messages.EventSaid;
            if (said != null) onSpoken.Invoke(said.Speaker, said.Text);
        }

        static string Shorten(string text, int most, string otherwise)
        {
            if (string.IsNullOrEmpty(text)) return otherwise;
            return text.Length > most ? text.Substring(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most) : text;
        }
    }
}
