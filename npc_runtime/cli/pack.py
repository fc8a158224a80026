"""`npc-runtime pack`: looked through for mistakes, made of character cards, given barks, or put in today's form."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from npc_runtime.cli import console, pack_barks, pack_import
from npc_runtime.errors import NotFound, PackError

if TYPE_CHECKING:
    from npc_runtime.persona.mistakes import Mistakes
    from npc_runtime.persona.old_form import Migrated, OldFile
    from npc_runtime.persona.reading import Folder

NOTES = 200  # said of one pack


def pack_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `pack`."""
    commands = parser.add_subparsers(title="what to do", metavar="WHAT", required=True)
    check = commands.add_parser("check", help="look for mistakes")
    check.add_argument("folder", metavar="FOLDER", help="a pack")
    check.set_defaults(what=_check)
    importing = commands.add_parser("import", help="make a pack of character cards and lorebooks")
    pack_import.import_flags(importing)
    importing.set_defaults(what=pack_import.run)
    migrate = commands.add_parser("migrate", help="rewrite an old pack in today's form")
    migrate.add_argument("folder", metavar="FOLDER", help="a pack, or a scene file that carries one")
    migrate.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    migrate.set_defaults(what=_migrate)
    barks = commands.add_parser("barks", help="have a model write lines that characters say where none answers")
    pack_barks.barks_flags(barks)
    barks.set_defaults(what=pack_barks.run)
    for command in (check, importing, migrate, barks):
        command.add_argument("--json", action="store_true", help="print one JSON object")


def pack(args: argparse.Namespace) -> int:
    """Looks through a pack, makes one, or rewrites one."""
    return int(args.what(args))


def _check(args: argparse.Namespace) -> int:
    from npc_runtime.persona.notes import notes
    from npc_runtime.persona.pack import folder_of, load_pack

    found = load_pack(args.folder)
    noted = [*islice(notes(found, folder_of(args.folder)), NOTES)]
    counts = {"characters": len(found.personas), "places": len(found.village.places), "lore": len(found.lore)}
    if args.json:
        print(json.dumps({"pack": found.id, **counts, "notes": noted}, ensure_ascii=False, indent=2))
    else:
        counted = "{characters} characters, {places} places, {lore} paragraphs of lore".format_map(counts)
        print(f"{found.id}: no mistakes in {counted}")
        for note in noted:
            print(f"  {note}")
    return 0


# ------------------------------------------------------------------------------------------------- migrate


@dataclass(frozen=True)
class _Rewriting:
    """A file, and what it is to hold."""

    name: str
    path: Path
    new: Migrated


def _migrate(args: argparse.Namespace) -> int:
    path = Path(args.folder).expanduser()
    found = _rewritings(path)  # all of them before the first is written: a pack with a mistake stays as it is
    if not args.dry_run:
        for one in found:
            console.rewrite(one.path, one.new.text)
    if args.json:
        print(
            json.dumps(
                {"pack": str(path), "dry_run": args.dry_run, "files": [*map(_file, found)]},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for one in found:
            print(f"{one.name}: {_summary(one.new)}")
            for change in one.new.changes:
                print(f"  line {change.line}: {change.fact.kind}: {change.fact.text}")
        print(_closing(path, found, dry_run=args.dry_run))
    return 0


def _rewritings(path: Path) -> list[_Rewriting]:
    """The files of a pack that change, pack.yaml last: after half of them, the command can be given again."""
    from npc_runtime.persona.mistakes import Mistakes, Origin
    from npc_runtime.persona.old_form import is_old
    from npc_runtime.persona.pack import PACK_FILE
    from npc_runtime.persona.reading import Folder

    if path.is_file() and path.name != PACK_FILE:
        return _scene(path)
    path = path.parent if path.name == PACK_FILE else path
    if not path.is_dir():
        raise NotFound(f"there is no folder {path}", hint="name the folder of a pack, or a scene file")
    mistakes = Mistakes(str(path))
    folder = Folder(path, mistakes)
    if PACK_FILE not in folder.names():
        mistakes.end(Origin(PACK_FILE), "this file is missing, so this is no folder of a pack")
    found: list[_Rewriting | None] = []
    if is_old(folder.yaml(PACK_FILE)[1]):
        people = [name for _, name in folder.members("personas", ".yaml", instead_of=".yml")]
        files: list[tuple[str, OldFile]] = [*((name, "persona") for name in people), (PACK_FILE, "village")]
        found = [_rewriting(folder, path, name, file, mistakes) for name, file in files]
    mistakes.raise_if_any()
    return [one for one in found if one is not None]


def _rewriting(folder: Folder, path: Path, name: str, file: OldFile, mistakes: Mistakes) -> _Rewriting | None:
    """One file in the new form, or None where nothing changes or a mistake was noted."""
    from npc_runtime.persona.files import Refused
    from npc_runtime.persona.mistakes import Origin
    from npc_runtime.persona.old_form import migrated

    text = folder.text(name)
    try:
        new = migrated(text, file) if text is not None else None
    except Refused as refused:
        mistakes.add(Origin(name), str(refused))
        return None
    return _Rewriting(name, path / name, new) if new is not None and new.text != text else None


def _scene(path: Path) -> list[_Rewriting]:
    """The scene file, where it carries a pack of the old form."""
    from npc_runtime.persona.files import Refused, read
    from npc_runtime.persona.old_form import is_old, migrated
    from npc_runtime.persona.parsing import parse

    try:
        text = read(path)
        scene = parse(text).value
        if isinstance(scene, dict) and is_old(scene.get("world")):
            return [_Rewriting(path.name, path, migrated(text, "scene"))]
    except Refused as refused:
        raise PackError(f"{path}: {refused}") from None
    return []


def _file(one: _Rewriting) -> dict[str, object]:
    from npc_runtime.persona.model import FORMAT

    facts = [change.as_record() for change in one.new.changes]
    return {"file": one.name, "facts": facts, "format": FORMAT if one.new.format else None}


def _summary(new: Migrated) -> str:
    from npc_runtime.persona.model import FORMAT

    kinds = Counter(change.fact.kind for change in new.changes)
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return "; ".join(filter(None, (f"format: {FORMAT}" if new.format else "", counted)))


def _closing(path: Path, found: list[_Rewriting], *, dry_run: bool) -> str:
    if not found:
        return f"nothing to do: {path} is not of the old form"
    files = f"{len(found)} file{'' if len(found) == 1 else 's'}"
    if dry_run:
        return f"nothing was written; without --dry-run, {files} of {path} would be"
    return f"{files} of {path} rewritten; look at the kinds, and then at the whole with npc-runtime pack check"
