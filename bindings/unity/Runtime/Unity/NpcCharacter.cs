using System.Collections.Generic;
using NpcRuntime.Messages;
using UnityEngine;
using UnityEngine.Events;

namespace NpcRuntime
{
    /// <summary>A character of the pack, on an object of the scene: it lives while the object is enabled.</summary>
    [AddComponentMenu("NPC Runtime/NPC Character")]
    public sealed class NpcCharacter : MonoBehaviour
    {
        [Tooltip("Who it is in the pack: mira.")]
        public string npc = "mira";
        [Tooltip("Where it is: smithy. Empty: where it was, or where its persona says.")]
        public string place = "";
        [Tooltip("Takes it out of the world when the object is disabled, rather than leave it to go on living there.")]
        public bool despawnWhenDisabled;
        [Tooltip("A sentence counts as heard when On Sentence returns. Off where it is played as sound: call Heard then.")]
        public bool heardAtOnce = true;

        [Tooltip("It lives.")]
        public UnityEvent onSpawned = new UnityEvent();
        [Tooltip("The emotion of what comes next: neutral, happy, sad, angry, afraid, surprised, tired or wary.")]
        public TextEvent onEmotion = new TextEvent();
        [Tooltip("A sentence that it says.")]
        public TextEvent onSentence = new TextEvent();
        [Tooltip("It proposes one of the actions that were offered.")]
        public ActionEvent onAction = new ActionEvent();
        [Tooltip("It has said all: the whole text.")]
        public TextEvent onEnded = new TextEvent();
        [Tooltip("Why it cannot answer, in words.")]
        public TextEvent onFailed = new TextEvent();

        Reply reply;
        readonly Queue<Say> lines = new Queue<Say>(); // said before it lived
        NpcRuntimeHost host;
        NpcClient client;

        /// <summary>The character; null before onSpawned.</summary>
        public Npc Npc { get; private set; }

        /// <summary>The player says a line to it. Fits a UnityEvent, such as that of an input field.</summary>
        public void Say(string text)
        {
            if (host != null) Say(new Say { From = host.player, Text = text });
            else onFailed.Invoke("there is no NPC Runtime Host in the scene");
        }

        /// <summary>Says a line with all that can be said of it. Null where the character does not live yet: it is said then.</summary>
        public Reply Say(Say line)
        {
            if (Npc == null)
            {
                lines.Enqueue(line);
                return null;
            }
            var begun = Npc.Say(line);
            reply = begun;
            begun.AutoHeard = heardAtOnce;
            begun.Began += emotion => onEmotion.Invoke(emotion);
            begun.Said += sentence => onSentence.Invoke(sentence);
            begun.Proposed += action => onAction.Invoke(action.Name, action.Args.ToArray());
            begun.Ended += ended => onEnded.Invoke(ended.Text);
            begun.Silent += none => onEnded.Invoke("");
            begun.Failed += error => onFailed.Invoke(error.ToString());
            return begun;
        }

        /// <summary>The player has come near: its first word then comes sooner. Fits the event of a trigger around it.</summary>
        public void PlayerNear()
        {
            if (Npc != null && host != null) Npc.Near(host.player);
        }

        /// <summary>So many sentences of the line were really spoken. Needed where `heardAtOnce` is off.</summary>
        public void Heard(int sentences)
        {
            if (reply != null) reply.Heard(sentences);
        }

        /// <summary>Says what became of the action that it proposed; `reason` says why not.</summary>
        public void Result(bool done, string reason = null)
        {
            if (reply != null) reply.Result(done, reason);
        }

        /// <summary>The player walks away: the character stops, and what was not heard did not happen.</summary>
        public void WalkAway()
        {
            if (reply != null) reply.Cancel();
        }

        /// <summary>It is at another place of the pack now.</summary>
        public void MoveTo(string to)
        {
            place = to;
            if (Npc != null) Npc.Move(to);
        }

        void OnEnable() { Attach(); }

        void Update()
        {
            // The host may come later, from another scene, or begin anew when it is disabled and enabled.
            var found = NpcRuntimeHost.Instance;
            if (found != null && found.Client != client) Attach();
        }

        void OnDisable()
        {
            WalkAway();
            reply = null;
            lines.Clear();
            if (host != null)
            {
                host.NotWhenReady(Spawn);
                if (despawnWhenDisabled && Npc != null && host.World == Npc.World) Npc.Despawn();
            }
            host = null;
            client = null;
            Npc = null;
        }

        void Attach()
        {
            host = NpcRuntimeHost.Instance;
            if (host == null) return;
            client = host.Client;
            Npc = null;
            host.WhenReady(Spawn);
        }

        void Spawn(World world)
        {
            world.Spawn(npc, spawned =>
            {
                if (host == null || host.World != world) return; // disabled meanwhile
                Npc = spawned;
                onSpawned.Invoke();
                while (lines.Count > 0) Say(lines.Dequeue());
            }, place.Length > 0 ? place : null, error => onFailed.Invoke(error.ToString()));
        }
    }
}
