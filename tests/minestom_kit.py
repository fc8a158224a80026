"""The Minecraft server of `bindings/java/minestom`, and players who connect to it as real clients do."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from wire_peer import Peer

from npc_runtime.wire import token

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "bindings" / "java" / "minestom"
PLAYER = PROJECT / "player"
JDK = 25
JAR = PROJECT / "target" / "village.jar"
BUILD_SECONDS = 280
PATIENCE = 60.0
LIVELY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dminestom.chunk-view-distance=4")
"""Short runs: to optimize the code would cost more than it saves."""


def _version(home: Path) -> int:
    release = home / "release"
    found = re.search(r'^JAVA_VERSION="(\d+)', release.read_text("utf-8"), re.M) if release.is_file() else None
    return int(found[1]) if found else 0


def jdk() -> Path:
    """The home of a JDK that is new enough; the test is left out where there is none."""
    homes = [Path(os.environ[name]) for name in ("JAVA_HOME",) if os.environ.get(name)]
    homes += [Path(found).resolve().parent.parent for found in [shutil.which("javac")] if found]
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    for home in homes:
        if _version(home) >= JDK and (home / "bin" / "javac").exists():
            return home
    pytest.skip(f"needs JDK {JDK} or newer, in JAVA_HOME or /usr/lib/jvm (https://adoptium.net)")


def _sources() -> Iterator[Path]:
    for project in (PROJECT, PROJECT.parent):
        yield from project.glob("*.xml")
        yield from (project / "src" / "main").rglob("*.java")


def build() -> Path:
    """The server, built as its README says where it has changed; without what that needs the test is left out."""
    if shutil.which("mvn") is None:
        pytest.skip("needs Maven: apt-get install maven")
    if shutil.which("node") is None or not (PLAYER / "node_modules" / "mineflayer").is_dir():
        pytest.skip(f"needs Node.js and mineflayer: npm install in {PLAYER.relative_to(ROOT)}")
    environment = {**os.environ, "JAVA_HOME": str(jdk())}
    if JAR.exists() and JAR.stat().st_mtime > max(source.stat().st_mtime for source in _sources()):
        return JAR
    command = ["mvn", "-o", "-B", "-q", "-f", "with-binding.xml", "package", "-Dmaven.test.skip=true"]
    built = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    if "offline mode" in built.stdout + built.stderr:
        pytest.skip(f"needs what the server is built with: {' '.join(command).replace('-o ', '')} in {PROJECT}")
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    return JAR


class Program:
    """A process whose lines are read as they come."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._new: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._new.put(self.lines[-1])
        self._new.put(None)

    def next_line(self, until: float) -> str:
        """The next line; fails where none comes in time, or none will."""
        try:
            line = self._new.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            line = None
        assert line is not None, "\n".join(self.lines[-60:])
        return line

    def begin(self) -> None:
        """Waits until it is of use."""

    def __enter__(self) -> Any:
        try:
            self.begin()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> int:
        """Asks it to end, and ends it where it does not."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait(10)
        self._reader.join(10)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return status


class Village(Program):
    """The server, with a daemon of its own."""

    def __init__(self, jar: Path, folder: Path, model: str) -> None:
        self.folder = folder
        daemon = f"{sys.executable} -m npc_runtime"
        flags = ["-Dvillage.port=0", "-Dvillage.haste=20", f"-Dvillage.folder={folder}"]
        environment = {**os.environ, "NPC_RUNTIME_MODEL": model, "NPC_RUNTIME_EMBEDDING": "off"}
        if model == "default":  # as where a modder names none
            environment = {name: value for name, value in os.environ.items() if not name.startswith("NPC_RUNTIME_")}
        java = str(jdk() / "bin" / "java")
        super().__init__([java, *LIVELY, *flags, f"-Dvillage.daemon={daemon}", "-jar", str(jar)], environment)
        self.port = ""

    def begin(self) -> None:
        """Waits until players can come, and its people can speak."""
        self.port = self.waits_for(r"open on port (\d+)")[1]
        self.waits_for("The village is awake")

    def waits_for(self, pattern: str) -> re.Match[str]:
        """The next line of its log that is so."""
        until = time.monotonic() + PATIENCE
        while True:
            if found := re.search(pattern, self.next_line(until)):
                return found

    @property
    def daemon(self) -> dict[str, Any]:
        """What the daemon says of itself; it is there once the village is awake."""
        found: dict[str, Any] = json.loads((self.folder / "daemon.json").read_text("utf-8"))
        return found

    def watcher(self) -> Peer:
        """Another client of the daemon, which is told what happens in the village."""
        peer = Peer(self.daemon["endpoint"], token.read(self.folder))
        assert peer.hello(capabilities=["events"])["type"] == "welcome"
        assert peer.ask("subscribe", world="village")["type"] == "done"
        return peer


class Player(Program):
    """A client of Minecraft, which sees and hears what a player does."""

    def __init__(self, village: Village, name: str) -> None:
        super().__init__(["node", str(PLAYER / "player.js"), village.port, name], dict(os.environ))
        self.names: dict[int, str] = {}  # of entities
        self.above: dict[str, list[str]] = {}  # what stood above whose head
        self.places: dict[str, list[float]] = {}
        self.chat: list[str] = []  # all that was written there
        self._carriers: dict[int, int] = {}

    def begin(self) -> None:
        """Waits until it stands in the square."""
        self.waits_for("arrived")

    def order(self, **orders: Any) -> None:
        """Does something."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(orders) + "\n")
        self.process.stdin.flush()

    def perceives(self, seconds: float = PATIENCE) -> Iterator[dict[str, Any]]:
        """What it sees and hears from now on; fails after that time."""
        until = time.monotonic() + seconds
        while True:
            seen = json.loads(self.next_line(until))
            self._note(seen)
            yield seen

    def _note(self, seen: dict[str, Any]) -> None:
        if "chat" in seen:
            self.chat.append(seen["chat"])
        if "carrier" in seen:
            self._carriers.update(dict.fromkeys(seen["passengers"], seen["carrier"]))
        if "above" in seen:
            carrier = self._carriers.get(seen["above"])
            if carrier is None:
                self.names[seen["above"]] = seen["text"]
            else:
                self.above.setdefault(self.names[carrier], []).append(seen["text"])
        if (found := self.names.get(seen.get("moved", 0))) is not None:
            self.places[found] = seen["at"]

    def waits_for(self, what: str) -> Any:
        """The next thing of that kind that it perceives."""
        return next(seen[what] for seen in self.perceives() if what in seen)

    def hears(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """The next line of the chat that is so."""
        for seen in self.perceives(seconds):
            if found := re.search(pattern, seen.get("chat", "")):
                return found
        raise AssertionError("unreachable")

    def says(self, text: str) -> None:
        """Writes into the chat, and hears itself."""
        self.order(chat=text)
        if not text.startswith("/"):
            self.hears(f": {re.escape(text)}$")

    def answer(self, speaker: str = r"\w+") -> re.Match[str]:
        """The next sentence of a villager: who, with which emotion, and what."""
        return self.hears(rf"^({speaker})(?: \((\w+)\))?: (.+)$")

    def walks(self, x: float, z: float) -> None:
        """Goes there."""
        self.order(walk=[x, z])
        self.waits_for("arrived")

    def carries(self) -> dict[str, int]:
        """What is in its inventory."""
        self.order(inventory=True)
        found: dict[str, int] = {}
        for name, count in self.waits_for("inventory"):
            found[name] = found.get(name, 0) + count
        return found

    def chat_in(self, seconds: float) -> list[str]:
        """All that is written in the chat in that time."""
        before = len(self.chat)
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._new.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return self.chat[before:]
            assert line is not None, "\n".join(self.lines[-60:])
            self._note(json.loads(line))
