"""What in a pack is no mistake, and may still be a slip: files that nothing reads, and traits that are nearly known."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from npc_runtime.errors import clipped
from npc_runtime.language.language import Language
from npc_runtime.persona.adapters import missing, named
from npc_runtime.persona.files import Refused, listed
from npc_runtime.persona.limits import ENTRIES
from npc_runtime.persona.model import TRAITS, Pack

_READ = ("pack.yaml", "barks.yaml", "personas", "lore")
_ENDINGS = {"personas": ".yaml", "lore": ".md"}
_ALIKE = 0.75  # of their letters: "knid" is meant for kind, "stern" is not meant for stubborn


def notes(pack: Pack, folder: Path) -> Iterator[str]:
    """A sentence about each, behind the name of its file. `folder` is where the pack was loaded from."""
    yield from missing(pack)
    yield from _unread(folder, {Path(file).parts[0] for _, file in named(pack)})
    known = _known(pack.language)
    for npc, persona in pack.personas.items():
        for number, trait in enumerate(persona.traits, 1):
            guess = None if trait in TRAITS else _meant(trait, known)
            if guess:
                yield (
                    f'personas/{npc}.yaml: traits entry {number}: "{clipped(trait)}" is read as words of your own; '
                    f'did you mean "{guess}"?'
                )


def _unread(folder: Path, used: Set[str]) -> Iterator[str]:
    """Files but hidden ones that loading passes over, and nothing else uses."""
    for inside in ("", *_ENDINGS):
        try:
            names = listed(folder / inside, ENTRIES, inside=folder)
        except Refused:
            continue
        for name in names:
            is_read = name.endswith(_ENDINGS[inside]) if inside else name in (*_READ, *used)
            if not is_read and not name.startswith("."):
                yield f"{clipped(f'{inside}/{name}' if inside else name, 120)}: this file is not read"


def _known(language: Language) -> Mapping[str, str]:
    """Known traits by what they are called in a language, and by themselves."""
    return {language.phrases.name("trait", trait).casefold(): trait for trait in TRAITS} | {t: t for t in TRAITS}


def _meant(trait: str, known: Mapping[str, str]) -> str | None:
    found = difflib.get_close_matches(trait.casefold(), known, n=1, cutoff=_ALIKE)
    return known[found[0]] if found else None
