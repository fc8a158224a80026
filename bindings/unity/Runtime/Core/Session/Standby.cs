using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace NpcRuntime
{
    /// <summary>
    /// Where a daemon describes itself that cannot write its data folder: section 3 of the protocol has the places. The
    /// temporary folder is none of them here: .NET cannot tell whose a folder is.
    /// </summary>
    static class Standby
    {
        const int MarkDigits = 12;

        public static IEnumerable<string> Of(string folder)
        {
            var mark = Mark(folder);
            return RuntimeFolders().Where(Path.IsPathRooted).Select(place => Path.Combine(Path.Combine(place, "npc-runtime"), mark));
        }

        static IEnumerable<string> RuntimeFolders()
        {
            if (Systems.IsWindows) return new[] { Path.Combine(Systems.Variable("LOCALAPPDATA"), "Temp") };
            if (Systems.IsMac) return new[] { Path.Combine(Systems.Variable("HOME"), "Library/Caches/TemporaryItems") };
            return new[] { Systems.Variable("XDG_RUNTIME_DIR"), "/run/user/" + Uid() };
        }

        static string Uid()
        {
            try
            {
                var line = File.ReadAllLines("/proc/self/status").FirstOrDefault(each => each.StartsWith("Uid:", StringComparison.Ordinal));
                return line == null ? "none" : line.Split('\t')[1];
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
            {
                return "none";
            }
        }

        static string Mark(string folder)
        {
            using (var hash = SHA256.Create())
            {
                var digits = BitConverter.ToString(hash.ComputeHash(Encoding.UTF8.GetBytes(folder)));
                return digits.Replace("-", "").ToLowerInvariant().Substring(0, MarkDigits);
            }
        }
    }
}
