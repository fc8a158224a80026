using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using NpcRuntime;
using NpcRuntime.Messages;

/// <summary>Frames in hex, from standard input.</summary>
static class Bytes
{
    /// <summary>Reads bodies, one a line, into their classes, and writes them again.</summary>
    public static int Encode()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var message = Catalogue.Read(MsgPackReader.Unpack(From(line)));
            Console.WriteLine(message == null ? "unknown" : To(MsgPackWriter.Pack(message.ToMap())));
        }
        return 0;
    }

    /// <summary>Sends messages to the daemon as they are, one a line, frames between commas; each on a connection of its own.</summary>
    public static int Refused(string folder)
    {
        var described = File.ReadAllText(Path.Combine(folder, "daemon.json"));
        var port = int.Parse(Regex.Match(described, "\"endpoint\": *\"tcp://127.0.0.1:(\\d+)\"").Groups[1].Value);
        var token = File.ReadAllText(Path.Combine(folder, "token")).Trim();
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var session = line[0] == '+';
            var frames = Array.ConvertAll(line.Substring(1).Split(','), From);
            using (var dealer = new ZmtpDealer("127.0.0.1", port, "npc-runtime", token))
            {
                if (session)
                {
                    var hello = new Hello { Id = "h", Versions = new List<string> { "1.0" }, Client = new Client { Name = "test" } };
                    dealer.Send(System.Text.Encoding.ASCII.GetBytes(Catalogue.Header), MsgPackWriter.Pack(hello.ToMap()));
                    dealer.Receive();
                }
                dealer.Send(frames);
                var error = Catalogue.Read(MsgPackReader.Unpack(dealer.Receive()[1])) as Error;
                Console.WriteLine(error == null ? "taken" : error.Code + "," + error.Re);
            }
        }
        return 0;
    }

    static byte[] From(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
        return bytes;
    }

    static string To(byte[] bytes) { return BitConverter.ToString(bytes).Replace("-", ""); }
}
