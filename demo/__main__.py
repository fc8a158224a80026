"""`python -m demo`: the village in a terminal; without one, its scenes printed as text."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from npc_runtime.cli import flags
from npc_runtime.cli import main as cli
from npc_runtime.dialogue.feedback.file import FeedbackFile
from npc_runtime.errors import RuntimeFault
from npc_runtime.persona.pack import load_pack

SCENES = sorted((Path(__file__).parent / "scenes").glob("*.yaml"))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the demo; returns the exit status."""
    args = _parser().parse_args(argv)
    try:
        config = flags.config(args)
        settings = flags.arguments(config, flags.MIND)
        if args.script or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return max(cli.main(["play", str(scene), *settings]) for scene in SCENES)
        if args.data_dir is not None:
            return _visit(args.pack, args.data_dir, settings)
        # A folder of its own: a daemon that runs for a game already keeps its model, and its saves stay clean.
        with tempfile.TemporaryDirectory(prefix="npc-runtime-demo-", ignore_cleanup_errors=True) as folder:
            try:
                return _visit(args.pack, Path(folder), settings)
            finally:
                FeedbackFile(config.feedback_file).take_over(Path(folder, config.feedback_file.name))
    except RuntimeFault as error:
        print(f"demo: {error}", file=sys.stderr)
        return cli.BAD_USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m demo", description="A village in the terminal.")
    parser.add_argument("--script", action="store_true", help="print the scenes instead, as without a terminal")
    parser.add_argument("--pack", metavar="NAME", default="hollowmere", help="a bundled pack, or a folder [hollowmere]")
    parser.add_argument(
        "--data-dir", metavar="DIR", type=Path, help="keep the village here, not in a folder that goes when you leave"
    )
    flags.add(parser, flags.MIND)
    return parser


def _visit(pack: str, data_dir: Path, settings: Sequence[str]) -> int:
    from demo.app import VillageApp
    from demo.village import Village

    village = Village(load_pack(pack), pack_name=pack, data_dir=data_dir, arguments=settings)
    app = VillageApp(village, chatter=True)

    async def visit() -> None:
        try:
            await app.run_async()
        finally:
            await village.leave()

    loop = asyncio.SelectorEventLoop()  # zmq.asyncio needs this one on Windows
    try:
        loop.run_until_complete(visit())
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
