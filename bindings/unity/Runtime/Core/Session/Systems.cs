using System;
using System.IO;

namespace NpcRuntime
{
    /// <summary>The operating system, and what it says of this process.</summary>
    static class Systems
    {
        public static bool IsWindows
        {
            get { return Path.DirectorySeparatorChar == '\\'; }
        }

        /// <summary>.NET calls it Unix; only a Mac has this folder.</summary>
        public static bool IsMac
        {
            get { return !IsWindows && Directory.Exists("/System/Library/CoreServices"); }
        }

        /// <summary>A variable of the environment; empty where there is none.</summary>
        public static string Variable(string name) { return Environment.GetEnvironmentVariable(name) ?? ""; }
    }
}
