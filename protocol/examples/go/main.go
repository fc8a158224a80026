// A whole client of NPC Runtime, by protocol/SPEC.md: go run . DATA_FOLDER "What do you sell?" 10s (to stay so long)
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

var errGone = errors.New("no daemon, or no session any more") // what section 7 lists is to be done again
func must[T any](value T, err error) T {
	if err != nil {
		panic(fmt.Errorf("%w: %v", errGone, err))
	}
	return value
}

type fields = map[string]any // a message
type client struct {
	conn    net.Conn
	in      *bufio.Reader
	session any
	beat    time.Duration // between two pings
	next    time.Time     // of the next one
	sent    int
}

// frame is one of ZMTP 3.0; flags: 1 more follow, 2 long, 4 command. (The module go-zeromq/zmq4 answers no PING.)
func frame(flags byte, body string) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{flags | 2}, uint64(len(body))), body...)
}

func (c *client) readFrame() (flags byte, body string) {
	head := make([]byte, 9)
	must(io.ReadFull(c.in, head[:2]))
	size := uint64(head[1])
	if head[0]&2 != 0 {
		must(io.ReadFull(c.in, head[2:]))
		size = binary.BigEndian.Uint64(head[1:])
	}
	content := make([]byte, min(size, 1<<20))
	must(io.ReadFull(c.in, content))
	return head[0], string(content)
}

// connect finds the daemon of a data folder, shows its token by PLAIN, and begins a session.
func connect(folder string) *client {
	var found struct{ Endpoint string }
	must(0, json.Unmarshal(must(os.ReadFile(folder+"/daemon.json")), &found))
	token := strings.TrimSpace(string(must(os.ReadFile(folder + "/token"))))
	conn := must(net.DialTimeout("tcp", strings.TrimPrefix(found.Endpoint, "tcp://"), 5*time.Second))
	c := &client{conn: conn, in: bufio.NewReader(conn), beat: time.Second, next: time.Now().Add(5 * time.Second)}
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	conn.Write([]byte("\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x00PLAIN" + strings.Repeat("\x00", 47)))
	must(io.ReadFull(c.in, make([]byte, 64)))
	hello := "\x05HELLO\x0bnpc-runtime" + string([]byte{byte(len(token))}) + token
	initiate := "\x08INITIATE\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x00"
	for _, step := range [][2]string{{hello, "\x07WELCOME"}, {initiate, "\x05READY"}} {
		conn.Write(frame(4, step[0]))
		if _, answer := c.readFrame(); !strings.HasPrefix(answer, step[1]) {
			log.Fatalf("the token is refused: %q", answer)
		}
	}
	welcome := c.call("hello", fields{"versions": []string{"1.0"}, "client": fields{"name": "go-example"}})
	c.session, c.beat = welcome["session"], must(time.ParseDuration(fmt.Sprint(welcome["heartbeat"], "s")))/2
	return c
}

func (c *client) send(kind string, request fields) string {
	c.sent++
	request["type"], request["id"] = kind, fmt.Sprint(c.sent)
	c.conn.Write(append(frame(1, "NPC1"), frame(0, string(must(msgpack.Marshal(request))))...))
	return fmt.Sprint(c.sent)
}

// call waits for the last message, pings, and answers ZMTP's heartbeats. (A game would look in on every tick instead.)
func (c *client) call(kind string, request fields) fields {
	id, limit, action := c.send(kind, request), time.Now().Add(30*time.Second), any(nil)
	for m := fields(nil); time.Now().Before(limit); m = nil {
		c.conn.SetReadDeadline(c.next)
		if _, err := c.in.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
			c.send("ping", fields{})
			c.next = time.Now().Add(c.beat)
			continue
		}
		c.conn.SetDeadline(limit)
		if flags, body := c.readFrame(); flags&4 != 0 && strings.HasPrefix(body, "\x04PING") {
			c.conn.Write(frame(4, "\x04PONG"+body[7:]))
		} else if flags&5 == 0 { // the last frame, behind the header
			must(0, msgpack.Unmarshal([]byte(body), &m))
		}
		switch {
		case m["code"] == "no_session", m["type"] == "pong" && m["session"] != c.session:
			panic(fmt.Errorf("%w: %v names %v", errGone, m["type"], m["session"]))
		case m["re"] != id: // an event, or of another request
		case m["type"] == "error":
			log.Fatalf("%v: %v (%v)", m["code"], m["message"], m["hint"])
		case m["last"] == true:
			m["action"] = action
			return m
		case m["type"] == "reply.start":
			fmt.Printf("%v is %v\n", m["npc"], m["emotion"])
		case m["type"] == "reply.sentence":
			fmt.Printf("  %v\n", m["text"])
		case m["type"] == "reply.action":
			action = fmt.Sprint(m["name"], m["args"])
		}
	}
	panic(errGone)
}

func play(folder string, line *string, stay time.Duration) (err error) { // line: empty when it was answered before
	defer func() { err, _ = recover().(error) }()
	c := connect(folder)
	defer c.conn.Close() // which ends the session
	c.call("world.open", fields{"world": "go", "pack": "hollowmere"})
	c.call("npc.spawn", fields{"world": "go", "npc": "mira"})
	if *line != "" {
		give := fields{"name": "give", "args": [][]string{{"item:bread"}, {"player:alex"}}, "when": "asks for bread"}
		end := c.call("say", fields{"world": "go", "from": "player:alex", "to": "mira", "text": *line, "actions": []fields{give}})
		fmt.Println("heard", c.call("heard", fields{"world": "go", "reply": end["reply"]})["type"])
		if end["action"] != nil {
			result := fields{"world": "go", "reply": end["reply"], "done": true}
			fmt.Println(end["action"], c.call("action.result", result)["type"])
		}
	}
	for *line = ""; stay > 0; stay -= c.beat {
		time.Sleep(c.beat)
		fmt.Println("ping", c.call("ping", fields{})["type"])
	}
	return nil
}

func main() {
	stay, err := must(time.ParseDuration(os.Args[3])), errGone
	for ; errors.Is(err, errGone); time.Sleep(time.Second) {
		err = play(os.Args[1], &os.Args[2], stay)
		fmt.Println("left:", err)
	}
}
