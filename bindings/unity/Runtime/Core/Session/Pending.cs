using System;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>A request that has not got its last message yet.</summary>
    sealed class Pending
    {
        public readonly Request Request;
        public readonly byte[] Bytes;
        /// <summary>Called for every message but an error.</summary>
        public Action<Response> Each;
        /// <summary>Called where it ends with an error, or with none.</summary>
        public Action<NpcError> Failed;
        /// <summary>Seconds without a message after which it counts as lost.</summary>
        public double Silence;
        /// <summary>Of the session itself: handled on the reading thread, and never sent again.</summary>
        public bool Internal;

        public double Until;
        public bool Sent;
        public bool Answered;

        public Pending(Request request)
        {
            Request = request;
            Bytes = MsgPackWriter.Pack(request.ToMap());
        }

        /// <summary>
        /// Whether it may be asked once more where it is not known if the daemon took it before it ended: not what would
        /// be done twice then.
        /// </summary>
        public bool Repeatable
        {
            get
            {
                var advance = Request as WorldAdvance;
                if (advance != null)
                    return advance.To != null;
                // What a cancel was about is over with its session; a quarrel takes itself up again.
                return !Catalogue.Deed(Request.Type) && Request.Type != "cancel" && Request.Type != "argue.resume";
            }
        }
    }
}
