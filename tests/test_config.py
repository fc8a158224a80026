"""The configuration: which source wins, and what is said of a mistake in one."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from npc_runtime.config import Config, load
from npc_runtime.errors import ConfigError


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever this user has configured does not count here."""
    for name in [name for name in os.environ if name.startswith("NPC_RUNTIME_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *args, **options: str(tmp_path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_flags_outrank_the_environment_which_outranks_the_file(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text("slots = 2\nthreads = 2\nbatch = 64\n")
    monkeypatch.setenv("NPC_RUNTIME_SLOTS", "3")
    monkeypatch.setenv("NPC_RUNTIME_THREADS", "3")
    found = load({"slots": "4", "threads": None})
    assert (found.slots, found.threads, found.batch) == (4, 3, 64)
    assert found.max_tokens == Config().max_tokens


def test_what_is_empty_in_the_environment_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPC_RUNTIME_MODEL", "")
    assert load() == Config()


def test_a_config_that_is_made_looks_nowhere(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text("slots = 2\n")
    monkeypatch.setenv("NPC_RUNTIME_THREADS", "3")
    assert (Config().slots, Config().threads) == (0, 0)


def test_a_config_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Config().slots = 3


def test_the_file_is_named_by_flag_or_environment(monkeypatch: pytest.MonkeyPatch, file: Path, tmp_path: Path) -> None:
    file.write_text("slots = 1\n")
    (tmp_path / "two.toml").write_text("slots = 2\n")
    (tmp_path / "three.toml").write_text("slots = 3\n")
    monkeypatch.setenv("NPC_RUNTIME_CONFIG", str(tmp_path / "two.toml"))
    assert load().slots == 2
    assert load(path=tmp_path / "three.toml").slots == 3


def test_a_named_file_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no configuration file .*none\.toml; leave --config out"):
        load(path=tmp_path / "none.toml")
    monkeypatch.setenv("NPC_RUNTIME_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match=r"no configuration file .*none\.toml; "):
        load()
    with pytest.raises(ConfigError, match=f"cannot read the configuration file {re.escape(str(tmp_path))}: "):
        load(path=tmp_path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slots = many\n", r"config\.toml is not valid TOML: .*line 1"),
        (b"model = '\xff'\n", r"config\.toml is not valid TOML: 'utf-8' codec can't decode byte 0xff"),
        ("slots = 'many'\n", r"slots = 'many' \(file .*config\.toml\): Input should be a valid integer"),
        ("slots = -1\n", r"slots = -1 \(file .*config\.toml\): Input should be greater than or equal to 0"),
        ("sltos = 2\n", r"unknown setting sltos \(file .*config\.toml\); did you mean slots\?$"),
        (
            "NPC_RUNTIME_SLOTS = 2\n",
            r"NPC_RUNTIME_SLOTS \(file .*config\.toml\); did you mean slots\?$",
        ),
        ("fish = 2\n", r"unknown setting fish \(file .*config\.toml\); there are adapter, barks, .*, world_idle$"),
        ("_env_file = 'x'\n", r"unknown setting _env_file \(file .*config\.toml\); "),
        ("[model]\npath = 'x'\n", r"model = \{'path': 'x'\} \(file .*config\.toml\): Input should be a valid string"),
        ("slots = 'a'\nbatch = -1\n", r"slots = 'a' .*; batch = -1 .*greater than or equal to 0"),
    ],
)
def test_a_mistake_in_the_file_is_told(file: Path, text: str | bytes, wanted: str) -> None:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError, match=wanted):
        load()


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("NPC_RUNTIME_SLOTS", "many", r"slots = 'many' \(environment\): Input should be a valid integer"),
        (
            "NPC_RUNTIME_KV_TYPE_K",
            "q9",
            r"kv_type_k = 'q9' \(environment\): Input should be 'auto', 'f16', 'q8_0' or 'q4_0'",
        ),
        ("NPC_RUNTIME_BIND", "localhost:1", r"bind = 'localhost:1' \(environment\): String should match pattern"),
        ("NPC_RUNTIME_SLTOS", "3", r"NPC_RUNTIME_SLTOS \(environment\); did you mean NPC_RUNTIME_SLOTS\?"),
        ("NPC_RUNTIME_FISH", "3", r"unknown setting NPC_RUNTIME_FISH \(environment\); there are NPC_RUNTIME_ADAPTER, "),
        ("NPC_RUNTIME_CONFG", "x", r"NPC_RUNTIME_CONFG \(environment\); did you mean NPC_RUNTIME_CONFIG\?"),
    ],
)
def test_a_mistake_in_the_environment_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wanted: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=wanted):
        load()


def test_a_mistake_is_blamed_on_the_source_that_made_it(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    file.write_text("slots = 'a'\nthreads = 'b'\nbatch = 'c'\n")
    monkeypatch.setenv("NPC_RUNTIME_SLOTS", "d")
    monkeypatch.setenv("NPC_RUNTIME_THREADS", "e")
    with pytest.raises(ConfigError) as caught:
        load({"slots": "f"})
    assert "slots = 'f' (command line)" in str(caught.value)
    assert "threads = 'e' (environment)" in str(caught.value)
    assert f"batch = 'c' (file {file})" in str(caught.value)


def test_settings_that_cannot_work_together_are_refused_from_wherever_they_come(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("heartbeat = 20\n")
    monkeypatch.setenv("NPC_RUNTIME_SESSION_EXPIRY", "10")
    with pytest.raises(ConfigError, match="with --heartbeat 20 and --session-expiry 10 every client"):
        load()
