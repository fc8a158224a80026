using System;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>
    /// What is answered to a line, or of lore. Exactly one of Ended, Silent and Failed is called at last, or Found with `Last`. A sentence counts as heard
    /// when its handlers return, unless AutoHeard is off.
    /// </summary>
    public sealed class Reply : Line
    {
        const double Patience = 40; // beyond the deadline: the character may have others to answer first

        readonly NpcClient client;
        readonly string request;
        bool away;
        int taken; // sentences whose handlers have returned

        /// <summary>The emotion, before the first word.</summary>
        public event Action<string> Began;
        /// <summary>A run of text, where the line was said with `Stream = Streams.Delta`.</summary>
        public event Action<string> Wrote;
        /// <summary>A whole sentence.</summary>
        public event Action<string> Said;
        /// <summary>One of the actions that were offered is proposed: the game decides, and tells by Result(...).</summary>
        public event Action<ReplyAction> Proposed;
        /// <summary>It is over: `End.Finish` says how.</summary>
        public event Action<Reply> Ended;
        /// <summary>Nobody answers a line that was said to all, or into an argument.</summary>
        public event Action<ReplyNone> Silent;
        /// <summary>What the lore tells; nobody speaks where its `Last` is true.</summary>
        public event Action<LoreAnswered> Found;
        /// <summary>It was refused, or the session was lost.</summary>
        public event Action<NpcError> Failed;

        internal Reply(NpcClient client, Request line, double? seconds) : base(client, line.World)
        {
            this.client = client;
            AutoHeard = true;
            var welcome = client.Welcome;
            var deadline = seconds ?? (welcome != null ? welcome.Deadline : 20);
            request = client.Exchange(line, Take, error => Fail(line.Type, error), deadline + Patience);
        }

        /// <summary>
        /// Whether the client says by itself what was heard. To be turned off where lines are played as sound: call
        /// Heard(n) as each sentence has been spoken then.
        /// </summary>
        public bool AutoHeard { get; set; }

        /// <summary>The player walks away: no more sentences come, and what was not heard yet did not happen.</summary>
        public void Cancel()
        {
            if (away || End != null) return;
            away = true;
            client.Cancel(request);
        }

        /// <summary>Once, at the end: each `heard` that adds something makes a memory of its own.</summary>
        void HeardTaken()
        {
            if (AutoHeard && taken > 0) Heard(taken);
        }

        void Fail(string type, NpcError error)
        {
            HeardTaken();
            client.Fail(Failed, type, error);
        }

        void Take(Response message)
        {
            var start = message as ReplyStart;
            var delta = message as ReplyDelta;
            var sentence = message as ReplySentence;
            var action = message as ReplyAction;
            var end = message as ReplyEnd;
            var none = message as ReplyNone;
            var lore = message as LoreAnswered;
            if (delta != null)
            {
                Add(delta);
                if (!away && Wrote != null) Wrote(delta.Text);
            }
            else if (start != null)
            {
                Add(start);
                if (!away && Began != null) Began(start.Emotion);
            }
            else if (sentence != null && !away)
            {
                Add(sentence);
                if (Said != null) Said(sentence.Text);
                taken = (int)sentence.Index + 1;
            }
            else if (action != null && !away)
            {
                if (Proposed != null) Proposed(action);
            }
            else if (end != null)
            {
                Add(end);
                HeardTaken();
                if (Ended != null) Ended(this);
                // With `Stream = Streams.End` no sentence came before: the whole was shown just now.
                if (AutoHeard && !away && Sentences.Count == 0 && end.Text.Length > 0) HeardAll();
            }
            else if (none != null && Silent != null)
            {
                Silent(none);
            }
            else if (lore != null && Found != null)
            {
                Found(lore);
            }
        }
    }
}
