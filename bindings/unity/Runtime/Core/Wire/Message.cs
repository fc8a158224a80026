using System.Collections.Generic;

namespace NpcRuntime
{
    /// <summary>What is sent as a map inside a message.</summary>
    public interface IPart
    {
        Map ToMap();
    }
}

namespace NpcRuntime.Messages
{
    /// <summary>A message of the protocol.</summary>
    public abstract class Message : IPart
    {
        /// <summary>What it is called on the wire.</summary>
        public abstract string Type { get; }

        /// <summary>As it is sent.</summary>
        public Map ToMap()
        {
            var map = new Map();
            map["type"] = Type;
            WriteBase(map);
            Write(map);
            return map;
        }

        protected abstract void WriteBase(Map map);

        protected virtual void Write(Map map) { }
    }

    /// <summary>What a client asks. Fields that are null are left out, and have their default then.</summary>
    public abstract class Request : Message
    {
        /// <summary>Chosen by the client when it is sent.</summary>
        public string Id;
        /// <summary>The world that it is about; null where it is about none.</summary>
        public string World;

        protected override void WriteBase(Map map)
        {
            map["id"] = Id;
            if (World != null) map["world"] = World;
        }

        protected void ReadBase(Map map)
        {
            object value;
            Id = map.Text("id");
            if (map.Has("world", out value)) World = Map.AsText(value);
        }
    }

    /// <summary>A request with one answer, of the type T.</summary>
    public abstract class Request<T> : Request where T : Response
    {
    }

    /// <summary>What comes because of a request.</summary>
    public abstract class Response : Message
    {
        /// <summary>The id of the request.</summary>
        public string Re = "";
        /// <summary>Nothing more comes for that request.</summary>
        public bool Last;
        /// <summary>Fields of the request that it has not: mistyped, or too new. Null where there are none.</summary>
        public List<string> Warnings;
        /// <summary>False: it is done, and not on disk yet; `health` says why.</summary>
        public bool Kept = true;

        protected override void WriteBase(Map map)
        {
            map["re"] = Re;
            if (Last) map["last"] = true;
            if (Warnings != null) map["warnings"] = Warnings;
            if (!Kept) map["kept"] = false;
        }

        protected void ReadBase(Map map)
        {
            object value;
            Re = map.Text("re");
            if (map.Has("last", out value)) Last = Map.AsFlag(value);
            if (map.Has("warnings", out value)) Warnings = Map.AsList(value, Map.AsText);
            if (map.Has("kept", out value)) Kept = Map.AsFlag(value);
        }
    }

    /// <summary>What happened in a world, whoever caused it.</summary>
    public abstract class Event : Message
    {
        public string World = "";

        protected override void WriteBase(Map map) { map["world"] = World; }

        protected void ReadBase(Map map) { World = map.Text("world"); }
    }
}
