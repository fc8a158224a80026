using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;

namespace NpcRuntime
{
    /// <summary>A daemon that this client started. It ends with the process of the game, whatever becomes of that.</summary>
    sealed class LaunchedDaemon
    {
        const int WordsKept = 12;
        const int StopMilliseconds = 10000;

        readonly Process process;
        readonly Queue<string> words = new Queue<string>();

        public LaunchedDaemon(ClientOptions options, string folder)
        {
            var program = options.Program.Length > 0 ? options.Program : ProgramPlace.Find(options.BesideGame);
            try
            {
                process = new Process { StartInfo = HowToStart(options, program, folder) };
                process.ErrorDataReceived += (_, line) => Keep(line.Data);
                process.OutputDataReceived += (_, line) => { };
                process.Start();
                process.BeginErrorReadLine(); // a pipe that nobody reads would stop the daemon one day
                process.BeginOutputReadLine();
            }
            catch (Exception error) when (!(error is NpcException))
            {
                throw new NpcException(new NpcError(NpcError.Unreachable, "cannot start " + program + ": " + error.Message,
                    "install NPC Runtime, or say in the options where the program is; some IL2CPP players cannot start programs: start the daemon before the game there"));
            }
        }

        public int Pid
        {
            get { return process.Id; }
        }

        public bool HasEnded
        {
            get { return process.HasExited; }
        }

        /// <summary>The last lines of its log.</summary>
        public string LastWords
        {
            get { lock (words) return words.Count > 0 ? string.Join("\n", words.ToArray()) : "(it wrote nothing)"; }
        }

        /// <summary>Asks it to end, and makes it end if it does not. Returns at once.</summary>
        public void Stop()
        {
            if (process.HasExited) return;
            if (!AskToEnd())
            {
                Kill(); // nothing is lost: what was answered is on disk
                return;
            }
            var waiting = new Thread(() => { if (!process.WaitForExit(StopMilliseconds)) Kill(); });
            waiting.IsBackground = true;
            waiting.Start();
        }

        bool AskToEnd()
        {
            if (Path.DirectorySeparatorChar == '\\') return false; // Windows has no signals, and .NET no Ctrl-Break
            try
            {
                using (var kill = Process.Start(new ProcessStartInfo("kill", "-TERM " + process.Id) { UseShellExecute = false }))
                    return kill != null;
            }
            catch (Exception)
            {
                return false;
            }
        }

        void Kill()
        {
            try
            {
                process.Kill();
            }
            catch (Exception error) when (error is InvalidOperationException || error is System.ComponentModel.Win32Exception)
            {
                // it has ended meanwhile
            }
        }

        void Keep(string line)
        {
            if (line == null) return;
            lock (words)
            {
                words.Enqueue(line);
                if (words.Count > WordsKept) words.Dequeue();
            }
        }

        static ProcessStartInfo HowToStart(ClientOptions options, string program, string folder)
        {
            int own;
            using (var self = Process.GetCurrentProcess()) own = self.Id;
            var arguments = new List<string>(options.ProgramArguments);
            arguments.AddRange(new[] { "serve", "--data-dir", folder, "--exit-with-parent", own.ToString() });
            if (!options.ServeArguments.Contains("--bind"))
                arguments.AddRange(new[] { "--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0" });
            arguments.AddRange(options.ServeArguments);
            var line = new StringBuilder();
            foreach (var argument in arguments) Quote(line, argument);
            return new ProcessStartInfo(program, line.ToString())
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                StandardErrorEncoding = Encoding.UTF8,
            };
        }

        /// <summary>Quotes as programs of both Windows and .NET on other systems read it.</summary>
        static void Quote(StringBuilder line, string argument)
        {
            if (line.Length > 0) line.Append(' ');
            if (argument.Length > 0 && argument.IndexOfAny(new[] { ' ', '\t', '"' }) < 0)
            {
                line.Append(argument);
                return;
            }
            line.Append('"');
            var slashes = 0;
            foreach (var letter in argument)
            {
                if (letter == '\\')
                {
                    slashes++;
                    continue;
                }
                line.Append('\\', letter == '"' ? 2 * slashes + 1 : slashes).Append(letter);
                slashes = 0;
            }
            line.Append('\\', 2 * slashes).Append('"');
        }
    }
}
