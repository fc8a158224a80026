"""Benchmarks are part of a source checkout, not of the package that is installed; here they are found and run."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from npc_runtime.errors import Invalid, NotFound, not_found

ROOT = Path(__file__).resolve().parents[2]


def run(name: str, **wanted: Any) -> dict[str, Any]:
    """What `benchmarks/<name>.py` measures, `_` in it written as `-`. Values of None count as not wanted.

    Raises NotFound, listing the benchmarks, and Invalid for an option that this one does not have.
    """
    files = (ROOT / "benchmarks").glob("*.py")
    names = [file.stem.replace("_", "-") for file in files if "\ndef run(" in file.read_text(encoding="utf-8")]
    if not names:
        raise NotFound(
            "the benchmarks are not installed", hint="a source checkout has them: `make bench` runs them there"
        )
    if name not in names:
        raise not_found("benchmark", name, names)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    benchmark = importlib.import_module(f"benchmarks.{name.replace('-', '_')}").run
    options = {key: value for key, value in wanted.items() if value is not None}
    for key in options.keys() - inspect.signature(benchmark).parameters.keys():
        raise Invalid(f"the benchmark {name} has no --{key}", hint="leave it out")
    result: dict[str, Any] = benchmark(**options)
    return result


def report(name: str, result: dict[str, Any], *, as_json: bool) -> None:
    """One JSON object on one line, or a table."""
    if as_json:
        print(json.dumps(result))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("measure", "value", title=name)
    for key, value in _flat(result):
        table.add_row(key, f"{value:,.4g}" if isinstance(value, float) else str(value))
    Console(highlight=False).print(table)


def _flat(result: dict[str, Any], group: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in result.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{group}{key} ")
        else:
            yield group + key, value
