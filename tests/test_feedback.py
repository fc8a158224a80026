"""Feedback: from a game through a real daemon into the file, and out of it again."""

from __future__ import annotations

import asyncio
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import RunningDaemon, StartDaemon
from talking import ScriptedWriter, Talk
from test_client import client, run
from wire_peer import Peer

from npc_runtime.cli import main as cli
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.dialogue.replies import Why
from npc_runtime.errors import Conflict, Invalid, NotFound, StorageError
from npc_runtime.memory.naming import Naming


def say(peer: Peer, world: str, text: str) -> dict[str, Any]:
    fields = {"world": world, "from": "player:alex", "to": "mira", "text": text}
    return peer.reply(peer.send("say", **fields))[-1]


def export(capsys: pytest.CaptureFixture[str], daemon: RunningDaemon, *arguments: str) -> str:
    assert cli.main(["feedback", "export", "--data-dir", str(daemon.data_dir), *arguments]) == 0
    return capsys.readouterr().out


def test_from_a_reply_to_the_export(
    daemon: RunningDaemon, peer: Peer, world: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.village(world, "mira")
    first, second = (say(peer, world, text) for text in ("What is your name?", "Any news of the bridge?"))
    for end, judgement in (
        (first, {"rating": 5}),
        (second, {"rating": 2}),
        (second, {"better": "(sad) It fell, they say."}),
    ):
        assert peer.ask("feedback", world=world, reply=end["reply"], **judgement)["type"] == "done"

    liked, mended = map(json.loads, export(capsys, daemon, "--world", world).splitlines())
    assert liked["line"] == f"({first['emotion']}) {first['text']}"
    assert (liked["rating"], liked["better"]) == (5, None)
    assert liked["situation"]["line"] == "What is your name?"
    assert {key: liked[key] for key in ("world", "npc", "speaker", "reply", "source")} == {
        "world": world,
        "npc": "npc:mira",
        "speaker": "player:alex",
        "reply": first["reply"],
        "source": first["source"],
    }
    assert liked["model"]
    assert (mended["rating"], mended["better"]) == (None, "(sad) It fell, they say.")

    counts = json.loads(export(capsys, daemon, "--world", world, "--min-rating", "4", "--json"))
    assert counts == {"lines": 2, "rated": 1, "better": 1, "skipped": 0, "skipped_lines": []}
    out = tmp_path / "lines.jsonl"
    assert export(capsys, daemon, "--world", world, "--out", str(out)) == f"2 judged lines written to {out}\n"
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


def test_what_cannot_be_judged(peer: Peer, world: str, daemon: RunningDaemon) -> None:
    peer.village(world, "mira")
    reply = say(peer, world, "Hello!")["reply"]
    for judgement, wanted in (
        ({}, "neither a rating nor a better line"),
        ({"rating": 6}, "rating wants at most 5, not 6"),
        ({"better": "(hapy) Hello!"}, "did you mean happy?"),
    ):
        answer = peer.ask("feedback", world=world, reply=reply, **judgement)
        assert answer["code"] == "invalid"
        assert wanted in f"{answer['message']}; {answer['hint']}"
    unknown = peer.ask("feedback", world=world, reply="never", rating=3)
    assert unknown["code"] == "not_found"
    assert reply in unknown["hint"]
    with pytest.raises(NotFound, match=f'no world "{world}"'):
        FeedbackFile(daemon.data_dir / "feedback.jsonl").judged(world)


def test_a_file_that_cannot_be_written_costs_only_the_feedback(start_daemon: StartDaemon, world: str) -> None:
    daemon = start_daemon("--model", "missing.gguf")
    (daemon.data_dir / "feedback.jsonl").mkdir()
    with daemon.peer() as peer:
        peer.village(world, "mira")
        answer = peer.ask("feedback", world=world, reply=say(peer, world, "Hello!")["reply"], rating=1)
        assert answer["code"] == "storage"
        assert "feedback cannot be written to" in answer["message"]
        assert say(peer, world, "Are you there?")["text"]


def test_the_client_judges_a_reply(daemon: RunningDaemon, world: str) -> None:
    async def play() -> str:
        async with client(daemon) as runtime:
            village = await runtime.open_world(world)
            reply = await (await village.spawn("mira", at="smithy")).say("player:alex", "Hello!")
            await reply.feedback(rating=4)
            await village.feedback(reply.id, rating=1, better="Who asks?")
            with pytest.raises(Invalid, match="neither a rating nor a better line"):
                await reply.feedback()
            return f"({reply.emotion}) Who asks?"

    better = run(play())
    (line,) = FeedbackFile(daemon.data_dir / "feedback.jsonl").judged(world).lines
    assert (line.rating, line.better) == (1, better)


def forget(kept: FeedbackFile, player: str, *names: str, world: str = "save") -> None:
    with kept.without(Naming(player, names), world):
        pass


def test_the_card_is_the_one_that_was_voiced_and_what_is_kept_can_be_forgotten(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path / "new" / "feedback.jsonl", "villager")

    async def play() -> None:
        village = Talk(ScriptedWriter("(happy) Two pennies."))
        for speaker in ("player:alex", "player:sam"):
            end = await village.talk("What do nails cost?", speaker=speaker)
            kept.add("save", village.director.why("save", end.reply), 4, None)

    forget(kept, "player:alex")  # there is no file yet
    asyncio.run(play())
    alex, sam = kept.judged().lines
    assert alex.line == "(happy) Two pennies."
    assert "You sell nails for two pennies." in alex.situation.facts
    assert (alex.model, alex.source) == ("villager", "model")
    forget(kept, "player:alex")
    assert kept.judged() == ([sam], {})
    other = FeedbackFile(tmp_path / "feedback.jsonl")
    other.take_over(tmp_path / "nowhere.jsonl")
    other.take_over(tmp_path / "new" / "feedback.jsonl")
    assert other.judged() == ([sam], {})
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["feedback.jsonl"]


def test_a_reply_without_an_end_or_a_thought_is_not_judged(tmp_path: Path) -> None:
    kept = FeedbackFile(tmp_path / "feedback.jsonl")
    with pytest.raises(Conflict, match=r'reply "r1" has not ended yet; send feedback after its reply\.end'):
        kept.add("save", Why("r1", "greet"), 3, None)

    async def play() -> None:
        village = Talk(ScriptedWriter(None))
        cancelled = asyncio.Event()
        cancelled.set()
        end = await village.talk("Hello!", cancelled=cancelled)
        kept.add("save", village.director.why("save", end.reply), 3, None)

    with pytest.raises(Conflict, match="ended before npc:mira had thought of anything to say"):
        asyncio.run(play())
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------- a file that is torn


WHOLE = (
    b'{"situation": {"name": "Mira", "role": "smith", "home": "Dell", "traits": ["blunt"], "mood": "calm", '
    b'"listener": "%s", "feeling": "neutral", "move": "greet", "line": "Hello!"}, "line": "(happy) Good day!", '
    b'"rating": 4, "world": "%s", "speaker": "%s", "reply": "r%d"}'
)
BROKEN = {
    "torn": WHOLE[:90],
    "not UTF-8": b'{"line": "\xff\xfe"}',
    "NULs": b"\0" * 300,
    "half a surrogate pair": WHOLE.replace(b"Hello!", b"\\ud800"),
    "no object": b"[1, 2]",
    "brackets": b"[" * 100_000,
    "ten megabytes": b'{"line": "' + b"x" * 10_000_000,
}


def whole(number: int, speaker: str = "player:bo", listener: str = "Bo", world: str = "save") -> bytes:
    return WHOLE % (listener.encode(), world.encode(), speaker.encode(), number)


def replies(kept: FeedbackFile) -> list[str]:
    return [line.reply for line in kept.judged().lines]


def rate(kept: FeedbackFile, text: str = "What do nails cost?") -> str:
    async def play() -> str:
        village = Talk(ScriptedWriter("(happy) Two pennies."))
        end = await village.talk(text, speaker="player:sam")
        kept.add("save", village.director.why("save", end.reply), 4, None)
        return end.reply

    return asyncio.run(play())


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_line_that_cannot_be_read_costs_itself_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: bytes
) -> None:
    file = tmp_path / "feedback.jsonl"
    file.write_bytes(whole(1) + b"\n" + broken + b"\n" + whole(2) + b"\n" + broken)
    kept = FeedbackFile(file)
    reply = rate(kept)
    assert replies(kept) == ["r1", "r2", reply], "the next one began on a line of its own"
    assert list(kept.judged().skipped) == [2, 4]
    assert cli.main(["feedback", "export", "--data-dir", str(tmp_path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"lines": 3, "rated": 3, "better": 0, "skipped": 2, "skipped_lines": [2, 4]}
    assert "2 lines of" in err
    assert "cannot be read and are left out (2, 4); line 2: " in err
    assert len(err) < 1000
    before = file.read_bytes()
    forget(kept, "player:alex", "Zyxomir")
    assert file.read_bytes() == before, "nothing of others is lost"


def test_a_disk_that_fills_up_in_a_line_leaves_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "feedback.jsonl"
    file.write_bytes(whole(1) + b"\n")
    kept = FeedbackFile(file)
    real = Path.open

    class Full:
        """A file that takes 40 bytes more."""

        def __init__(self, opened: Any) -> None:
            self.opened, self.left = opened, 40

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.opened.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.opened, name)

        def write(self, data: memoryview) -> int:
            if not self.left:
                raise OSError(errno.ENOSPC, "No space left on device")
            taken = int(self.opened.write(data[: self.left]))
            self.left -= taken
            return taken

    with monkeypatch.context() as full:
        full.setattr(Path, "open", lambda path, *mode, **more: Full(real(path, *mode, **more)))
        with pytest.raises(StorageError, match=r"cannot be written to .*No space left on device"):
            rate(kept)
    assert file.read_bytes() == whole(1) + b"\n"
    reply = rate(kept)
    assert replies(kept) == ["r1", reply]


def test_who_is_forgotten_is_also_gone_from_what_was_torn_and_names_count_in_their_world(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    others = [
        whole(1),
        whole(2, "player:alexander", "Zyxomirs"),
        whole(3, "player:alexander")[:-9],
        whole(4, listener="Zyxomir", world="elsewhere"),
    ]
    gone = [
        whole(5, "player:alex", world="elsewhere"),
        whole(6, listener="Zyxomir"),
        whole(7, "player:alex")[:-9],
        whole(8, listener="ZYXOMIR")[:-9],
    ]
    file.write_bytes(b"\n".join(line for pair in zip(others, gone, strict=True) for line in pair))
    forget(FeedbackFile(file), "player:alex", "Zyxomir")
    assert file.read_bytes().split(b"\n") == others


def test_what_is_said_meanwhile_stays_and_a_block_that_fails_takes_nothing_out(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    file.write_bytes(whole(1, "player:alex") + b"\n" + whole(2))
    kept = FeedbackFile(file)
    with pytest.raises(StorageError, match=r"^full$"), kept.without(Naming("player:alex"), "save"):
        raise StorageError("full")
    assert replies(kept) == ["r1", "r2"]
    with kept.without(Naming("player:alex"), "save"):
        reply = rate(kept)
    assert replies(kept) == ["r2", reply]
    assert [path.name for path in tmp_path.iterdir()] == ["feedback.jsonl"]
