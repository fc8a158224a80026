"""Where models are: the default one, and GGUF files that a user names or drops into the data folder."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from npc_runtime.config import DEFAULT
from npc_runtime.engine.files import default_model
from npc_runtime.engine.files.gguf import MAGIC, VERSIONS
from npc_runtime.errors import ModelUnavailable


def resolve(model: str, cache_dir: Path) -> Path:
    """The file of a model that a user named; the default one is made now if it is not there yet.

    Raises ModelUnavailable saying what is wrong with it.
    """
    if model == DEFAULT:
        return default_model.ensure_default(cache_dir)
    return gguf_file(Path(model).expanduser(), hint=f'name a GGUF file, or "{DEFAULT}"')


def gguf_file(path: Path, *, hint: str) -> Path:
    """The path of a file that begins like a GGUF. Raises ModelUnavailable; `hint` says what could be named instead."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise ModelUnavailable(f"no model file {path}", hint=hint) from None
    except IsADirectoryError:
        raise ModelUnavailable(f"{path} is a folder", hint="name the GGUF file in it") from None
    except OSError as error:
        raise ModelUnavailable(f"cannot read the model file {path}: {error.strerror}") from None
    if len(head) < 8 or head[:4] != MAGIC:
        raise ModelUnavailable(f"{path} is not a GGUF file", hint="models for llama.cpp end in .gguf")
    (version,) = struct.unpack("<I", head[4:])
    if version not in VERSIONS:
        raise ModelUnavailable(f"{path} has GGUF version {version}", hint="versions 2 and 3 can be read")
    return path


def installed(data_dir: Path) -> Iterator[Path]:
    """The GGUF files in the `models` folder of the data folder."""
    yield from sorted((data_dir / "models").glob("*.gguf"))
