using System;
using System.Collections;
using System.Collections.Generic;

namespace NpcRuntime
{
    /// <summary>
    /// A msgpack map. Values are null, bool, long, double, string, List&lt;object&gt; and Map when it was read; when it
    /// is written, any list and any IPart will do too.
    /// </summary>
    public sealed class Map : Dictionary<string, object>
    {
        public Map() : base(StringComparer.Ordinal) { }

        internal Map(int capacity) : base(capacity, StringComparer.Ordinal) { }

        /// <summary>The text of a key; empty where there is none.</summary>
        public string Text(string key)
        {
            object value;
            return TryGetValue(key, out value) ? AsText(value) ?? "" : "";
        }

        /// <summary>Whether there is a value that is not nil.</summary>
        public bool Has(string key, out object value)
        {
            return TryGetValue(key, out value) && value != null;
        }

        // A value of another type than the specification says is read as its default: a client is no judge of the daemon.

        public static string AsText(object value) { return value as string; }

        public static long AsInteger(object value) { return AsIntegerOrNull(value) ?? 0; }

        public static long? AsIntegerOrNull(object value)
        {
            if (value is long) return (long)value;
            if (value is int) return (int)value;
            return null;
        }

        public static double AsNumber(object value) { return AsNumberOrNull(value) ?? 0; }

        public static double? AsNumberOrNull(object value)
        {
            if (value is double) return (double)value;
            if (value is float) return (float)value;
            return AsIntegerOrNull(value);
        }

        public static bool AsFlag(object value) { return AsFlagOrNull(value) ?? false; }

        public static bool? AsFlagOrNull(object value) { return value is bool ? (bool?)value : null; }

        public static List<T> AsList<T>(object value, Func<object, T> read)
        {
            var list = new List<T>();
            var values = value as IList;
            if (values != null) foreach (var each in values) list.Add(read(each));
            return list;
        }

        public static Dictionary<string, T> AsTable<T>(object value, Func<object, T> read)
        {
            var table = new Dictionary<string, T>(StringComparer.Ordinal);
            var values = value as Map;
            if (values != null) foreach (var each in values) table[each.Key] = read(each.Value);
            return table;
        }
    }
}
