using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

/// <summary>As much of JSON as the driver writes and reads: maps, lists, texts, numbers, true, false and null.</summary>
static class Json
{
    public static Dictionary<string, object> Read(string line)
    {
        var at = 0;
        return (Dictionary<string, object>)Value(line, ref at);
    }

    public static string Write(object value)
    {
        var line = new StringBuilder();
        Put(line, value);
        return line.ToString();
    }

    static object Value(string text, ref int at)
    {
        Blank(text, ref at);
        switch (text[at])
        {
            case '{': return Table(text, ref at);
            case '[': return Items(text, ref at);
            case '"': return Text(text, ref at);
        }
        var begin = at;
        while (at < text.Length && " ,]}".IndexOf(text[at]) < 0) at++;
        var word = text.Substring(begin, at - begin);
        if (word == "null") return null;
        if (word == "true" || word == "false") return word == "true";
        return double.Parse(word, CultureInfo.InvariantCulture);
    }

    static Dictionary<string, object> Table(string text, ref int at)
    {
        var table = new Dictionary<string, object>();
        for (at++; !Ends(text, ref at, '}');)
        {
            var key = Text(text, ref at);
            Blank(text, ref at);
            at++; // the colon
            table[key] = Value(text, ref at);
        }
        return table;
    }

    static List<object> Items(string text, ref int at)
    {
        var items = new List<object>();
        for (at++; !Ends(text, ref at, ']');) items.Add(Value(text, ref at));
        return items;
    }

    static bool Ends(string text, ref int at, char end)
    {
        while (text[at] == ' ' || text[at] == ',') at++;
        if (text[at] != end) return false;
        at++;
        return true;
    }

    static void Blank(string text, ref int at)
    {
        while (text[at] == ' ') at++;
    }

    static string Text(string text, ref int at)
    {
        var held = new StringBuilder();
        for (at++; text[at] != '"'; at++)
        {
            if (text[at] != '\\')
            {
                held.Append(text[at]);
                continue;
            }
            at++;
            if (text[at] == 'u')
            {
                held.Append((char)Convert.ToInt32(text.Substring(at + 1, 4), 16));
                at += 4;
            }
            else
            {
                var found = "nrtbf".IndexOf(text[at]);
                held.Append(found < 0 ? text[at] : "\n\r\t\b\f"[found]);
            }
        }
        at++;
        return held.ToString();
    }

    static void Put(StringBuilder to, object value)
    {
        var table = value as System.Collections.IDictionary;
        var items = value as System.Collections.IEnumerable;
        if (value == null) to.Append("null");
        else if (value is bool) to.Append((bool)value ? "true" : "false");
        else if (value is string) Put(to, (string)value);
        else if (table != null) PutTable(to, table);
        else if (items != null) PutItems(to, items);
        else to.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
    }

    static void PutTable(StringBuilder to, System.Collections.IDictionary table)
    {
        to.Append('{');
        var first = true;
        foreach (System.Collections.DictionaryEntry entry in table)
        {
            if (!first) to.Append(',');
            first = false;
            Put(to, (string)entry.Key);
            to.Append(':');
            Put(to, entry.Value);
        }
        to.Append('}');
    }

    static void PutItems(StringBuilder to, System.Collections.IEnumerable items)
    {
        to.Append('[');
        var first = true;
        foreach (var item in items)
        {
            if (!first) to.Append(',');
            first = false;
            Put(to, item);
        }
        to.Append(']');
    }

    static void Put(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (var each in text)
        {
            if (each >= ' ' && each < 127 && each != '"' && each != '\\') to.Append(each);
            else to.Append("\\u").Append(((int)each).ToString("x4"));
        }
        to.Append('"');
    }
}
