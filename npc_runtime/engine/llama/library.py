"""llama.cpp itself: what this build can do, what it complains of, and the files it loads. Every user of it begins here.

The log callback must stay referenced or the process crashes (llama-cpp-python 0.3.36).
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as cpp
import psutil
from llama_cpp._ggml import libggml, libggml_base_path

from npc_runtime.engine.backend import NoRoom
from npc_runtime.errors import ModelUnavailable

_log = logging.getLogger(__name__)

_ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR
_complaints: deque[str] = deque(maxlen=8)
_ALLOCATION = re.compile(r"alloc|out of memory", re.IGNORECASE)
"""What every backend says of memory that it did not get: unable to allocate, cudaMalloc failed, bad_alloc."""


def _on_log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    line = text.decode("utf-8", "replace").strip()
    if line and level == _ERROR_LEVEL:
        _complaints.append(line)
    if line:
        _log.debug("llama.cpp: %s", line)


_NO_DEVICES = (ctypes.c_void_p * 1)(None)  # an empty list: otherwise a card is opened even for no layers
_log_callback = cpp.llama_log_callback(_on_log)  # referenced for ever: llama.cpp keeps the pointer
cpp.llama_log_set(_log_callback, ctypes.c_void_p(0))


def _load_backends() -> None:
    """Where the build has them as files of their own (GGML_BACKEND_DL), the best for this processor, and the cards'.

    Left to itself the library would look in the current folder, too, which may be anybody's.
    """
    libggml.ggml_backend_load_all_from_path.argtypes = [ctypes.c_char_p]
    libggml.ggml_backend_load_all_from_path.restype = None
    if not libggml.ggml_backend_reg_count():
        libggml.ggml_backend_load_all_from_path(os.fsencode(libggml_base_path))


_load_backends()
cpp.llama_backend_init()


@dataclass(frozen=True)
class BuildInfo:
    """What this build of llama.cpp can do."""

    version: str  # of llama-cpp-python
    supports_gpu_offload: bool
    system_info: str  # instruction sets and backends, in llama.cpp's words


def build_info() -> BuildInfo:
    """What this build of llama.cpp can do."""
    info = cpp.llama_print_system_info().decode("utf-8", "replace").strip()
    return BuildInfo(cpp.__version__, bool(cpp.llama_supports_gpu_offload()), info)


def default_threads() -> int:
    """Physical cores less one: the game wants some too."""
    return max(1, (psutil.cpu_count(logical=False) or 2) - 1)


def load_file(path: Path, n_gpu_layers: int) -> Any:
    """The handle of a loaded GGUF; 0 layers keep off every GPU.

    Raises NoRoom where there is too little memory, else ModelUnavailable, with llama.cpp's reason.
    """
    params = cpp.llama_model_default_params()
    params.n_gpu_layers = n_gpu_layers if cpp.llama_supports_gpu_offload() else 0
    if params.n_gpu_layers == 0:
        params.devices = ctypes.cast(_NO_DEVICES, ctypes.c_void_p)
    forget_complaints()
    handle = cpp.llama_model_load_from_file(str(path).encode(), params)
    if not handle and _ALLOCATION.search(complaints()):
        raise NoRoom(
            f"there is too little memory for {path}: {complaints()}",
            hint="close what takes it, or choose a smaller model",
        )
    if not handle:
        raise ModelUnavailable(
            f"llama.cpp cannot load {path}: {complaints()}",
            hint="the file may be incomplete, or too new for this llama.cpp; download it again",
        )
    return handle


def forget_complaints() -> None:
    """What is complained of from now on is about the next call."""
    _complaints.clear()


def complaints() -> str:
    """Why the last call failed, in llama.cpp's words."""
    return "; ".join(_complaints) or "no reason given"


def meta(handle: Any, key: str) -> str:
    """What the header of a loaded GGUF says; nothing where it does not."""
    buffer = ctypes.create_string_buffer(256)
    while (count := cpp.llama_model_meta_val_str(handle, key.encode(), buffer, len(buffer))) >= len(buffer):
        buffer = ctypes.create_string_buffer(count + 1)
    return buffer.value.decode("utf-8", "replace") if count > 0 else ""


def tokenize(vocab: Any, text: str, *, special: bool, frame: bool = False) -> list[int]:
    """Token ids. `special` reads special tokens in the text; `frame` puts the model's own around it: CLS, SEP."""
    data = text.encode("utf-8", "replace")
    if not data and not frame:
        return []
    room = len(data) + 8
    while True:
        buffer = (cpp.llama_token * room)()
        count = cpp.llama_tokenize(vocab, data, len(data), buffer, room, frame, special)
        if count >= 0:
            return list(buffer[:count])
        room = -count
