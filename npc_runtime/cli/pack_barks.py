"""`npc-runtime pack barks`: a model writes lines beforehand that a character says where none answers."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from npc_runtime.cli import console
from npc_runtime.errors import ConfigError, ModelUnavailable, NotFound, PackError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from npc_runtime.config import Config
    from npc_runtime.dialogue.policy.moves import Move
    from npc_runtime.persona.model import Pack

MOST = 12
"""Lines of a character for a move: no more are read."""

Barks = dict[str, dict[str, list[str]]]
"""By character and by move."""


def barks_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `pack barks`."""
    parser.add_argument("folder", metavar="FOLDER", help="a pack")
    parser.add_argument("--only", metavar="IDS", help="these characters, as mira,tom [all]")
    parser.add_argument("--moves", metavar="MOVES", help="what they do, as greet,part [all that tells nothing]")
    parser.add_argument("--lines", metavar="N", help="of each character for each move [4]")
    parser.add_argument("--write", action="store_true", help="add them to the files of characters that have no barks")
    from npc_runtime.cli import flags

    flags.add(parser, flags.MIND)


def run(args: argparse.Namespace) -> int:
    """Has them written, and prints what can be used; or adds it to the pack."""
    from npc_runtime.cli import flags
    from npc_runtime.dialogue.generation.prewriting import LINES
    from npc_runtime.persona.pack import folder_of, load_pack

    pack = load_pack(args.folder)
    lines = args.lines or str(LINES)
    npcs = _chosen(args.only, pack.personas, "character")
    moves = _moves(args.moves)
    if not lines.isdigit() or not 1 <= int(lines) <= MOST:
        raise ConfigError(f"--lines is {lines!r}", hint=f"name a number from 1 to {MOST}")
    found = console.run(_written(flags.config(args), pack, npcs, moves, int(lines)))
    added = _added(found, pack, folder_of(args.folder)) if args.write else []
    if args.json:
        print(json.dumps({"pack": pack.id, "barks": found, "written": added}, ensure_ascii=False, indent=2))
        return 0
    for npc in added:
        print(f"personas/{npc}.yaml: {sum(map(len, found[npc].values()))} lines added")
    for npc, lines in found.items():
        if npc not in added:
            print(f"# personas/{npc}.yaml\n{_yaml(lines)}")
    return 0


def _chosen(named: str | None, known: Collection[str], what: str) -> list[str]:
    """Those that were named, or all. Raises NotFound."""
    wanted = [each.strip() for each in named.split(",")] if named else list(known)
    for each in wanted:
        if each not in known:
            raise NotFound(f"there is no {what} {each!r}", hint=f"there are {', '.join(sorted(known))}")
    return wanted


def _moves(named: str | None) -> list[Move]:
    from npc_runtime.dialogue.generation.prewriting import MOVES

    by_name = {move.value: move for move in MOVES}
    return [by_name[name] for name in _chosen(named, by_name, "move")]


async def _written(config: Config, pack: Pack, npcs: Sequence[str], moves: Sequence[Move], count: int) -> Barks:
    from rich.console import Console
    from rich.progress import Progress

    from npc_runtime.dialogue.generation.prewriting import prewritten
    from npc_runtime.engine import serving

    served = await serving.start(config)
    try:
        if served.writer is None:
            raise ModelUnavailable(served.trouble)
        if not served.profile.describes:
            raise ConfigError(
                "this model has no words of its own for what needs no facts: such lines are its barks already",
                hint="name a larger one with --model, or a server with --engine",
            )
        found: dict[tuple[str, Move], list[str]] = {}
        troubles: list[str] = []
        screen = Console(stderr=True)
        with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
            task = progress.add_task("characters and moves", total=len(npcs) * len(moves))
            async for one in prewritten(served.writer, pack, npcs, moves, count=count, seed=config.seed or 0):
                progress.advance(task)
                troubles += [one.trouble] if one.trouble else []
                if one.lines:
                    found[one.npc, one.move] = list(one.lines)
        if troubles:
            print(f"{len(troubles)} of {len(npcs) * len(moves)} were not written: {troubles[0]}", file=sys.stderr)
        if not found:
            raise ModelUnavailable(troubles[0] if troubles else "it wrote nothing that a character could say")
    finally:
        await served.close()
    return {npc: {move.value: found[npc, move] for move in moves if (npc, move) in found} for npc in npcs}


def _added(found: Barks, pack: Pack, folder: Path) -> list[str]:
    """Writes them into the files of those who have none; who that is. A pack that is not read then is put back."""
    from npc_runtime.persona.files import read
    from npc_runtime.persona.pack import load_pack

    files = {npc: folder / "personas" / f"{npc}.yaml" for npc in found if found[npc] and not pack.personas[npc].barks}
    before = {npc: read(file) for npc, file in files.items() if file.is_file()}
    for npc, text in before.items():
        console.rewrite(files[npc], f"{text.rstrip()}\n{_yaml(found[npc])}")
    try:
        load_pack(str(folder))
    except PackError:
        for npc, text in before.items():
            console.rewrite(files[npc], text)
        raise
    return list(before)


def _yaml(lines: dict[str, list[str]]) -> str:
    import yaml

    return yaml.safe_dump({"barks": lines}, allow_unicode=True, sort_keys=False, width=1000)
