using System;
using System.Collections;
using System.IO;
using System.Text;

namespace NpcRuntime
{
    /// <summary>Writes msgpack, as much of it as the protocol needs: no bytes and no extension types.</summary>
    public static class MsgPackWriter
    {
        /// <summary>Deeper values than this are refused: lists that hold themselves, most likely.</summary>
        public const int MostDepth = 32;

        static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        /// <summary>The bytes of a map. Throws NpcException where it holds what cannot be sent.</summary>
        public static byte[] Pack(Map map)
        {
            using (var stream = new MemoryStream(256))
            {
                Write(stream, map, 0);
                return stream.ToArray();
            }
        }

        static void Write(Stream to, object value, int depth)
        {
            if (depth > MostDepth) throw Wrong("values are nested deeper than " + MostDepth + " levels");
            if (value == null) to.WriteByte(0xc0);
            else if (value is bool) to.WriteByte((byte)((bool)value ? 0xc3 : 0xc2));
            else if (value is string) WriteText(to, (string)value);
            else if (value is long) WriteInteger(to, (long)value);
            else if (value is int) WriteInteger(to, (int)value);
            else if (value is double) WriteNumber(to, (double)value);
            else if (value is float) WriteNumber(to, (float)value);
            else if (value is IPart) Write(to, ((IPart)value).ToMap(), depth);
            else if (value is IDictionary) WriteMap(to, (IDictionary)value, depth);
            else if (value is IList) WriteList(to, (IList)value, depth);
            else throw Wrong("a value of type " + value.GetType().Name + " cannot be sent");
        }

        static void WriteMap(Stream to, IDictionary map, int depth)
        {
            WriteLength(to, map.Count, 0x80, 16, 0, 0xde, 0xdf);
            foreach (DictionaryEntry entry in map)
            {
                var key = entry.Key as string;
                if (key == null) throw Wrong("the keys of a map must be strings");
                WriteText(to, key);
                Write(to, entry.Value, depth + 1);
            }
        }

        static void WriteList(Stream to, IList list, int depth)
        {
            WriteLength(to, list.Count, 0x90, 16, 0, 0xdc, 0xdd);
            foreach (var each in list) Write(to, each, depth + 1);
        }

        static void WriteText(Stream to, string text)
        {
            byte[] bytes;
            try
            {
                bytes = Utf8.GetBytes(text);
            }
            catch (EncoderFallbackException)
            {
                throw Wrong("a text holds half of a character (a lone surrogate)");
            }
            WriteLength(to, bytes.Length, 0xa0, 32, 0xd9, 0xda, 0xdb);
            to.Write(bytes, 0, bytes.Length);
        }

        static void WriteLength(Stream to, int length, int tiny, int tinyBelow, int tag8, int tag16, int tag32)
        {
            if (length < tinyBelow) to.WriteByte((byte)(tiny | length));
            else if (tag8 != 0 && length < 0x100) WriteTagged(to, tag8, (ulong)length, 1);
            else if (length < 0x10000) WriteTagged(to, tag16, (ulong)length, 2);
            else WriteTagged(to, tag32, (ulong)length, 4);
        }

        static void WriteInteger(Stream to, long value)
        {
            if (value >= -32 && value < 128) to.WriteByte((byte)value);
            else if (value == (sbyte)value) WriteTagged(to, 0xd0, (ulong)value, 1);
            else if (value == (short)value) WriteTagged(to, 0xd1, (ulong)value, 2);
            else if (value == (int)value) WriteTagged(to, 0xd2, (ulong)value, 4);
            else WriteTagged(to, 0xd3, (ulong)value, 8);
        }

        static void WriteNumber(Stream to, double value)
        {
            if (double.IsNaN(value) || double.IsInfinity(value)) throw Wrong(value + " is not a number that can be sent");
            WriteTagged(to, 0xcb, (ulong)BitConverter.DoubleToInt64Bits(value), 8);
        }

        static void WriteTagged(Stream to, int tag, ulong value, int bytes)
        {
            to.WriteByte((byte)tag);
            for (var shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to.WriteByte((byte)(value >> shift));
        }

        static NpcException Wrong(string what)
        {
            return new NpcException(new NpcError(Messages.ErrorCodes.Invalid, what));
        }
    }
}
