"""A small pack, and loading it while looking at the clock."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from npc_runtime.errors import PackError, RuntimeFault
from npc_runtime.persona.model import Pack
from npc_runtime.persona.pack import load_pack

PACK = """\
format: 2
name: Thornby
summary: A hamlet of three houses.
places: [{id: well, name: the well}]
scopes: {village: everyone}
"""
ANA = "name: Ana\nrole: potter\ntraits: [blunt]\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]\n" for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
SECONDS = 1.5
"""Of the processor, for one file; what was unbounded took minutes."""


def write(root: Path) -> Path:
    (root / "personas").mkdir(parents=True)
    (root / "lore").mkdir()
    (root / "pack.yaml").write_text(PACK, encoding="utf-8")
    (root / "personas" / "ana.yaml").write_text(ANA, encoding="utf-8")
    (root / "lore" / "village.md").write_text("The well is deep.\n", encoding="utf-8")
    return root


def fault(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        quickly(folder)
    return str(caught.value)


def quickly(folder: Path) -> Pack:
    """The pack. Its error, if any, can be sent and is short, and neither takes long."""
    before = time.thread_time()
    try:
        return load_pack(str(folder))
    except RuntimeFault as error:
        check_text(error)
        raise
    finally:
        assert time.thread_time() - before < SECONDS


def check_text(error: RuntimeFault) -> None:
    assert len(str(error).encode()) < 20_000  # which also says that it can be encoded
