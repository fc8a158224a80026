"""`npc-runtime eval`: plays scenes with one model, or with two, and tells how much was as expected."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from npc_runtime.cli import console, flags
from npc_runtime.config import DEFAULT, Config
from npc_runtime.engine.files import models
from npc_runtime.errors import StorageError
from npc_runtime.scenes import figures, page, report, runner, schema
from npc_runtime.scenes.record import Record


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Those of the report and of the comparison, and the settings of the mind."""
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page of HTML with all that was said")
    parser.add_argument("--against", metavar="MODEL", help="play the same with this model too, and compare")
    flags.add(parser, flags.MIND)


def run(args: argparse.Namespace) -> float:
    """Plays, prints and writes; returns the rate of the model that was named first."""
    scenes = _scenes(args.scenes)
    configs = [flags.config(args)]
    if args.against is not None:
        configs.append(flags.config(argparse.Namespace(**{**vars(args), "model": args.against})))
        _look(configs)
    if args.report is not None and not args.report.absolute().parent.is_dir():
        raise StorageError(f"cannot write {args.report}: there is no folder {args.report.parent}")
    sides = [_side(scenes, config, args.repeat) for config in configs]
    results = [report.summary(side.outcomes) for side in sides]
    _print(sides, results, as_json=args.json)
    if args.report is not None:
        console.write(args.report, page.render(sides))
    return float(results[0]["rate"])


def _scenes(named: list[Path]) -> list[schema.Scene]:
    """The scenes of all that was named, each once."""
    found = {scene.file.resolve(): scene for path in named for scene in schema.load_folder(path)}
    return list(found.values())


def _look(configs: list[Config]) -> None:
    """Whether the models are there: the second is wanted only after an hour of the first. Raises ModelUnavailable."""
    for config in configs:
        if not config.engine and config.model != DEFAULT:  # which is made where it is not there
            models.resolve(config.model, config.cache_dir)


def _side(scenes: list[schema.Scene], config: Config, repeat: int) -> page.Side:
    record = Record()
    outcomes = console.run(runner.evaluate(scenes, config, repeat=repeat, show=record))
    return page.Side(outcomes, record.plays)


def _print(sides: list[page.Side], results: list[dict[str, Any]], *, as_json: bool) -> None:
    compared = figures.pairs(sides[0].outcomes, sides[1].outcomes) if len(sides) > 1 else []
    if as_json:
        print(json.dumps(_as_json(sides, results, compared), ensure_ascii=False, indent=2))
        return
    output = console.console()
    for side, result in zip(sides, results, strict=True):
        if len(sides) > 1:
            output.print(f"\n{side.model}", style="bold", markup=False, soft_wrap=True)
        report.print_summary(result, output)
    if len(sides) > 1:
        report.print_difference(figures.differences(compared)[0], figures.difference(compared), output)


def _as_json(sides: list[page.Side], results: list[dict[str, Any]], compared: list[figures.Pair]) -> dict[str, Any]:
    """The summary of the first, and beside it that of the second and what is between them."""
    if len(sides) == 1:
        return results[0]
    tags = {tag: figures.as_json(found) for tag, found in figures.differences(compared)[0].items()}
    difference = {**figures.as_json(figures.difference(compared)), "categories": tags}
    named = {"model": sides[0].model, **results[0], "against": {"model": sides[1].model, **results[1]}}
    return {**named, "difference": difference}
