using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;

namespace NpcRuntime
{
    /// <summary>
    /// One connection of a ZeroMQ DEALER: ZMTP 3.0 with the PLAIN mechanism over TCP, without a native library. One thread
    /// receives, any thread may send, and closing it from anywhere ends both.
    /// </summary>
    public sealed class ZmtpDealer : IDisposable
    {
        const int More = 1, Long = 2, Command = 4;
        const int MostBytes = 1 << 20;
        const int HandshakeMilliseconds = 5000;
        const int SilenceMilliseconds = 15000; // the daemon sends a PING every 2 s

        readonly TcpClient tcp;
        readonly NetworkStream net;
        readonly Stream buffered;
        readonly object writing = new object();

        /// <summary>
        /// Connects and shows the token. Blocks for a few seconds at most. Throws NpcException (`unauthorized`) when the
        /// token is wrong, IOException or SocketException when nobody answers as a daemon does.
        /// </summary>
        public ZmtpDealer(string host, int port, string user, string password)
        {
            tcp = new TcpClient(host.IndexOf(':') >= 0 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
            try
            {
                tcp.NoDelay = true;
                var connecting = tcp.BeginConnect(host, port, null, null);
                if (!connecting.AsyncWaitHandle.WaitOne(HandshakeMilliseconds))
                    throw new IOException("nobody answers at " + host + ":" + port);
                tcp.EndConnect(connecting);
                net = tcp.GetStream();
                net.ReadTimeout = HandshakeMilliseconds;
                net.WriteTimeout = HandshakeMilliseconds;
                buffered = new BufferedStream(net, 1 << 16);
                Greet();
                Authenticate(user, password);
                net.ReadTimeout = SilenceMilliseconds;
                net.WriteTimeout = SilenceMilliseconds;
            }
            catch
            {
                tcp.Close();
                throw;
            }
        }

        /// <summary>Sends a message of these frames.</summary>
        public void Send(params byte[][] frames)
        {
            using (var bytes = new MemoryStream())
            {
                for (var i = 0; i < frames.Length; i++) Put(bytes, i + 1 < frames.Length ? More : 0, frames[i]);
                Flush(bytes);
            }
        }

        /// <summary>Waits for a message and returns its frames. PINGs are answered meanwhile.</summary>
        public List<byte[]> Receive()
        {
            var frames = new List<byte[]>(2);
            for (;;)
            {
                int flags;
                var body = Frame(out flags);
                if ((flags & Command) != 0)
                {
                    Answer(body);
                    continue;
                }
                frames.Add(body);
                if ((flags & More) == 0) return frames;
                if (frames.Count > 16) throw new IOException("a message of too many frames");
            }
        }

        /// <summary>Closes the connection; whoever waits in Receive is thrown out.</summary>
        public void Dispose()
        {
            try
            {
                tcp.Client.Shutdown(SocketShutdown.Both); // wakes a thread that reads, on every platform
            }
            catch (Exception error) when (error is SocketException || error is ObjectDisposedException || error is NullReferenceException)
            {
                // it was closed already
            }
            tcp.Close();
        }

        void Greet()
        {
            var greeting = new byte[64];
            greeting[0] = 0xff;
            greeting[9] = 0x7f;
            greeting[10] = 3;
            Encoding.ASCII.GetBytes("PLAIN").CopyTo(greeting, 12);
            net.Write(greeting, 0, greeting.Length);
            var theirs = Exactly(64);
            if (theirs[0] != 0xff || theirs[10] < 3) throw new IOException("what listens there does not speak ZMTP 3");
            var mechanism = Encoding.ASCII.GetString(theirs, 12, 20).TrimEnd('\0');
            if (mechanism != "PLAIN") throw new IOException("what listens there asks for " + mechanism + ", not for a token" +
                (mechanism == "CURVE" ? ": this client has no keys for other machines, so let the daemon listen on 127.0.0.1" : ""));
        }

        void Authenticate(string user, string password)
        {
            SendCommand("HELLO", Short(user), Short(password));
            ReadCommand("WELCOME");
            SendCommand("INITIATE", Property("Socket-Type", "DEALER"), Property("Identity", ""));
            ReadCommand("READY");
        }

        void ReadCommand(string wanted)
        {
            int flags;
            var body = Frame(out flags);
            var name = (flags & Command) == 0 ? "" : IsMisspeltError(body) ? "ERROR" : Name(body);
            if (name == "ERROR")
                throw new NpcException(new NpcError(Messages.ErrorCodes.Unauthorized, "the daemon does not accept the token",
                    "the file `token` in the daemon's data folder has the right one"));
            if (name != wanted) throw new IOException("the daemon sent " + name + " where " + wanted + " was expected");
        }

        /// <summary>libzmq writes its ERROR with a `^` in place of the length and the E: "\x05ERROR" is a slip in C.</summary>
        static bool IsMisspeltError(byte[] command)
        {
            return command.Length >= 5 && Encoding.ASCII.GetString(command, 0, 5) == "^RROR";
        }

        void Answer(byte[] command)
        {
            if (Name(command) != "PING") return;
            var context = new byte[Math.Max(0, command.Length - 7)]; // behind the name and two bytes of time to live
            Array.Copy(command, command.Length - context.Length, context, 0, context.Length);
            SendCommand("PONG", context);
        }

        void SendCommand(string name, params byte[][] data)
        {
            using (var body = new MemoryStream())
            using (var bytes = new MemoryStream())
            {
                var head = Short(name);
                body.Write(head, 0, head.Length);
                foreach (var each in data) body.Write(each, 0, each.Length);
                Put(bytes, Command, body.ToArray());
                Flush(bytes);
            }
        }

        void Flush(MemoryStream bytes)
        {
            lock (writing) net.Write(bytes.GetBuffer(), 0, (int)bytes.Length);
        }

        static void Put(Stream to, int flags, byte[] body)
        {
            var big = body.Length > 255;
            to.WriteByte((byte)(big ? flags | Long : flags));
            for (var shift = big ? 56 : 0; shift >= 0; shift -= 8) to.WriteByte((byte)((ulong)body.Length >> shift));
            to.Write(body, 0, body.Length);
        }

        static byte[] Short(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (bytes.Length > 255) throw new IOException("a token of more than 255 bytes cannot be right");
            var all = new byte[1 + bytes.Length];
            all[0] = (byte)bytes.Length;
            bytes.CopyTo(all, 1);
            return all;
        }

        static byte[] Property(string name, string value)
        {
            var head = Short(name);
            var all = new byte[head.Length + 4 + value.Length];
            head.CopyTo(all, 0);
            all[head.Length + 3] = (byte)value.Length;
            Encoding.ASCII.GetBytes(value).CopyTo(all, head.Length + 4);
            return all;
        }

        static string Name(byte[] command)
        {
            if (command.Length == 0 || command[0] >= command.Length) throw new IOException("a command without a name");
            return Encoding.ASCII.GetString(command, 1, command[0]);
        }

        byte[] Frame(out int flags)
        {
            flags = Byte();
            ulong length = 0;
            for (var left = (flags & Long) != 0 ? 8 : 1; left > 0; left--) length = length << 8 | Byte();
            if (length > MostBytes) throw new IOException("a frame of " + length + " bytes");
            return Exactly((int)length);
        }

        byte Byte()
        {
            var next = buffered.ReadByte();
            if (next < 0) throw new EndOfStreamException("the daemon closed the connection");
            return (byte)next;
        }

        byte[] Exactly(int count)
        {
            var bytes = new byte[count];
            for (var got = 0; got < count;)
            {
                var more = buffered.Read(bytes, got, count - got);
                if (more <= 0) throw new EndOfStreamException("the daemon closed the connection");
                got += more;
            }
            return bytes;
        }
    }
}
