using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace NpcRuntime
{
    /// <summary>Reads msgpack. Whatever is wrong with the bytes is an InvalidDataException.</summary>
    public sealed class MsgPackReader
    {
        static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);

        const int MostKnown = 24;
        static readonly string[] Words = new string[1024];
        static readonly object True = true, False = false;

        readonly byte[] bytes;
        int at;

        MsgPackReader(byte[] bytes) { this.bytes = bytes; }

        /// <summary>Reads one map that fills all the bytes.</summary>
        public static Map Unpack(byte[] bytes)
        {
            var reader = new MsgPackReader(bytes);
            Map map;
            try
            {
                map = reader.Value(0) as Map;
            }
            catch (ArgumentException error) // text that is no UTF-8
            {
                throw new InvalidDataException(error.Message);
            }
            if (map == null) throw new InvalidDataException("a message is a map");
            if (reader.at != bytes.Length) throw new InvalidDataException("there is something behind the message");
            return map;
        }

        /// <summary>
        /// The same few words come again and again, the names of all fields among them: one string for each will do. The
        /// threads of several clients may share them, since a place holds a whole string or another.
        /// </summary>
        string Known(int length)
        {
            if (length == 0) return "";
            if (length > MostKnown) return null;
            var mark = 17;
            for (var i = at; i < at + length; i++)
            {
                if (bytes[i] >= 0x80) return null;
                mark = mark * 31 + bytes[i];
            }
            mark &= Words.Length - 1;
            var word = Words[mark];
            if (word != null && Is(word, length)) return word;
            return Words[mark] = Utf8.GetString(bytes, at, length);
        }

        bool Is(string word, int length)
        {
            if (word.Length != length) return false;
            for (var i = 0; i < length; i++) if (word[i] != bytes[at + i]) return false;
            return true;
        }

        object Value(int depth)
        {
            if (depth > MsgPackWriter.MostDepth) throw new InvalidDataException("values are nested too deep");
            var tag = (byte)Bits(1);
            if (tag < 0x80) return (long)tag;
            if (tag < 0x90) return ReadMap(tag & 15, depth);
            if (tag < 0xa0) return ReadList(tag & 15, depth);
            if (tag < 0xc0) return ReadText(tag & 31);
            if (tag >= 0xe0) return (long)(sbyte)tag;
            switch (tag)
            {
                case 0xc0: return null;
                case 0xc2: return False;
                case 0xc3: return True;
                case 0xca: return (double)BitConverter.ToSingle(BitConverter.GetBytes((uint)Bits(4)), 0);
                case 0xcb: return BitConverter.Int64BitsToDouble((long)Bits(8));
                case 0xcc: return (long)Bits(1);
                case 0xcd: return (long)Bits(2);
                case 0xce: return (long)Bits(4);
                case 0xcf: return Unsigned(Bits(8));
                case 0xd0: return (long)(sbyte)Bits(1);
                case 0xd1: return (long)(short)Bits(2);
                case 0xd2: return (long)(int)Bits(4);
                case 0xd3: return (long)Bits(8);
                case 0xd9: return ReadText(Length(1));
                case 0xda: return ReadText(Length(2));
                case 0xdb: return ReadText(Length(4));
                case 0xdc: return ReadList(Length(2), depth);
                case 0xdd: return ReadList(Length(4), depth);
                case 0xde: return ReadMap(Length(2), depth);
                case 0xdf: return ReadMap(Length(4), depth);
                default: throw new InvalidDataException("the protocol has no msgpack value 0x" + tag.ToString("x2"));
            }
        }

        static object Unsigned(ulong value)
        {
            return value <= long.MaxValue ? (object)(long)value : (double)value;
        }

        ulong Bits(int count)
        {
            if (count > bytes.Length - at) throw new InvalidDataException("the message ends too early");
            ulong value = 0;
            for (; count > 0; count--) value = value << 8 | bytes[at++];
            return value;
        }

        int Length(int count)
        {
            var length = Bits(count);
            // Nothing can be longer than the bytes that are left: so no length makes this reserve memory in vain.
            if (length > (ulong)(bytes.Length - at)) throw new InvalidDataException("the message ends too early");
            return (int)length;
        }

        string ReadText(int length)
        {
            if (length > bytes.Length - at) throw new InvalidDataException("the message ends too early");
            var text = Known(length) ?? Utf8.GetString(bytes, at, length);
            at += length;
            return text;
        }

        List<object> ReadList(int length, int depth)
        {
            var list = new List<object>(length);
            for (; length > 0; length--) list.Add(Value(depth + 1));
            return list;
        }

        Map ReadMap(int length, int depth)
        {
            var map = new Map(length);
            for (; length > 0; length--)
            {
                var key = Value(depth + 1) as string;
                if (key == null) throw new InvalidDataException("the keys of a map must be strings");
                map[key] = Value(depth + 1);
            }
            return map;
        }
    }
}
