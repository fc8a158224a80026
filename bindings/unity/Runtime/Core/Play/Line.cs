using System;
using System.Collections.Generic;
using System.Text;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>What a character says, as it comes: a reply to a line, or a turn in a scene.</summary>
    public class Line
    {
        readonly NpcClient client;
        readonly string world;
        readonly List<string> sentences = new List<string>();
        readonly StringBuilder written = new StringBuilder();
        string text = ""; // null: to be made of what was written, when somebody asks
        int whole; // so much of what was written is whole sentences
        int heard = -1;

        internal Line(NpcClient client, string world)
        {
            this.client = client;
            this.world = world;
            Id = Speaker = Emotion = Source = "";
        }

        /// <summary>Names it in `why` and `feedback`; empty before its first message.</summary>
        public string Id { get; internal set; }
        /// <summary>The entity id of who speaks; empty before that is known.</summary>
        public string Speaker { get; internal set; }
        /// <summary>One of Messages.Emotions.</summary>
        public string Emotion { get; private set; }
        /// <summary>One of Messages.Sources: whether a model wrote it.</summary>
        public string Source { get; private set; }
        /// <summary>The text so far; the whole of it at the end.</summary>
        public string Text
        {
            get { return text ?? (text = written.ToString()); }
        }

        /// <summary>What else there is to know of it, once it has ended; null before.</summary>
        public ReplyEnd End { get; private set; }

        /// <summary>The sentences so far.</summary>
        public IList<string> Sentences
        {
            get { return sentences.AsReadOnly(); }
        }

        /// <summary>
        /// Says that so many sentences were really spoken; only that is remembered. Nothing that was heard before is taken
        /// back. Needed only where AutoHeard is off.
        /// </summary>
        public void Heard(int count)
        {
            if (Id.Length == 0 || count <= heard) return;
            heard = count;
            Post(count);
        }

        /// <summary>Says that all of it was spoken.</summary>
        public void HeardAll()
        {
            if (Id.Length == 0 || heard == int.MaxValue) return;
            if (End == null || sentences.Count == 0 || heard < sentences.Count) Post(null);
            heard = int.MaxValue;
        }

        /// <summary>
        /// Says what became of the action that it proposed: whoever heard the line remembers that. `reason` says why not
        /// (`none are left`); `what` is the whole of it in a sentence, and made of the action where it is left out.
        /// </summary>
        public void Result(bool done, string reason = null, string what = null, Action<WorldPerceived> perceived = null, Action<NpcError> failed = null)
        {
            client.Ask(new ActionResult { World = world, Reply = Id, Done = done, Reason = reason, What = what }, perceived, failed);
        }

        internal void Add(ReplyStart start)
        {
            Id = start.Reply;
            Speaker = start.Npc;
            Emotion = start.Emotion;
            Source = start.Source;
        }

        internal void Add(ReplyDelta delta)
        {
            written.Append(delta.Text);
            text = null;
        }

        internal void Add(ReplySentence sentence)
        {
            Id = sentence.Reply;
            sentences.Add(sentence.Text);
            written.Length = whole; // the runs of text that it came in
            if (whole > 0) written.Append(' ');
            whole = written.Append(sentence.Text).Length;
            text = null;
        }

        internal void Add(ReplyEnd end)
        {
            End = end;
            Id = end.Reply;
            Speaker = end.Npc;
            Emotion = end.Emotion;
            Source = end.Source;
            text = end.Text;
        }

        void Post(long? upto)
        {
            // Refused where the world went on without it, by loading a save for example: nobody need know.
            client.Exchange(new Heard { World = world, Reply = Id, Upto = upto }, null, null, 10);
        }
    }
}
