"""One frozen configuration, from a TOML file, then the environment, then flags; a bad value is an error naming it.

File: `config.toml` in the platform's config folder, or `--config PATH`, or NPC_RUNTIME_CONFIG.
Environment: NPC_RUNTIME_ and the key in capitals: NPC_RUNTIME_MODEL=/models/qwen.gguf.
A variable that begins so and is no setting is an error, like an unknown key.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from npc_runtime.errors import ConfigError, Invalid, closest, shown

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

APP = "npc-runtime"
ENVIRONMENT = "environment"
ENVIRONMENT_PREFIX = "NPC_RUNTIME_"
CONFIG_VARIABLE = ENVIRONMENT_PREFIX + "CONFIG"
DEFAULT = "default"

LEAST_REPLY, LEAST_BATCH = 8, 32
PROMPT_ROOM = 128
"""Tokens of a context without which not even a short prompt with a fact and a little history fits."""

LOOPBACK, LAST_PORT = "127.0.0.1", 65535

Endpoint = Annotated[str, Field(pattern=r"^(tcp|ipc)://.+$")]
KVType = Literal["f16", "q8_0", "q4_0"]
SamplerKind = Literal["min-p", "dynamic", "entropy"]
_SIZE = r"([0-9]+(?:\.[0-9]+)?) *(?:([kmgtKMGT])[iI]?)?[bB]?"
Size = Annotated[str, Field(pattern=f"^{_SIZE}$")]


def size(text: str) -> int:
    """Bytes of `8GB` or `512 MiB`: 8 GB is 8 GiB, as on the box of a card. Raises Invalid."""
    match = re.fullmatch(_SIZE, text.strip())
    if match is None or (match[2] is None and float(match[1])):
        raise Invalid(f'"{text}" is no size', hint="write it like 8GB or 512MB")
    return int(float(match[1]) * (1 << 10 * " kmgt".index((match[2] or " ").lower())))


def _metrics(value: Any) -> Any:
    """`9464` alone is a port of the loopback; an address that others reach has to be named."""
    if not isinstance(value, str) or not value:
        return value
    host, _, port = value.rpartition(":")
    named = re.fullmatch(r"\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]*", host)
    if not named or not port.isdecimal() or int(port) > LAST_PORT:
        raise ValueError("no address; write it like 127.0.0.1:9464, or the port alone")
    return f"{host or LOOPBACK}:{port}"


LOCAL = "local"


def _addresses(value: Any) -> Any:
    """The addresses in one text with commas between them, or in several; `local` is none."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    found = [part.strip().rstrip("/") for text in texts for part in text.split(",")]
    return tuple(dict.fromkeys(part for part in found if part not in ("", LOCAL)))


class Config(BaseModel):
    """Every setting of the daemon. Times are seconds, sizes are tokens unless named otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Wire
    bind: Endpoint = "tcp://127.0.0.1:5577"  # port 0 or * takes a free one
    events_bind: Endpoint = "tcp://127.0.0.1:5578"
    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir(APP, appauthor=False)))
    heartbeat: Annotated[float, Field(gt=0, le=60)] = 5.0  # a client says something at least this often
    session_expiry: Annotated[float, Field(gt=0, le=600)] = 20.0  # silence after which its work is cancelled
    outbox_limit: Annotated[int, Field(ge=16, le=100_000)] = 1024  # messages kept for a slow reader
    open_worlds: Annotated[int, Field(ge=1, le=10_000)] = 128  # at once; those used least lately close by themselves
    world_idle: Annotated[float, Field(gt=0)] = 900.0  # seconds after which a world that nobody uses closes by itself
    # `/metrics` for Prometheus: 127.0.0.1:9464, or a port of the loopback; empty: none
    metrics: Annotated[str, BeforeValidator(_metrics)] = ""
    log_json: bool = False
    exit_with_parent: Annotated[int, Field(gt=0)] | None = None  # process id of the game

    # Model
    # Servers that speak the API of OpenAI: http://127.0.0.1:8000/v1; none: the model runs in the daemon
    engine: Annotated[tuple[str, ...], BeforeValidator(_addresses)] = ()
    engine_key: str = ""  # where their key is: a file, or env:NAME for a variable; never the key itself
    model: str = DEFAULT  # a path to a GGUF, or "default"; with `engine`, its name there, or the first there is
    profile: Literal["auto", "small", "large"] = (
        "auto"  # what it is trusted with; auto: by what its file says, or large
    )
    adapter: Path | None = None  # a GGUF of what a model learned more; None: the default model has its own
    # What can be made again, such as the default model; shared by all data folders of this user.
    cache_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_cache_dir(APP, appauthor=False)))
    # How it is placed: what is -1, 0 or auto, the planner chooses by the memory that is free (`engine/placement/`).
    reserve: Size = "1GB"  # of the card's memory, for the game
    n_gpu_layers: Annotated[int, Field(ge=-1)] = -1
    slots: Annotated[int, Field(ge=0, le=256)] = 0  # characters that can speak at once; 0: 16 for a small model, else 6
    slot_context: Annotated[int, Field(ge=0)] = 0  # of prompt and reply for each; 0: 1536, or 4096 for a large model
    kv_unified: bool = False  # one KV buffer for all, instead of a stream each
    kv_type_k: Literal["auto", KVType] = "auto"
    kv_type_v: Literal["auto", KVType] = "auto"
    kv_place: Literal["auto", "gpu", "ram"] = "auto"  # gpu: the cache of a layer lies where its weights do
    parked_ram: Annotated[int, Field(ge=0)] = 512  # MiB for characters whose slot somebody else has; 0: computed anew
    parked_disk: Annotated[int, Field(ge=0)] = 1024  # MiB of files for those who do not fit there
    threads: Annotated[int, Field(ge=0)] = 0  # 0: physical cores less one, for the game
    batch: Annotated[int, Field(ge=0, le=8192)] = 0  # most tokens in one decode; 0: 512 or, on a CPU, 128
    embedding: str = "auto"  # auto: MiniLM where the extra `semantic` is installed; off, minilm, or a path to a GGUF

    # Dialogue
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    # How the words are drawn; what is auto or None suits the model (`engine/profile.py`).
    sampler: Literal["auto", SamplerKind] = "auto"  # dynamic, entropy: how sure the model is moves the temperature
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None  # of the likeliest word's chance; less is never drawn
    dry: Annotated[float, Field(ge=0, le=5)] | None = None  # how much is taken off what would be said again
    max_tokens: Annotated[int, Field(ge=0, le=1024)] = 0  # of one reply; 0: 72 for a small model, else 200
    deadline: Annotated[float, Field(gt=0)] = 20.0  # after this a fallback line is spoken
    heard_timeout: Annotated[float, Field(gt=0)] = 120.0  # seconds after its end: what was not heard by then never was
    barks: Literal["auto", "never"] = (
        "auto"  # auto: greetings in passing and the like need no model; never: always ask it
    )
    seed: int | None = None  # None: a new one each time

    @model_validator(mode="after")
    def _work_together(self) -> Config:
        """Settings that are right each by itself but not together would fail later, and without a word."""
        if 0 < self.max_tokens < LEAST_REPLY:
            raise ValueError(
                f"--max-tokens {self.max_tokens} is no line; {LEAST_REPLY} or more, or 0 for what suits the model"
            )
        if 0 < self.slot_context < self.max_tokens + PROMPT_ROOM:
            raise ValueError(
                f"--slot-context {self.slot_context} leaves no room for a prompt with --max-tokens {self.max_tokens}, "
                "so characters would say fallback lines only; raise --slot-context to "
                f"{self.max_tokens + PROMPT_ROOM} or more, or lower --max-tokens"
            )
        if self.session_expiry <= self.heartbeat:
            raise ValueError(
                f"with --heartbeat {self.heartbeat:g} and --session-expiry {self.session_expiry:g} every client that "
                "has nothing to say would be cut off; the expiry is the longer one, best some times as long"
            )
        if 0 < self.batch < LEAST_BATCH:
            raise ValueError(f"--batch {self.batch} reads no prompt in time; {LEAST_BATCH} or more, or 0 for what fits")
        if 0 < self.batch < self.slots:
            raise ValueError(
                f"--slots {self.slots} and --batch {self.batch}: each character that speaks takes a token of every "
                f"decode, so some would wait for ever; raise --batch to {self.slots} or more, or lower --slots"
            )
        if self.bind == self.events_bind and not self.bind.endswith((":0", ":*")):
            raise ValueError(
                f"--bind and --events-bind are both {self.bind}; requests and events need an address each, such as "
                "tcp://127.0.0.1:5577 and tcp://127.0.0.1:5578"
            )
        return self

    def world_file(self, world: str) -> Path:
        """Where a world's memory is. Its name tells the world to people, and worlds apart on every file system."""
        readable = re.sub(r"[^a-z0-9_-]+", "-", world.lower()).strip("-")[:40]
        mark = hashlib.blake2b(world.encode(), digest_size=6).hexdigest()
        return self.data_dir / "worlds" / f"{readable}-{mark}.db"

    @property
    def feedback_file(self) -> Path:
        """What was thought of replies, for whoever trains a model."""
        return self.data_dir / "feedback.jsonl"


VARIABLES = {ENVIRONMENT_PREFIX + key.upper(): key for key in Config.model_fields}


def standby(data_dir: Path) -> Path:
    """The folder that stands in for a data folder where that cannot be written, for what clients look for."""
    mark = hashlib.sha256(os.fsencode(os.path.abspath(data_dir))).hexdigest()[:12]  # which every language can compute
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where the system has no such folder, one in the temporary folder will do
        runtime_dir = platformdirs.user_runtime_dir(APP, appauthor=False)
    return Path(runtime_dir) / mark


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """The configuration in force. `flags` holds what the command line named; None values count as not named.

    Raises ConfigError naming the key, where it was set, and what would be right.
    """
    sources: dict[str, str] = {}
    values: dict[str, Any] = {}
    named = path or environ.get(CONFIG_VARIABLE)
    file = Path(named or Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml")
    for source, found in (
        (f"file {file}", _from_file(file, named=bool(named))),
        (ENVIRONMENT, _from_environment(environ)),
        ("command line", {key: value for key, value in (flags or {}).items() if value is not None}),
    ):
        values.update(found)
        sources.update(dict.fromkeys(found, source))
    try:
        return Config(**values)
    except ValidationError as error:
        raise ConfigError(_explain(error, sources)) from None


def _from_file(file: Path, *, named: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            raise ConfigError(f"no configuration file {file}", hint="leave --config out to use the defaults") from None
        return {}
    except OSError as error:
        raise ConfigError(f"cannot read the configuration file {file}: {error.strerror}") from None
    except ValueError as error:  # of TOML or of UTF-8
        raise ConfigError(f"{file} is not valid TOML: {error}") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """What is set there; a variable that is none of ours stays under its own name, which `Config` does not know."""
    return {
        VARIABLES.get(name, name): value
        for name, value in environ.items()
        if value and name.startswith(ENVIRONMENT_PREFIX) and name != CONFIG_VARIABLE
    }


def _explain(error: ValidationError, sources: Mapping[str, str]) -> str:
    lines = []
    for problem in error.errors():
        if not problem["loc"]:
            lines.append(str(problem["ctx"]["error"]))
            continue
        key = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown setting {key} ({sources[key]}); {_meant(key, sources[key])}")
        else:
            lines.append(f"{key} = {shown(problem['input'])} ({sources[key]}): {problem['msg']}")
    return "; ".join(lines)


def _meant(key: str, source: str) -> str:
    """What an unknown name was probably meant to be, as it is written in that source."""
    spelled = {name: name for name in Config.model_fields}
    if source == ENVIRONMENT:
        spelled = {"config": CONFIG_VARIABLE, **{key: name for name, key in VARIABLES.items()}}
    guess = closest(key.removeprefix(ENVIRONMENT_PREFIX).lower(), sorted(spelled))
    return f"did you mean {spelled[guess]}?" if guess else f"there are {', '.join(sorted(spelled.values()))}"
