"""Character cards and lorebooks as the files of a pack, with a note on what was left out or has to be looked at.

Nothing of a card becomes a path: folders and names of files are ids made here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from npc_runtime.errors import Invalid, clipped
from npc_runtime.language import languages
from npc_runtime.persona.card import Book, Card
from npc_runtime.persona.carded import Carded, carded
from npc_runtime.persona.lorebook import chapters
from npc_runtime.persona.mistakes import ID_RULE
from npc_runtime.persona.model import COMMON_SCOPE, FORMAT, ID_PATTERN
from npc_runtime.persona.prose import clean, flat

Source = tuple[str, Card | Book]
"""What a file holds, behind its name."""


@dataclass
class Imported:
    """A pack that is not written yet."""

    files: dict[str, str] = field(default_factory=dict)  # by their paths in it
    characters: dict[str, str] = field(default_factory=dict)  # id -> name
    lore: dict[str, int] = field(default_factory=dict)  # scope -> paragraphs
    notes: list[tuple[str, str]] = field(default_factory=list)  # file, and what is to be said of it


def imported(sources: Sequence[Source], *, id: str | None = None, language: str = "en") -> Imported:
    """The pack of some cards and lorebooks. `id` is that of an only character. Raises Invalid where there is none."""
    _check([one for _, one in sources if isinstance(one, Card)], id)
    return _Importing(sources, id, language).pack


def _check(cards: Sequence[Card], id: str | None) -> None:
    if not cards:
        raise Invalid("there is no character card among these files", hint="a pack needs a character; name a card too")
    if id is not None and len(cards) > 1:
        raise Invalid("one id is given for several characters", hint="leave --id out, or import the cards one by one")
    if id is not None and not re.fullmatch(ID_PATTERN, id):
        raise Invalid(f'"{clipped(id)}" is not an id', hint=ID_RULE)


@dataclass(frozen=True)
class _Person:
    """A card on its way into a pack."""

    file: str
    card: Card
    npc: str
    made: Carded


class _Importing:
    def __init__(self, sources: Sequence[Source], id: str | None, language: str) -> None:
        self.pack = Imported()
        self._scopes = {COMMON_SCOPE: "everyone here"}
        self._user = languages.of(language).phrases.text("persona.user")
        people = [self._person(file, one, id) for file, one in sources if isinstance(one, Card)]
        self._part_aliases(people)
        only = people[0].made.name if len(people) == 1 else "somebody"
        books = [(file, one) for file, one in sources if isinstance(one, Book)]
        shared = [scope for file, book in books for scope in self._lore(file, book, book.name or _stem(file), only)]
        for one in people:
            own = self._lore(one.file, one.card.book, one.npc, one.made.name) if one.card.book else []
            persona = {**one.made.persona, "knows": [COMMON_SCOPE, *shared, *own]}
            self.pack.files[f"personas/{one.npc}.yaml"] = _comment(one) + _yaml(persona)
        names = " and ".join(list(dict.fromkeys(self.pack.characters.values()))[:2])
        village = {
            "format": FORMAT,
            "name": "this place",
            "summary": f"It is where {names} can be met.",
            "places": [{"id": "here", "name": "the meeting place"}],
            "scopes": self._scopes,
            "language": language,
        }
        self.pack.files["pack.yaml"] = _yaml(village)

    def _person(self, file: str, card: Card, id: str | None) -> _Person:
        made = carded(card)
        npc = id or _id(card.name, file, self.pack.characters)
        self.pack.characters[npc] = made.name
        self.pack.notes += [(file, note) for note in made.notes]
        return _Person(file, card, npc, made)

    def _part_aliases(self, people: Iterable[_Person]) -> None:
        """Leaves out an alias that somebody else bears: a pack with it is refused."""
        taken = {name.casefold() for name in self.pack.characters.values()}
        for one in people:
            for alias in one.made.persona.get("aliases", ()):
                if alias.casefold() in taken:
                    del one.made.persona["aliases"]
                    self.pack.notes.append((one.file, f'nickname: somebody is called "{alias}" already; left out'))
                taken.add(alias.casefold())

    def _lore(self, file: str, book: Book, name: str, char: str) -> list[str]:
        """Takes in a lorebook, and returns its scopes."""
        title = flat(clipped(clean(book.name)[0] or char, 80))

        def scope() -> str:
            new = _id(name, file, self._scopes)
            self._scopes[new] = f"whoever knows the lore of {title}"
            return new

        made = chapters(book, char, self._user, scope)
        self.pack.files |= {f"lore/{scope}.md": text for scope, text in made.files().items()}
        self.pack.lore |= {scope: made.count(scope) for scope in made.texts}
        self.pack.notes += [(file, note) for note in made.notes]
        return list(made.texts)


def _stem(file: str) -> str:
    return file.rpartition(".")[0] or file


def _id(name: str, file: str, taken: Iterable[str]) -> str:
    """An id that is free: of a name's Latin letters without their marks, or of the file's where it has none."""
    stem = _slug(name) or _slug(_stem(file)) or "character"
    used = set(taken)
    numbers = (f"{stem}-{number}" for number in range(2, len(used) + 3))
    return next(one for one in (stem, *numbers) if one not in used)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _comment(one: _Person) -> str:
    """Where a persona is from, over its file."""
    creator, tags = (flat(clipped(clean(text)[0], 300)) for text in (one.card.creator, ", ".join(one.card.tags)))
    by = f", by {creator}" if creator else ""
    return f"# From {flat(clipped(clean(one.file)[0]))}{by}.\n" + (f"# tags: {tags}\n" if tags else "")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines are written as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
