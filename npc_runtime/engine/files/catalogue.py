"""Models that can be fetched by name: from where, in which shape, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from npc_runtime.errors import not_found


@dataclass(frozen=True)
class Entry:
    """A model on the net. `bytes` and `sha256` where we know them; otherwise the server says them, or nobody."""

    name: str
    url: str
    shape: str = ""  # of `placement/known.yaml`
    licence: str = "not known here; look at the page that it comes from"
    bytes: int | None = None
    sha256: str | None = None


@cache
def catalogue() -> dict[str, Entry]:
    """All of them by name, small ones first."""
    text = resources.files(__package__).joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return {name: Entry(name, **row) for name, row in yaml.safe_load(text).items()}


def entry(name: str) -> Entry:
    """The one of that name. Raises NotFound with what there is."""
    if name.lower() not in catalogue():
        raise not_found("model to pull", name, ["default", "recommended", *catalogue()])
    return catalogue()[name.lower()]
