using System;
using System.Collections.Generic;
using NpcRuntime.Messages;

namespace NpcRuntime
{
    /// <summary>One playthrough, with its characters. Opened by NpcClient.OpenWorld.</summary>
    public sealed class World
    {
        readonly NpcClient client;
        event Action<Event> happened;
        event Action<EventSpeaking> speaking;

        /// <summary>What the daemon said when it was opened: places, personas, the time, and whether memories are kept.</summary>
        public WorldOpened Opened { get; internal set; }

        internal World(NpcClient client, string id)
        {
            this.client = client;
            Id = id;
        }

        public string Id { get; private set; }

        public NpcClient Client
        {
            get { return client; }
        }

        /// <summary>What happens in the world, whoever causes it. Listening begins with the first handler.</summary>
        public event Action<Event> Happened
        {
            add
            {
                var first = happened == null && speaking == null;
                happened += value;
                if (first) Listen();
            }
            remove
            {
                happened -= value;
                if (happened == null && speaking == null) Ask(new Unsubscribe(), null, null);
            }
        }

        /// <summary>
        /// A sentence is being spoken that another client asked for: for captions on this screen. What was heard of it
        /// comes as an EventSaid of Happened.
        /// </summary>
        public event Action<EventSpeaking> Speaking
        {
            add
            {
                var first = speaking == null;
                speaking += value;
                if (first) Listen();
            }
            remove
            {
                speaking -= value;
                if (speaking != null) return;
                if (happened != null) Listen();
                else Ask(new Unsubscribe(), null, null);
            }
        }

        void Listen() { Ask(new Subscribe { Speech = speaking != null ? (bool?)true : null }, null, null); }

        /// <summary>Makes any other request about this world that has one answer: `new MemoryQuery { ... }`, for example.</summary>
        public void Ask<T>(Request<T> request, Action<T> answered, Action<NpcError> failed = null, double seconds = 10) where T : Response
        {
            request.World = Id;
            client.Ask(request, answered, failed, seconds);
        }

        /// <summary>Brings a character to life; without `at`, where it is or where its persona says.</summary>
        public void Spawn(string npc, Action<Npc> spawned = null, string at = null, Action<NpcError> failed = null)
        {
            Ask(new NpcSpawn { Npc = npc, At = at }, answer => { if (spawned != null) spawned(new Npc(this, answer.Npc)); }, failed);
        }

        /// <summary>
        /// Makes places, beside those that there are or in their stead, by id and as in a pack:
        /// `new Map { { "name", "the mill" }, { "leads_to", new List&lt;string&gt; { "smithy" } } }`.
        /// </summary>
        public void DefinePlaces(Dictionary<string, Map> places, Action done = null, Action<NpcError> failed = null)
        {
            Ask(new PlaceDefine { Places = places }, Then(done), failed);
        }

        /// <summary>
        /// Makes characters who can be spawned then, or changes them, by id and as in a pack's persona files. Those who know
        /// each other are to be defined together.
        /// </summary>
        public void Define(Dictionary<string, Map> personas, Action done = null, Action<NpcError> failed = null)
        {
            Ask(new NpcDefine { Personas = personas }, Then(done), failed);
        }

        /// <summary>Says where a player or a character is now. `name` is how characters call a player.</summary>
        public void Move(string entity, string to, string name = null, Action done = null, Action<NpcError> failed = null)
        {
            Ask(new EntityMove { Entity = entity, To = to, Name = name }, Then(done), failed);
        }

        /// <summary>Something happened: whoever is there perceives and remembers it.</summary>
        public void Tell(WorldEvent happening, Action<WorldPerceived> perceived = null, Action<NpcError> failed = null)
        {
            Ask(happening, perceived, failed);
        }

        /// <summary>Says what is true of the world, a place or an entity; null takes a fact out.</summary>
        public void Set(string scope, string name, object value, string text = null, Action done = null, Action<NpcError> failed = null)
        {
            Ask(new WorldSet { Scope = scope, Name = name, Value = value, Text = text }, Then(done), failed);
        }

        /// <summary>Moves the game's clock on.</summary>
        public void Advance(long seconds, Action<WorldTime> answered = null, Action<NpcError> failed = null)
        {
            Ask(new WorldAdvance { By = seconds }, answered, failed);
        }

        /// <summary>Keeps the world as it is now under a name.</summary>
        public void Save(string save, Action<SaveCreated> saved = null, Action<NpcError> failed = null)
        {
            Ask(new SaveCreate { Save = save }, saved, failed, 60);
        }

        /// <summary>Goes back to a save: nothing that happened since is remembered. Spawn the game's characters again then.</summary>
        public void Restore(string save, Action<SaveRestored> restored = null, Action<NpcError> failed = null)
        {
            Ask(new SaveRestore { Save = save }, restored, failed, 60);
        }

        /// <summary>The saves of this world, the first 500 of them.</summary>
        public void Saves(Action<List<SaveInfo>> answered, Action<NpcError> failed = null)
        {
            Ask(new SaveList(), listing => answered(listing.Saves), failed);
        }

        /// <summary>Gives a save up.</summary>
        public void DeleteSave(string save, Action done = null, Action<NpcError> failed = null)
        {
            Ask(new SaveDelete { Save = save }, Then(done), failed);
        }

        /// <summary>Somebody says a line to all who are there, or to those in `heardBy`; one of them answers, or nobody.</summary>
        public Reply SayToAll(string speaker, string text, List<string> heardBy = null)
        {
            return Say(new Say { From = speaker, Text = text, HeardBy = heardBy });
        }

        /// <summary>Says a line with all that can be said of it: actions on offer, a deadline, whether it is private.</summary>
        public Reply Say(Say line)
        {
            line.World = Id;
            return new Reply(client, line, line.Deadline);
        }

        /// <summary>Asks what the lore may tell; a character who may know it answers, where there is one.</summary>
        public Reply AskLore(LoreAsk question)
        {
            question.World = Id;
            return new Reply(client, question, question.Deadline);
        }

        /// <summary>Has characters who are at one place quarrel.</summary>
        public Quarrel Argue(string about, params string[] between)
        {
            return Argue(new ArgueStart { Between = new List<string>(between), About = about });
        }

        /// <summary>
        /// The same with stakes, limits, who hears it, and parties: what one's `Amends` says is what `Agreed` of the outcome
        /// names where its demand is met.
        /// </summary>
        public Quarrel Argue(ArgueStart start)
        {
            start.World = Id;
            return new Quarrel(client, start, start.Limits != null ? start.Limits.Seconds : null);
        }

        /// <summary>Takes up a quarrel that broke off: see Arguments.</summary>
        public Quarrel ResumeQuarrel(string argument, List<string> heardBy = null)
        {
            return new Quarrel(client, new ArgueResume { World = Id, Argument = argument, HeardBy = heardBy }, null);
        }

        /// <summary>Quarrels that are not settled: those going on, and those that can be resumed; the first 500 of them.</summary>
        public void Arguments(Action<List<ArgumentInfo>> answered, Action<NpcError> failed = null)
        {
            Ask(new ArgueList(), listing => answered(listing.Arguments), failed);
        }

        /// <summary>Has characters who are at one place talk among themselves.</summary>
        public Encounter Meet(EncounterStart start)
        {
            start.World = Id;
            return new Encounter(client, start);
        }

        /// <summary>Closes the world: everything is written, and its file is let go of.</summary>
        public void Close(Action done = null, Action<NpcError> failed = null)
        {
            Ask(new WorldClose(), _ =>
            {
                client.Forget(this);
                if (done != null) done();
            }, failed, 60);
        }

        internal void Happen(Event what)
        {
            var sentence = what as EventSpeaking;
            if (sentence == null && happened != null) happened(what);
            else if (sentence != null && speaking != null) speaking(sentence);
        }

        internal static Action<Done> Then(Action done)
        {
            return _ => { if (done != null) done(); };
        }
    }
}
