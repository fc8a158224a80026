"""The settings of `Config` as command line flags: `slot_context` is `--slot-context`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

from npc_runtime.config import LOCAL, Config, load

HELP = {
    "bind": "address for requests; port 0 takes a free one; where other machines reach it, they need keys",
    "events_bind": "address for world events",
    "data_dir": "folder for the token, the keys, the saves and the downloaded models",
    "heartbeat": "seconds within which a client has to say something",
    "session_expiry": "seconds of silence after which a client's work is cancelled",
    "outbox_limit": "messages kept for a slow reader",
    "open_worlds": "worlds that are open at once; those used least lately close and open again by themselves",
    "world_idle": "seconds after which a world that nobody uses closes by itself",
    "metrics": "where Prometheus reads /metrics, such as 127.0.0.1:9464 or a port alone; whoever reaches it may [off]",
    "log_json": "write the log as JSON lines",
    "exit_with_parent": "stop when the process with this id ends",
    "engine": "a server that speaks the API of OpenAI, such as http://127.0.0.1:8000/v1; several: repeat it [local]",
    "engine_key": "where the key of that server is: a file, or env:NAME for a variable; never the key itself",
    "model": "a GGUF file, or `default`; with --engine, the model's name there, or the first there is",
    "profile": "what the model is trusted with: small, large, or auto",
    "adapter": "a GGUF with a LoRA adapter for the model; the default model has one of its own",
    "cache_dir": "folder for models that are made of others, which can be made again",
    "reserve": "memory of the GPU that stays free for the game, such as 2GB",
    "n_gpu_layers": "layers on the GPU; -1: as many as fit",
    "slots": "characters that can speak at once; 0: 16 for a small model, else 6",
    "slot_context": "tokens of prompt and reply for each of them; 0: 1536, or 4096 for a large model",
    "kv_unified": "one KV buffer for all characters, instead of one each",
    "kv_type_k": "storage type of the keys: f16, q8_0, q4_0, or auto for what fits",
    "kv_type_v": "storage type of the values: likewise",
    "kv_place": "where keys and values lie: gpu (with each layer's weights), ram, or auto",
    "parked_ram": "MiB of memory for what was computed of characters whose slot others have; 0: it is computed again",
    "parked_disk": "MiB of files in the data folder for what does not fit there",
    "threads": "CPU threads; 0: physical cores less one",
    "batch": "most tokens in one decode; 0: 512 on a card where there is room, 128 without one",
    "embedding": "model that compares meanings in recall: off, minilm, a GGUF file, or auto",
    "temperature": "0 takes the likeliest word, higher is more varied",
    "sampler": "min-p, dynamic or entropy (how sure the model is moves the temperature), or auto for what suits it",
    "min_p": "share of the likeliest word's chance below which none is drawn; left out: what suits the model",
    "dry": "how much a character minds saying the same again; 0: not at all; left out: what suits the model",
    "max_tokens": "longest reply, in tokens; 0: 72 for a small model, else 200",
    "deadline": "seconds after which a character says a line of its own instead",
    "heard_timeout": "seconds after its end by which a reply must be acknowledged with heard, or it never was",
    "barks": "auto: greetings in passing and repeated questions need no model; never: they do",
    "seed": "makes replies repeatable",
}
MIND = tuple(Config.model_fields)[tuple(Config.model_fields).index("engine") :]
"""The settings about the model and the dialogue; those before are about the daemon's place on this machine."""
METAVARS: dict[Any, str] = {int: "N", float: "X", Path: "PATH"}


def add(parser: argparse.ArgumentParser, only: Iterable[str] = tuple(Config.model_fields)) -> None:
    """Adds a flag for each named setting, and `--config`. Values stay text: `Config` checks them all in one place."""
    parser.add_argument("--config", metavar="FILE", type=Path, help="configuration file in TOML")
    for key in only:
        field = Config.model_fields[key]
        flag = "--" + key.replace("_", "-")
        if field.annotation is bool:
            parser.add_argument(flag, dest=key, action=argparse.BooleanOptionalAction, help=HELP[key])
            continue
        if get_origin(field.annotation) is tuple:
            parser.add_argument(flag, dest=key, action="append", metavar="TEXT", help=HELP[key])
            continue
        default = "" if field.default_factory or field.default in (None, "") else f" [{field.default}]"
        parser.add_argument(flag, dest=key, metavar=_metavar(field.annotation), help=HELP[key] + default)


def config(args: argparse.Namespace) -> Config:
    """The configuration in force, given what was named on the command line. Raises ConfigError."""
    return load({key: getattr(args, key, None) for key in Config.model_fields}, path=args.config)


def arguments(settings: Config, only: Iterable[str]) -> list[str]:
    """The flags that give another process the same settings, whatever its own files and environment say."""
    found: list[str] = []
    for key in only:
        value, flag = getattr(settings, key), key.replace("_", "-")
        if isinstance(value, bool):
            found.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, tuple):
            found += [f"--{flag}", ",".join(value) or LOCAL]
        elif value is not None:
            found += [f"--{flag}", str(value)]
    return found


def _metavar(annotation: Any) -> str:
    kinds = [
        get_args(kind)[0] if get_origin(kind) is not None else kind for kind in (annotation, *get_args(annotation))
    ]
    return next((METAVARS[kind] for kind in kinds if kind in METAVARS), "TEXT")
