"""Records the transcripts: plays each conversation with a real daemon, and replaces what is another in every run.

The daemon has no model, except where one must be caught in the middle of a line: what is said is in authors' words.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from npc_runtime.wire import messages as m
from protocol.hosts import WITH_MODEL, WITHOUT_MODEL, Body, Host, frames, started
from protocol.mask import Mask

Step = dict[str, Any]
AGAIN = "The daemon is gone, and another is started for the same data folder."


@dataclass(frozen=True)
class Conversation:
    """What a client says, and when it listens."""

    name: str
    note: str
    play: Callable[[Recorder], None]
    model: bool = False


class Recorder:
    """A client that notes what is sent and what comes, as the steps of a transcript."""

    def __init__(self, host: Host, world: str) -> None:
        self.world = world
        self.steps: list[Step] = []
        self._host = host
        self._line = host.line()
        self._later: list[Body] = []
        self._mask = Mask()
        self._numbers = itertools.count(1)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.__exit__(kind, error, trace)

    def hello(self, **fields: Any) -> Body:
        """Opens a session."""
        return self.ask("hello", versions=[m.PROTOCOL_VERSION], client={"name": "my-mod", "version": "0.3"}, **fields)

    def village(self, *npcs: str, **hello: Any) -> None:
        """Opens a session, and a world with characters at the smithy."""
        self.hello(**hello)
        self.here("world.open", pack="hollowmere")
        for npc in npcs:
            self.here("npc.spawn", npc=npc, at="smithy")

    def here(self, kind: str, /, **fields: Any) -> Body:
        """Asks something about the world."""
        return self.ask(kind, world=self.world, **fields)

    def ask(self, kind: str, /, **fields: Any) -> Body:
        """Sends a request; returns the last message for it."""
        return self.end(self.send(kind, **fields))

    def send(self, kind: str, /, **fields: Any) -> str:
        """Sends a request; returns its id, the next number where it has none."""
        message = {"type": kind, "id": str(next(self._numbers)), **fields}
        self._line.send(message)
        self._note("client", message)
        return str(message["id"])

    def end(self, request: str) -> Body:
        """Reads to the last message for a request, and returns that; what belongs to others is read later.

        When that comes is chance, and a transcript that is recorded anew should be the same.
        """
        while True:
            found = self.read(request)
            if found.get("last"):
                return found

    def read(self, request: str, kind: str = "") -> Body:
        """Reads what comes next for a request, and the events before it; with a type, up to a message of that."""
        while True:
            found = self._next(request)
            self._note("daemon", found)
            if "re" in found and found["type"].startswith(kind):
                return found

    def _next(self, request: str) -> Body:
        for number, found in enumerate(self._later):
            if found["re"] == request:
                return self._later.pop(number)
        while (found := self._line.receive()).get("re", request) != request:
            self._later.append(found)
        return found

    def read_event(self, kind: str) -> None:
        """Reads up to an event of a type, which has come to the session."""
        while True:
            found = self._line.receive()
            self._note("daemon", found)
            if found["type"] == kind:
                return

    def observe(self) -> None:
        """Observes the world on the events socket."""
        self._line.observe(self.world)

    def event(self) -> None:
        """Reads the next event there."""
        self._note("events", self._line.event())

    def crash(self) -> None:
        """The daemon crashes, and is started again."""
        self._host.again()
        self._line.__exit__(None, None, None)
        self._line = self._host.line()
        self.steps.append({"from": "outside", "note": AGAIN})

    def _note(self, sender: str, message: Body) -> None:
        hidden = self._mask.hide_names(message) if sender == "client" else self._mask.hide(message)
        self.steps.append(
            {"from": sender, "message": hidden, "frames": [frame.hex() for frame in frames(hidden, sender)]}
        )


def record(conversations: Sequence[Conversation]) -> list[Body]:
    """The transcripts of conversations."""
    transcripts: list[Body] = []
    for arguments in (WITHOUT_MODEL, WITH_MODEL):
        with started(arguments) as host:
            for talk in conversations:
                if talk.model != (arguments == WITH_MODEL):
                    continue
                with Recorder(host, talk.name) as recorder:
                    talk.play(recorder)
                transcripts.append({"name": talk.name, "note": talk.note, "model": talk.model, "steps": recorder.steps})
    return transcripts


def text(transcripts: Sequence[Body]) -> str:
    """The file of transcripts: a line for each step, so that a change can be read."""
    lines = [f'{{"protocol": "{m.PROTOCOL_VERSION}", "transcripts": [']
    for transcript in transcripts:
        head = json.dumps({**transcript, "steps": []}, ensure_ascii=False).removesuffix("]}")
        steps = ",\n  ".join(json.dumps(step, ensure_ascii=False) for step in transcript["steps"])
        lines.append(f" {head}\n  {steps}]}}" + ("," if transcript is not transcripts[-1] else ""))
    return "\n".join([*lines, "]}", ""])
