"""The command line: parse, call, print. Each command imports what it needs, so that `--help` is instant."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from npc_runtime import __version__
from npc_runtime.cli import console, creatures, export, keys, models
from npc_runtime.cli import pack as packs
from npc_runtime.cli import plan as plans
from npc_runtime.cli import top as tops
from npc_runtime.errors import Invalid, NotFound, RuntimeFault

if TYPE_CHECKING:
    from npc_runtime.config import Config

FAILED, BAD_USAGE, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names and lines are any Unicode, whatever the terminal's code page
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser(arguments)
    args = parser.parse_args(arguments)
    if not hasattr(args, "run"):
        parser.print_help()
        return 0
    try:
        return int(args.run(args))
    except RuntimeFault as error:
        print(f"npc-runtime: {error}", file=sys.stderr)
        return BAD_USAGE if isinstance(error, Invalid) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """All commands, and the flags of the one that is named: listing settings costs a fifth of a second."""
    named = next((word for word in arguments if not word.startswith("-")), "")
    parser = argparse.ArgumentParser("npc-runtime", description="A local daemon that gives game characters a mind.")
    parser.add_argument("--version", action="version", version=f"npc-runtime {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, (run, configure, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(run=run)
        if name == named:
            configure(command)
    return parser


# ------------------------------------------------------------------------------------------------- serve


def _serve_flags(parser: argparse.ArgumentParser) -> None:
    from npc_runtime.cli import flags

    flags.add(parser)


def _serve(args: argparse.Namespace) -> int:
    from npc_runtime.cli import flags

    config = flags.config(args)  # before the daemon's libraries are loaded, so that a mistake is told at once
    from npc_runtime import daemon

    daemon.serve(config)
    return 0


# ------------------------------------------------------------------------------------------------- play, eval


def _play_flags(parser: argparse.ArgumentParser) -> None:
    from npc_runtime.cli import flags

    parser.add_argument("scene", type=Path, metavar="SCENE", help="a scene file")
    parser.add_argument("--json", action="store_true", help="print every wire message as a line of JSON")
    flags.add(parser, flags.MIND)


def _play(args: argparse.Namespace) -> int:
    from npc_runtime.cli import flags
    from npc_runtime.scenes import report, runner, schema

    scene = schema.load_scene(args.scene)
    show = report.JsonLines() if args.json else report.Transcript(console.console())
    outcome = console.run(runner.play(scene, flags.config(args), show))
    return 0 if outcome.passed else FAILED


def _eval_flags(parser: argparse.ArgumentParser) -> None:
    from npc_runtime.cli import evaluate

    parser.add_argument("scenes", type=Path, nargs="+", metavar="SCENES", help="folders of scene files, or files")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end, and nothing else")
    parser.add_argument("--repeat", type=_positive, default=1, metavar="N", help="play each scene N times [1]")
    parser.add_argument("--min", type=_share, default=1.0, metavar="RATE", help="exit 1 when less is met, 0 to 1 [1]")
    evaluate.add_flags(parser)


def _eval(args: argparse.Namespace) -> int:
    from npc_runtime.cli import evaluate

    return 0 if evaluate.run(args) >= args.min else FAILED


# ------------------------------------------------------------------------------------------------- say


def _say_flags(parser: argparse.ArgumentParser) -> None:
    from npc_runtime.cli import flags

    parser.add_argument("npc", metavar="NPC", help="whom to speak to, such as mira")
    parser.add_argument("text", metavar="TEXT", help="what to say")
    parser.add_argument(
        "--as", dest="speaker", default="player:stranger", metavar="ID", help="who speaks [player:stranger]"
    )
    parser.add_argument("--world", default="terminal", help="the world to speak in [terminal]")
    parser.add_argument("--pack", help="the pack of a new world: a name or a folder [hollowmere]")
    flags.add(parser, ("data_dir", *flags.MIND))


def _say(args: argparse.Namespace) -> int:
    from npc_runtime.cli import flags

    console.run(_converse(args, flags.config(args)))
    return 0


async def _converse(args: argparse.Namespace, config: Config) -> None:
    from npc_runtime.cli import flags
    from npc_runtime.client import connect

    arguments = flags.arguments(config, flags.MIND)
    async with connect(data_dir=config.data_dir, name="terminal", arguments=arguments) as runtime:
        world = await runtime.open_world(args.world, pack=args.pack)
        try:
            npc = await world.npc(args.npc)
        except NotFound:
            npc = await world.spawn(args.npc)
        await world.move(args.speaker, npc.info.at)
        async for piece in npc.say(args.speaker, args.text):
            if piece.emotion:
                print(f"{npc.name} ({piece.emotion}): ", end="", flush=True)
            print(piece.text, end="", flush=True)
        print()


# ------------------------------------------------------------------------------------------------- doctor, models


def _doctor_flags(parser: argparse.ArgumentParser) -> None:
    from npc_runtime.cli import flags

    parser.add_argument("--json", action="store_true", help="print one JSON object")
    flags.add(parser, ("bind", "events_bind", "data_dir", *flags.MIND))


def _doctor(args: argparse.Namespace) -> int:
    from npc_runtime.cli import doctor, flags

    return doctor.report(doctor.examine(flags.config(args)), as_json=args.json, console=console.console())


# ------------------------------------------------------------------------------------------------- bench


def _bench_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        help="wire, dialogue, remote, grammar, memory, arguments, player-first, creatures, gossip, chaos, planner; "
        "or calibrate, which measures this machine for `plan` and `serve`, and needs no checkout",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.add_argument("--model", metavar="FILE", help="a GGUF file, where the benchmark uses one")
    parser.add_argument("--seconds", metavar="X", type=float, help="how long to measure")
    parser.add_argument(
        "--sizes",
        metavar="N,N",
        type=_sizes,
        help="how many memories, or how large batches",
    )
    parser.add_argument("--rounds", metavar="N", type=_positive, help="how many rounds, where it has some")
    parser.add_argument("--seed", metavar="N", type=int, help="what chance begins from, where there is any")


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a list of numbers such as 1000,100000') from None


def _bench(args: argparse.Namespace) -> int:
    from npc_runtime.cli import bench

    if args.name == "calibrate":
        from npc_runtime.cli import calibrate

        bench.report(args.name, calibrate.run(args.model), as_json=args.json)
        return 0
    wanted = {name: getattr(args, name) for name in ("model", "seconds", "sizes", "rounds", "seed")}
    result = bench.run(args.name, **wanted)
    bench.report(args.name, result, as_json=args.json)
    return FAILED if result.get("broken") else 0  # promises, of a benchmark that looks whether they are kept


# ------------------------------------------------------------------------------------------------- numbers in flags


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 on")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a rate between 0 and 1")
    return share


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], Callable[[argparse.ArgumentParser], None], str]] = {
    "serve": (_serve, _serve_flags, "run the daemon"),
    "play": (_play, _play_flags, "play a scene and show it as it happens"),
    "eval": (_eval, _eval_flags, "play every scene in a folder and check what each expects"),
    "say": (_say, _say_flags, "say one line to a character and hear the answer"),
    "doctor": (_doctor, _doctor_flags, "look at what is installed and say what to do"),
    "top": (tops.top, tops.top_flags, "show what the running daemon does, as it does it"),
    "plan": (plans.plan, plans.plan_flags, "say where a model's parts go, what fits and how fast that is"),
    "models": (models.models, models.models_flags, "list the models that are here, or fetch the default one"),
    "creature": (creatures.creature, creatures.creature_flags, "make up creatures and print their personas"),
    "pack": (packs.pack, packs.pack_flags, "look for mistakes in a pack, or rewrite one of the old form"),
    "feedback": (export.feedback, export.feedback_flags, "write what was thought of replies, to train a model with"),
    "memory": (export.memory, export.memory_flags, "write what characters remember, or forget a player"),
    "keys": (keys.keys, keys.keys_flags, "let other machines connect: make, list and take back their keys"),
    "bench": (_bench, _bench_flags, "measure (in a source checkout)"),
}
