using System;

namespace NpcRuntime
{
    /// <summary>Why something was refused or failed. `Code` is for programs, the rest for whoever develops the game.</summary>
    public sealed class NpcError
    {
        /// <summary>Nobody listens, or the daemon could not be started. The other codes are in Messages.ErrorCodes.</summary>
        public const string Unreachable = "unreachable";

        /// <summary>One of Messages.ErrorCodes, or `unreachable`.</summary>
        public readonly string Code;
        /// <summary>What is wrong.</summary>
        public readonly string Message;
        /// <summary>What would be right; may be empty.</summary>
        public readonly string Hint;
        /// <summary>More for programs, by code; never null.</summary>
        public readonly Map Detail;

        public NpcError(string code, string message, string hint = "", Map detail = null)
        {
            Code = code;
            Message = message;
            Hint = hint ?? "";
            Detail = detail ?? new Map();
        }

        public override string ToString()
        {
            return Code + ": " + Message + (Hint.Length > 0 ? " (" + Hint + ")" : "");
        }
    }

    /// <summary>An NpcError that is thrown.</summary>
    public sealed class NpcException : Exception
    {
        public readonly NpcError Error;

        public NpcException(NpcError error) : base(error.ToString()) { Error = error; }
    }
}
