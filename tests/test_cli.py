"""The command line as users meet it: in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import RunningDaemon

import npc_runtime
from benchmarks.random_gguf import random_gguf
from npc_runtime.cli import console, flags
from npc_runtime.cli import main as cli
from npc_runtime.config import Config
from npc_runtime.engine.files.gguf import model_name
from npc_runtime.errors import ModelUnavailable
from npc_runtime.persona.pack import load_pack
from npc_runtime.scenes.pack import write_pack
from npc_runtime.wire import endpoint

ROOT = Path(__file__).parent.parent
COMMANDS = (
    "serve",
    "play",
    "eval",
    "say",
    "doctor",
    "top",
    "models",
    "creature",
    "feedback",
    "memory",
    "keys",
    "bench",
)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever this user has configured does not count here."""
    for name in [name for name in os.environ if name.startswith("NPC_RUNTIME_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NPC_RUNTIME_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NPC_RUNTIME_CACHE_DIR", str(tmp_path / "cache"))


def run(*arguments: str | Path, timeout: float = 110) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "npc_runtime", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=timeout)


def test_without_a_command_it_explains_itself() -> None:
    done = run()
    assert done.returncode == 0
    assert all(command in done.stdout for command in COMMANDS)


def test_the_version() -> None:
    assert run("--version").stdout.strip() == f"npc-runtime {npc_runtime.__version__}"


def test_help_needs_no_heavy_imports() -> None:
    heavy = "{'pydantic', 'zmq', 'rich', 'numpy', 'llama_cpp'}"
    code = f"import sys; from npc_runtime.cli.main import main; main([]); print({heavy} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"usage: npc-runtime {command}" in done.stdout


def test_every_setting_has_a_flag_and_an_explanation() -> None:
    assert set(flags.HELP) == set(Config.model_fields)
    shown = run("serve", "--help").stdout
    assert all(f"--{key.replace('_', '-')}" in shown for key in Config.model_fields)


def test_settings_survive_the_way_into_another_process(tmp_path: Path) -> None:
    settings = Config(model=str(tmp_path / "a model.gguf"), slots=3, kv_unified=True, temperature=0.25, seed=9)
    parser = cli._parser(["serve"])
    again = flags.config(parser.parse_args(["serve", *flags.arguments(settings, Config.model_fields)]))
    assert again == settings


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("serve", "--slots", "many"), "slots = 'many' (command line)"),
        (
            ("serve", "--kv-type-k", "q9"),
            "kv_type_k = 'q9' (command line): Input should be 'auto', 'f16', 'q8_0' or 'q4_0'",
        ),
        (("serve", "--bind", "localhost:1"), "bind = 'localhost:1'"),
        (
            ("serve", "--slot-context", "128", "--max-tokens", "1024"),
            "--slot-context 128 leaves no room for a prompt with --max-tokens 1024, so characters would say fallback "
            "lines only; raise --slot-context to 1152 or more, or lower --max-tokens",
        ),
        (("serve", "--heartbeat", "20"), "with --heartbeat 20 and --session-expiry 20 every client that has nothing"),
        (("serve", "--slots", "64", "--batch", "32"), "raise --batch to 64 or more, or lower --slots"),
        (
            ("serve", "--bind", "tcp://127.0.0.1:5578"),
            "--bind and --events-bind are both tcp://127.0.0.1:5578; requests and events need an address each",
        ),
        (("serve", "--config", "nowhere.toml"), "no configuration file nowhere.toml"),
        (("play", "nowhere.yaml"), "no scene file nowhere.yaml"),
        (("eval", "nowhere"), "no scene files in nowhere"),
        (("eval", "nowhere", "--min", "2"), "2 is not a rate between 0 and 1"),
        (("eval", "nowhere", "--repeat", "0"), "0 is not a number from 1 on"),
        (("feedback", "export"), "there is no feedback in "),
        (("feedback", "export", "--min-rating", "6"), "6 is not a rating from 1 to 5"),
        (("memory", "forget", "--world", "save-1"), "nobody is named to be forgotten"),
        (("memory", "export", "--world", "save-1"), 'there is no world "save-1" in '),
        (("memory", "export"), "the following arguments are required: --world"),
        (("bench", "wires"), "(did you mean wire?)"),
        (("dance",), "invalid choice: 'dance'"),
    ],
)
def test_bad_usage_is_one_sentence(arguments: tuple[str, ...], wanted: str) -> None:
    done = run(*arguments)
    assert done.returncode in (1, 2)
    assert wanted in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_model_that_reads_too_little_for_such_replies_says_so(tmp_path: Path) -> None:
    done = run("serve", "--model", str(random_gguf(tmp_path / "short.gguf", context=512)), "--max-tokens", "1024")
    assert done.returncode in (1, 2)
    assert "lower --max-tokens to 384 or less, or name another one with --model" in done.stderr


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    async def wait() -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)

    monkeypatch.setitem(cli.COMMANDS, "wait", (lambda args: console.run(wait()), lambda parser: None, "wait"))
    assert cli.main(["wait"]) == 130
    assert capfd.readouterr() == ("", "")


def gguf(name: str | None) -> bytes:
    """The head of a GGUF file, with a number, an array of strings and a name in its header."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    entries = [
        text("general.quantization_version") + struct.pack("<II", 4, 2),
        text("general.tags") + struct.pack("<IIQ", 9, 8, 2) + text("tiny") + text("village"),
    ]
    if name is not None:
        entries.append(text("general.name") + struct.pack("<I", 8) + text(name))
    return struct.pack("<4sIQQ", b"GGUF", 3, 0, len(entries)) + b"".join(entries)


def test_models_lists_the_default_one_and_those_in_the_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "models"
    folder.mkdir(parents=True)
    (folder / "dorf.gguf").write_bytes(gguf("Dörfler 1B"))
    (folder / "nameless.gguf").write_bytes(gguf(None))
    (folder / "broken.gguf").write_bytes(gguf("Cut off")[:-3])
    listed = {Path(model["path"]).name: model for model in json.loads(run("models", "--json").stdout)}
    assert listed["dorf.gguf"]["name"] == "Dörfler 1B"
    assert listed["dorf.gguf"]["size"] == len(gguf("Dörfler 1B"))
    assert listed["nameless.gguf"]["name"] == "nameless"
    assert listed[""]["name"] == "default", "which is not in this cache folder, whether or not its package is installed"
    assert len(listed) == 4
    assert "Dörfler 1B" in run("models").stdout


def test_a_damaged_header_is_told(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"GGUF", gguf("x")[:40], b"\xff" * 200)):
        file = tmp_path / f"{number}.gguf"
        file.write_bytes(content)
        with pytest.raises(ModelUnavailable, match="damaged"):
            model_name(file)


def test_creature_prints_personas_that_a_pack_can_have(tmp_path: Path) -> None:
    folder = write_pack(load_pack("hollowmere"), tmp_path / "dell")
    asked = ("--biome", "marsh", "--seed", "3", "--count", "2")
    printed = run("creature", *asked, "--pack", folder)
    assert printed.returncode == 0, printed.stderr
    for text in printed.stdout.split("---\n"):
        name = text.partition("\n")[0].removeprefix("id: ")
        (folder / "personas" / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = json.loads(run("creature", *asked, "--pack", "hollowmere", "--json").stdout)
    personas = load_pack(str(folder)).personas
    assert len(personas) == len(load_pack("hollowmere").personas) + 2
    assert [personas[each["id"]].name for each in found] == [each["name"] for each in found]
    refused = run("creature", "--species", "gobblin")
    assert refused.returncode == 2
    assert "(did you mean goblin?)" in refused.stderr


def test_say_starts_a_daemon_and_takes_it_away_again(tmp_path: Path) -> None:
    done = run("say", "mira", "Good day, how much is a horseshoe?", "--as", "player:alex", "--seed", "1")
    assert done.returncode == 0, done.stderr
    name, _, line = done.stdout.partition(": ")
    assert name.startswith("Mira (")
    assert line.strip()
    assert endpoint.read(tmp_path / "data") is None


def test_say_to_nobody_known() -> None:
    done = run("say", "mria", "Hello")
    assert done.returncode == 1
    assert "did you mean mira?" in done.stderr


def test_say_finds_the_running_daemon(daemon: RunningDaemon, world: str) -> None:
    before = daemon.log.count("opened by 'terminal")
    lines = [run("say", "tom", "Hello!", "--world", world, "--data-dir", daemon.data_dir) for _ in range(2)]
    assert [done.returncode for done in lines] == [0, 0], lines[0].stderr
    assert all(done.stdout.startswith("Tom (") for done in lines)
    assert daemon.log.count("opened by 'terminal") == before + 2
