using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;

namespace NpcRuntime
{
    /// <summary>The daemon of a data folder: found by its `daemon.json`, or started.</summary>
    sealed class DaemonOfFolder : IDaemon
    {
        static readonly Regex Endpoint = new Regex("\"endpoint\"\\s*:\\s*\"tcp://\\[?([^\"\\]]+)\\]?:(\\d+)\"");
        static readonly Regex PidOf = new Regex("\"pid\"\\s*:\\s*(\\d+)");

        readonly ClientOptions options;
        readonly string folder;
        readonly object gate = new object();
        LaunchedDaemon launched;
        bool stopped;
        string missed = "";

        public DaemonOfFolder(ClientOptions options)
        {
            this.options = options;
            folder = Path.GetFullPath(options.DataFolder);
        }

        public DaemonAddress Find(WaitHandle closing)
        {
            var found = Described();
            if (found != null && Mark(found) != missed) return found;
            if (!options.Launch)
                throw new NpcException(new NpcError(NpcError.Unreachable, "no daemon is running for " + folder,
                    "start one with: npc-runtime serve --data-dir \"" + folder + "\""));
            return Launch(closing);
        }

        public void Missed(DaemonAddress address) { missed = Mark(address); }

        public void Stop()
        {
            lock (gate)
            {
                stopped = true;
                if (launched != null) launched.Stop();
                launched = null;
            }
        }

        DaemonAddress Launch(WaitHandle closing)
        {
            LaunchedDaemon daemon;
            lock (gate)
            {
                if (stopped) return null;
                if (launched == null || launched.HasEnded) launched = new LaunchedDaemon(options, folder);
                daemon = launched;
            }
            var waiting = Stopwatch.StartNew();
            while (!closing.WaitOne(50))
            {
                var found = Described();
                // Another one may have been faster, started by another game: ours has ended then.
                if (found != null && (found.Pid == daemon.Pid || daemon.HasEnded && Mark(found) != missed)) return found;
                if (daemon.HasEnded)
                    throw new NpcException(new NpcError(NpcError.Unreachable,
                        "the daemon ended before it was ready; its last words:\n" + daemon.LastWords));
                if (waiting.Elapsed.TotalSeconds > options.LaunchSeconds)
                    throw new NpcException(new NpcError(NpcError.Unreachable,
                        "the daemon was not ready after " + options.LaunchSeconds + " s; its last words:\n" + daemon.LastWords,
                        "name a smaller model, or wait longer"));
            }
            return null;
        }

        /// <summary>What `daemon.json` says, in the folder or in its standby.</summary>
        DaemonAddress Described()
        {
            return new[] { folder }.Concat(Standby.Of(folder)).Select(Described).FirstOrDefault(found => found != null);
        }

        /// <summary>Nothing where the process that is named is gone: after a crash the file stays behind.</summary>
        static DaemonAddress Described(string folder)
        {
            string text, token;
            try
            {
                var path = Path.Combine(folder, "daemon.json");
                if (!File.Exists(path)) return null;
                text = File.ReadAllText(path);
                token = File.ReadAllText(Path.Combine(folder, "token")).Trim();
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                return null; // it is being written, or it is not ours
            }
            var endpoint = Endpoint.Match(text);
            var pid = PidOf.Match(text);
            if (!endpoint.Success || !pid.Success) return null;
            var found = new DaemonAddress
            {
                Host = endpoint.Groups[1].Value,
                Port = int.Parse(endpoint.Groups[2].Value),
                Pid = int.Parse(pid.Groups[1].Value),
                Token = token,
            };
            return Lives(found.Pid) ? found : null;
        }

        static bool Lives(int pid)
        {
            try
            {
                using (var process = Process.GetProcessById(pid)) return !process.HasExited;
            }
            catch (ArgumentException)
            {
                return false;
            }
            catch (Exception error) when (error is NotSupportedException || error is Win32Exception || error is InvalidOperationException)
            {
                return true; // it cannot be told here: connecting will
            }
        }

        static string Mark(DaemonAddress address) { return address.Pid + " " + address.Host + " " + address.Port; }
    }
}
