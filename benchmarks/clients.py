"""What the clients do when their daemon is killed, and what they cost the game's thread: the same for every language.

    python -m benchmarks.clients kills --client java --times 100
    python -m benchmarks.clients ticks --client typescript --npcs 50 --json

A client is played by a small game in its own language, in `benchmarks/players/<client>/`. It is started once, without
arguments, and told what to do on its standard input, a line of JSON each; it answers each, in order, with one line of JSON
on its standard output (flushed; nothing else is written there; its standard error is kept and shown when it fails). It ends
when its standard input does.

The game has one thread that ticks: every 50 ms it runs `poll()` of the client, or whatever runs the client's callbacks
there, and then does what lines of input ask for. Where the client's callbacks run on an event loop, that is the game's
thread. Nothing there ever waits. What it is told, and what it answers:

`{"do": "connect", "data_dir": "/tmp/x", "world": "village", "pack": "hollowmere", "npcs": ["mira", "tom"], "place":
"smithy"}` (or `endpoint` and `token` instead of `data_dir`): makes a client, which starts no daemon; opens the world, spawns
the characters at the place, subscribes to the world's events. `{"ok": true}` when all of it is done. What `report` counts
begins at nothing again.

`{"do": "say", "npc": "mira", "text": "Good day!"}`: says it to her as `player:alex`. `{"ok": true}` at once; so do the next
two. The end, or the error, is counted when it comes.

`{"do": "argue", "between": ["mira", "tom"], "about": "the hammer", "turns": 4}`: begins an argument of so many turns at
most, each of which is heard when it is complete.

`{"do": "ask"}`: asks who lives in the world (`npc.list`).

`{"do": "report"}` gets, at once,

    {"begun": 12, "answered": 10, "failed": {"no_session": 2},
     "npcs": ["npc:mira", "npc:tom"],
     "happened": 41,
     "resumed": [{"at": 1790000000.25, "restarted": true, "troubles": []}],
     "pending": 0, "heap": 7340032}

`begun` counts `say`, `argue` and `ask`; `answered` those that ended as they should, and `failed` those that ended with an
error, by its code (`"untyped"` for an exception that is none of the client's own). `npcs` is the last answer to `ask`,
sorted. `happened` counts events of the world. `resumed` has one entry for every time that the client told the game of a
new session in place of a lost one: `at` is the wall clock in seconds, `restarted` whether it said that the daemon is
another, `troubles` what it said could not be brought back. `pending` counts the requests that the client itself still holds
(null where it cannot say). `heap` is what the language's own memory holds after a collection, in bytes, where the request is
`{"do": "report", "collect": true}`; else, and where there is no such thing, null.

`{"do": "talk", "npcs": [...], "seconds": 30, "tick_ms": 50}`: says a line to each of them as `stream: "delta"`, with
callbacks for runs of text, sentences and the end which only count, and another line to whoever has ended. After so many
seconds of ticks

    {"inside_us": [112.5, 98.1], "deltas": 45000, "sentences": 4500, "ends": 1500, "happened": 3000}

with the time on the game's thread inside the client for each tick, in microseconds: `poll()` with the callbacks in it; on
an event loop, all that the loop did between two ticks. What still comes afterwards is of no interest.

`{"do": "leave"}`: closes the client, waits for its end, and answers `{"ok": true}`. Another `connect` may follow.

What cannot be done is answered with `{"error": "a sentence"}`. Threads, descriptors and memory of the process the driver
counts itself.
"""
