"""The game of the Java client: compiled with it, into the folder of the run."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.players.game import build

HERE = Path(__file__).parent
BINDING = HERE.parents[2] / "bindings" / "java"
LIBRARIES = ("org/zeromq/jeromq/*/jeromq-*.jar", "org/msgpack/msgpack-core/*/msgpack-core-*.jar")
OPTIONAL = ("eu/neilalexander/jnacl/*/jnacl-*.jar",)
FLAGS = ("-Xmx64m", "-XX:+UseSerialGC")
"""What a mod may count on: little memory. The collector is the one whose threads are the same from run to run."""


def missing() -> str:
    """What the game needs that is not there."""
    if shutil.which("javac") is None:
        return "needs a JDK: apt-get install openjdk-17-jdk-headless"
    if not all(map(_jars, LIBRARIES)):
        return "needs the libraries of the binding: make clients, or mvn dependency:go-offline in bindings/java"
    return ""


def command(folder: Path) -> list[str]:
    """Compiles the client and the game, and gives what starts them. What Maven compiled may be replaced meanwhile."""
    client = sorted((BINDING / "src" / "main" / "java").rglob("*.java"))
    jars = [jar for pattern in (*LIBRARIES, *OPTIONAL) for jar in _jars(pattern)]
    classpath = ":".join(map(str, [folder, *jars]))
    sources = [*sorted(HERE.glob("*.java")), *client]
    build(["javac", "-nowarn", "-d", str(folder), "-cp", classpath, *map(str, sources)])
    return ["java", *FLAGS, "-cp", classpath, "dev.npcruntime.Player"]


def _jars(pattern: str) -> list[Path]:
    """The newest of a library in Maven's store; sorted by name is near enough."""
    return sorted((Path.home() / ".m2" / "repository").glob(pattern))[-1:]
