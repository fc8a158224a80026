using System;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>A turn of a scene: who speaks to whom, what the turn does, and the line as it comes.</summary>
    public sealed class Turn : Line
    {
        internal Turn(NpcClient client, string world, SceneTurn told) : base(client, world)
        {
            Told = told;
            Id = told.Reply;
            Speaker = told.Npc;
        }

        /// <summary>Its number, whom it is said to, what it does (`accuse`, `cite`, ...), and the heat of the speaker.</summary>
        public SceneTurn Told { get; private set; }
    }

    /// <summary>
    /// Characters speak among themselves. The next turn waits until the one before was heard: when the handlers of
    /// TurnEnded return, unless AutoHeard is off.
    /// </summary>
    public abstract class Scene
    {
        const double Patience = 60; // beyond the scene's own time

        readonly NpcClient client;
        readonly string world;
        readonly string request;
        Turn turn;

        /// <summary>Somebody begins to speak; the emotion is not known yet.</summary>
        public event Action<Turn> TurnBegan;
        /// <summary>The emotion of the turn, before its first word.</summary>
        public event Action<Turn, string> Began;
        /// <summary>A whole sentence of the turn.</summary>
        public event Action<Turn, string> Said;
        /// <summary>It proposes an action: the game decides, and tells by Result(...) of the turn.</summary>
        public event Action<Turn, ReplyAction> Proposed;
        /// <summary>The whole line is there.</summary>
        public event Action<Turn> TurnEnded;
        /// <summary>It was refused, or broke off.</summary>
        public event Action<NpcError> Failed;

        internal Scene(NpcClient client, Request start, double seconds)
        {
            this.client = client;
            world = start.World;
            AutoHeard = true;
            Id = "";
            request = client.Exchange(start, Take, Fail, seconds + Patience);
        }

        /// <summary>Names it in other requests; empty before it has begun.</summary>
        public string Id { get; protected set; }

        /// <summary>Whether it has ended or failed.</summary>
        public bool IsOver { get; protected set; }

        /// <summary>
        /// Whether the client says by itself that a turn was heard. To be turned off where lines are played as sound: call
        /// HeardAll() of the turn when it has been spoken then.
        /// </summary>
        public bool AutoHeard { get; set; }

        protected NpcClient Client
        {
            get { return client; }
        }

        protected string World
        {
            get { return world; }
        }

        /// <summary>Breaks it off; Failed is called with the code `cancelled`, or the end where it came before.</summary>
        public void Cancel()
        {
            if (!IsOver) client.Cancel(request);
        }

        protected abstract void TakeOther(Response message);

        void Fail(NpcError error)
        {
            IsOver = true;
            client.Fail(Failed, "a scene", error);
        }

        void Take(Response message)
        {
            var began = message as SceneTurn;
            var start = message as ReplyStart;
            var delta = message as ReplyDelta;
            var sentence = message as ReplySentence;
            var action = message as ReplyAction;
            var end = message as ReplyEnd;
            if (began != null)
            {
                turn = new Turn(client, world, began);
                if (TurnBegan != null) TurnBegan(turn);
            }
            else if (turn != null && start != null)
            {
                turn.Add(start);
                if (Began != null) Began(turn, start.Emotion);
            }
            else if (turn != null && delta != null)
            {
                turn.Add(delta);
            }
            else if (turn != null && sentence != null)
            {
                turn.Add(sentence);
                if (Said != null) Said(turn, sentence.Text);
            }
            else if (turn != null && action != null)
            {
                if (Proposed != null) Proposed(turn, action);
            }
            else if (turn != null && end != null)
            {
                turn.Add(end);
                if (TurnEnded != null) TurnEnded(turn);
                if (!AutoHeard) return;
                if (end.Finish != Finishes.Cancelled) turn.HeardAll();
                else turn.Heard(turn.Sentences.Count); // as far as it was spoken
            }
            else
            {
                TakeOther(message);
            }
        }
    }
}
