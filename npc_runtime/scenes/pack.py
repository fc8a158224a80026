"""The pack that a scene carries, as the folder that the daemon, another process, can open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from npc_runtime.persona.model import Lore, Pack
from npc_runtime.persona.pack import BARKS_FILE, PACK_FILE


def write_pack(pack: Pack, folder: Path) -> Path:
    """Writes a pack as files; returns the folder."""
    for name in ("personas", "lore"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write(folder / PACK_FILE, pack.village.model_dump(mode="json", exclude_unset=True))
    for npc, persona in pack.personas.items():
        _write(folder / "personas" / f"{npc}.yaml", persona.model_dump(mode="json", exclude_unset=True))
    for scope in {lore.scope for lore in pack.lore}:
        _document(folder / "lore" / f"{scope}.md", [lore for lore in pack.lore if lore.scope == scope])
    if pack.barks.lines:
        _write(folder / BARKS_FILE, pack.barks.model_dump(mode="json")["lines"])
    return folder


def _write(file: Path, data: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False), encoding="utf-8")


def _document(file: Path, paragraphs: Iterable[Lore]) -> None:
    texts: list[str] = []
    for heading, under in groupby(paragraphs, key=lambda lore: lore.heading):
        texts += [f"# {heading}"] if heading else []
        texts += [lore.text for lore in under]
    file.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
