"""`npc-runtime feedback` and `memory`: what was kept of a game, written as JSON lines, or forgotten."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from npc_runtime.cli import console
from npc_runtime.errors import Invalid, NotFound

if TYPE_CHECKING:
    from npc_runtime.config import Config

SHOWN = 20  # numbers of lines that cannot be read


def feedback_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `feedback`."""
    from npc_runtime.cli import flags

    parser.add_argument("what", choices=("export",), help="write the last judgement of each reply as JSON lines")
    parser.add_argument("--world", metavar="ID", help="only replies in this world")
    parser.add_argument(
        "--min-rating", type=_rating, metavar="N", help="leave out what is rated lower and has no better line"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of printing")
    parser.add_argument("--json", action="store_true", help="print counts as one JSON object instead of lines")
    flags.add(parser, ("data_dir",))


def feedback(args: argparse.Namespace) -> int:
    """What was judged, written for training."""
    from npc_runtime.cli import flags
    from npc_runtime.dialogue.feedback.file import FeedbackFile

    file = flags.config(args).feedback_file
    lines, skipped = FeedbackFile(file).judged(args.world, args.min_rating)
    if skipped:
        which = ", ".join(map(str, list(skipped)[:SHOWN])) + (", …" if len(skipped) > SHOWN else "")
        number, wrong = next(iter(skipped.items()))
        print(
            f"{len(skipped)} lines of {file} cannot be read and are left out ({which}); line {number}: {wrong}",
            file=sys.stderr,
        )
    text = "".join(line.model_dump_json() + "\n" for line in lines)
    if args.out:
        console.write(args.out, text)
    if args.json:
        rated = sum(line.rating is not None for line in lines)
        better = sum(line.better is not None for line in lines)
        counts = {"lines": len(lines), "rated": rated, "better": better}
        print(json.dumps({**counts, "skipped": len(skipped), "skipped_lines": list(skipped)[:SHOWN]}, indent=2))
    elif args.out:
        print(f"{len(lines)} judged lines written to {args.out}")
    else:
        print(text, end="")
    return 0


def memory_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `memory`."""
    from npc_runtime.cli import flags

    parser.add_argument(
        "what", choices=("export", "forget"), help="write memories as JSON lines; or delete a player for good"
    )
    parser.add_argument("--world", metavar="ID", required=True, help="whose memories: a world that was played")
    parser.add_argument("--npc", metavar="NPC", help="with export: only this character's")
    parser.add_argument("--player", metavar="ID", help="with forget: who, such as player:alex")
    parser.add_argument("--out", type=Path, metavar="FILE", help="with export: write there instead of printing")
    flags.add(parser, ("data_dir", *flags.MIND))


def memory(args: argparse.Namespace) -> int:
    """What characters remember, written; or a player, forgotten."""
    from npc_runtime.cli import flags

    if args.what == "forget" and not args.player:
        raise Invalid("nobody is named to be forgotten", hint="say whom: --player player:alex")
    config = flags.config(args)
    if not config.world_file(args.world).exists():
        raise NotFound(
            f'there is no world "{args.world}" in {config.data_dir}', hint="it has the id that its game gave it"
        )
    console.run(_remembered(args, config))
    return 0


async def _remembered(args: argparse.Namespace, config: Config) -> None:
    from npc_runtime.cli import flags
    from npc_runtime.client import connect

    arguments = flags.arguments(config, flags.MIND)
    async with connect(data_dir=config.data_dir, name="terminal", arguments=arguments) as runtime:
        world = await runtime.open_world(args.world)
        if args.what == "forget":
            forgotten = await world.forget(args.player)
            print(f"{args.player} is forgotten: {forgotten.memories} memories deleted")
            for save in forgotten.renamed:
                print(f'the save "{save.was}" is called "{save.now}" now')
            return
        lines = [memory.model_dump_json() + "\n" async for memory in world.export(args.npc)]
    if args.out:
        console.write(args.out, "".join(lines))
        print(f"{len(lines)} memories written to {args.out}")
    else:
        print("".join(lines), end="")


def _rating(text: str) -> int:
    if text not in tuple("12345"):
        raise argparse.ArgumentTypeError(f"{text} is not a rating from 1 to 5")
    return int(text)
