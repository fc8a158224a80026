"""`npc-runtime pack import`: character cards and lorebooks become a pack."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from npc_runtime.errors import Conflict, Invalid, PackError, StorageError, clipped

if TYPE_CHECKING:
    from npc_runtime.persona.importing import Imported, Source

FILES = 200
"""Cards and lorebooks of one pack."""


def import_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `pack import`."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="a character card (PNG or JSON), or a lorebook (JSON)"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="the pack's folder, which is made [./ID]")
    parser.add_argument("--id", metavar="ID", help="the id of the character, where there is one card [from its name]")
    parser.add_argument("--language", default="en", metavar="CODE", help="what the cards are written in [en]")


def run(args: argparse.Namespace) -> int:
    """Makes a pack, and says what is in it and what was left out."""
    from npc_runtime.persona.importing import imported

    if len(args.files) > FILES:
        raise Invalid(f"{len(args.files)} files are too many", hint=f"one pack is made of up to {FILES}")
    pack = imported([_source(path.expanduser()) for path in args.files], id=args.id, language=args.language)
    folder = (args.out or Path(next(iter(pack.characters)))).expanduser()
    _write(pack, folder)
    if args.json:
        notes = [{"file": file, "note": note} for file, note in pack.notes]
        made = {"pack": str(folder), "characters": pack.characters, "lore": pack.lore, "notes": notes}
        print(json.dumps(made, ensure_ascii=False, indent=2))
    else:
        characters = ", ".join(f"{name} ({npc})" for npc, name in pack.characters.items())
        print(f"{folder}: {characters}; {sum(pack.lore.values())} paragraphs of lore")
        for file, note in pack.notes:
            print(f"  {file}: {note}")
        print("in pack.yaml, the village and its one place are only there to be named by you")
    return 0


def _source(path: Path) -> Source:
    """What a file holds. Raises PackError, naming it."""
    from npc_runtime.persona import card
    from npc_runtime.persona.files import Refused

    name = clipped(path.name)
    try:
        return name, card.read(path)
    except Refused as refused:
        raise PackError(f"{name}: {refused}") from None


def _write(pack: Imported, folder: Path) -> None:
    """Makes the folder, at once or not at all, of files that load. Raises Conflict, StorageError, PackError."""
    from npc_runtime.persona.pack import load_pack

    if os.path.lexists(folder):
        raise Conflict(f"{folder} is there already", hint="name another folder with --out, or take this one away")
    try:
        beside = Path(tempfile.mkdtemp(prefix=".npc-import-", dir=folder.absolute().parent))
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror}") from None
    try:
        new = beside / folder.absolute().name
        for name, text in pack.files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_text(text, encoding="utf-8", newline="\n")
        load_pack(str(new))
        new.rename(folder)
    except OSError as error:
        raise StorageError(f"cannot write {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
