"""The adapters that a pack names: GGUF files in it, with what a model learned of how a character or a village speaks.

What is in one only the engine knows; here it is a file that lies where it seems to lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from npc_runtime.errors import clipped
from npc_runtime.persona.files import Refused, regular
from npc_runtime.persona.limits import ADAPTER_BYTES, ADAPTERS
from npc_runtime.persona.mistakes import Mistakes, Origin
from npc_runtime.persona.model import Pack


def with_adapters(pack: Pack, folder: Path, mistakes: Mistakes) -> Pack:
    """The pack, with where its adapters are. One that is not there is no mistake: whoever names it speaks without."""
    files = {file for _, file in named(pack)}
    if len(files) > ADAPTERS:
        mistakes.add(Origin("personas"), f"{len(files):,} adapters are too many; allowed: up to {ADAPTERS}")
    for origin, file in named(pack):
        if complaint := _complaint(folder / file, folder):
            mistakes.add(origin, f"{clipped(file)}: {complaint}")
    mistakes.raise_if_any()
    return pack.model_copy(update={"adapters": {file: str(folder / file) for file in files}})


def named(pack: Pack) -> Iterator[tuple[Origin, str]]:
    """Where each is named, and the file."""
    if pack.village.adapter:
        yield Origin("pack.yaml", ("adapter",)), pack.village.adapter
    for npc, persona in pack.personas.items():
        if persona.adapter:
            yield Origin(f"personas/{npc}.yaml", ("adapter",)), persona.adapter


def _complaint(path: Path, folder: Path) -> str:
    try:
        regular(path, ADAPTER_BYTES, inside=folder)
    except FileNotFoundError:
        return ""
    except Refused as refused:
        return str(refused)
    return ""


def missing(pack: Pack) -> Iterator[str]:
    """A sentence about each that is not there."""
    for origin, file in named(pack):
        if not Path(pack.adapters.get(file, file)).exists():
            yield f"{origin}: there is no file {clipped(file)} in the pack; whoever it is for speaks without it"
