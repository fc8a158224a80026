using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace NpcRuntime
{
    /// <summary>Which NPC Runtime is started where the game names none: section 3 of the protocol has the rule.</summary>
    static class ProgramPlace
    {
        const string Name = "npc-runtime";

        static string FileName
        {
            get { return Systems.IsWindows ? Name + ".exe" : Name; }
        }

        /// <summary>Looks beside the game, in `more` folders that stand for it, where all games share one, and on the PATH.</summary>
        public static string Find(IEnumerable<string> more)
        {
            var named = Systems.Variable("NPC_RUNTIME");
            if (named.Length > 0) return Told(named);
            var folders = Beside(more).Select(folder => Path.Combine(folder, Name)).Concat(Shared()).ToList();
            var onPath = Systems.Variable("PATH").Split(Path.PathSeparator).Where(folder => folder.Trim().Length > 0);
            foreach (var folder in folders.Concat(onPath))
            {
                var program = Path.Combine(folder, FileName);
                if (File.Exists(program)) return program;
            }
            throw new NpcException(new NpcError(NpcError.Unreachable,
                "NPC Runtime was not found: neither in " + string.Join(", ", folders.ToArray()) + ", nor on the PATH",
                "put its folder " + Name + " beside the game or into StreamingAssets, or name the program in the options"));
        }

        static string Told(string named)
        {
            var program = Directory.Exists(named) ? Path.Combine(named, FileName) : named;
            if (File.Exists(program)) return program;
            throw new NpcException(new NpcError(NpcError.Unreachable,
                "NPC_RUNTIME names " + named + ", and there is no program " + program,
                "name the folder of NPC Runtime or the program in it"));
        }

        static IEnumerable<string> Beside(IEnumerable<string> more)
        {
            var own = "";
            try
            {
                using (var self = Process.GetCurrentProcess()) own = Path.GetDirectoryName(self.MainModule.FileName);
            }
            catch (Exception error) when (error is Win32Exception || error is InvalidOperationException || error is NotSupportedException)
            {
                // some players do not tell
            }
            var folders = new[] { own, AppDomain.CurrentDomain.BaseDirectory }.Concat(more);
            return folders.Concat(new[] { Directory.GetCurrentDirectory() }).Where(folder => !string.IsNullOrEmpty(folder));
        }

        static IEnumerable<string> Shared()
        {
            if (Systems.IsWindows)
            {
                var roots = new[] { Path.Combine(Systems.Variable("LOCALAPPDATA"), "Programs"), Systems.Variable("ProgramFiles") };
                return roots.Where(Path.IsPathRooted).Select(root => Path.Combine(root, Name));
            }
            var home = Systems.Variable("HOME");
            return Systems.IsMac
                ? new[] { Path.Combine(Path.Combine(home, "Applications"), Name), "/Applications/" + Name }
                : new[] { Path.Combine(Path.Combine(home, ".local/lib"), Name), "/opt/" + Name };
        }
    }
}
