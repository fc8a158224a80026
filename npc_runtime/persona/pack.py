"""Loading packs: a folder, a bundled pack by name, or the personas, world and lore that a scene file carries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from npc_runtime.errors import PackError, clipped, not_found, shown
from npc_runtime.language import languages
from npc_runtime.language.language import Language
from npc_runtime.persona.adapters import with_adapters
from npc_runtime.persona.files import unfit_character
from npc_runtime.persona.limits import PARAGRAPHS
from npc_runtime.persona.macros import filled_barks, filled_persona
from npc_runtime.persona.mistakes import Mistakes, Origin, quoted
from npc_runtime.persona.model import FORMAT, Barks, Lore, Pack, Persona, Village
from npc_runtime.persona.reading import Folder, paragraphs
from npc_runtime.persona.resolve import Known, check_aliases, check_barks, check_persona, check_scopes, check_village

PACK_FILE = "pack.yaml"
BARKS_FILE = "barks.yaml"
INLINE_KEYS = ("personas", "world", "lore", "barks")

_PACKAGE = Path(__file__).resolve().parents[1]
_BUNDLED = (_PACKAGE / "personas", _PACKAGE.parent / "personas")  # in a wheel, in a checkout


def available() -> list[str]:
    """The names of the bundled packs."""
    return sorted({file.parent.name for root in _BUNDLED for file in root.glob(f"*/{PACK_FILE}")})


def load_pack(name_or_path: str, *, near: Path | None = None) -> Pack:
    """A pack by the name of a bundled one, or by the path of its folder; paths are tried from `near` first.

    Whatever a stranger put there, it ends within the limits of `limits`; it takes a while, in any thread. Raises
    PackError listing every mistake with file, key and what is allowed; NotFound when there is no such folder.
    """
    path = folder_of(name_or_path, near=near)
    mistakes = Mistakes(str(path))
    folder = Folder(path, mistakes)
    names = folder.names()
    if PACK_FILE not in names:
        mistakes.end(Origin(PACK_FILE), f"this file is missing; it holds {', '.join(Village.model_fields)}")
    _check_names(names, mistakes)
    world = folder.yaml(PACK_FILE)
    _check_format(world[1], f"pack {path}", path)
    personas = ((npc, folder.yaml(name)) for npc, name in folder.members("personas", ".yaml", instead_of=".yml"))
    lore = (
        (scope, (Origin(name), paragraphs(folder.text(name) or "")))
        for scope, name in folder.members("lore", ".md", instead_of=".txt")
    )
    barks = folder.yaml(BARKS_FILE) if BARKS_FILE in names else None
    return with_adapters(_assemble(path.name, world, personas, lore, barks, mistakes), path, mistakes)


def pack_from_mapping(data: Mapping[str, Any], *, source: str) -> Pack:
    """The pack that a scene file carries: `world` (as pack.yaml), `personas` by id, `lore` by scope, and `barks`.

    Personas may also be a list whose entries have an `id`; lore is a list of sentences or Markdown text. `source`
    names the file in errors. Raises PackError as `load_pack` does.
    """
    mistakes = Mistakes(f"in {source}")
    origin = Origin(source)
    for key in data:
        if key not in INLINE_KEYS:
            mistakes.add(origin.at(str(key)), "unknown key", key, INLINE_KEYS)
    if "world" not in data:
        mistakes.add(origin.at("world"), "this key is missing")
    _check_format(data.get("world"), f"the pack in {source}", source)
    personas = _inline_personas(data.get("personas"), origin.at("personas"), mistakes)
    lore = _inline_lore(data.get("lore"), origin.at("lore"), mistakes)
    barks = (origin.at("barks"), data["barks"]) if data.get("barks") is not None else None
    return _assemble(Path(source).stem, (origin.at("world"), data.get("world")), personas, lore, barks, mistakes)


_Part = tuple[Origin, object]
_Texts = tuple[Origin, list[tuple[str, Any]]]  # each text with its heading


def folder_of(name_or_path: str, *, near: Path | None = None) -> Path:
    """The folder that `load_pack` reads. Raises NotFound."""
    roots = [*([near] if near else []), Path()]
    if Path(name_or_path).name == name_or_path:
        roots += _BUNDLED
    try:
        path = Path(name_or_path).expanduser()
        folders = [(root / path).parent if path.name == PACK_FILE else root / path for root in roots]
        found = [folder.resolve() for folder in folders if folder.is_dir()]
        packs = [folder for folder in found if os.path.lexists(folder / PACK_FILE)]
    except (OSError, RuntimeError, ValueError):  # no such home, a name too long, a NUL: nothing that a folder is called
        found = packs = []
    if not found:
        raise not_found("pack", name_or_path, available())
    return (packs or found)[0]


def _check_format(village: object, pack: str, path: object) -> None:
    """Raises PackError for a pack of another form, of which nothing else would be understood."""
    if not isinstance(village, Mapping) or village.get("format") == FORMAT:
        return
    found = village.get("format", 1)
    if not isinstance(found, int) or found > FORMAT:
        raise PackError(
            f"{pack}: the format {shown(found)} is unknown here",
            hint=f"write format: {FORMAT}, or use a newer NPC Runtime",
        )
    raise PackError(
        f"{pack}: this pack has the old form, in which the kinds of facts were guessed",
        hint=f'`npc-runtime pack migrate "{path}"` rewrites it: to format: {FORMAT}, and to facts such as '
        "- price: You sell rope for five pennies. (kinds: price, need, view, told; a fact of no kind stays a sentence)",
    )


def _check_names(names: Iterable[str], mistakes: Mistakes) -> None:
    """Notes files that would be passed over in silence."""
    for name in names:
        if name.endswith((".yaml", ".yml")) and name not in (PACK_FILE, BARKS_FILE):
            mistakes.add(Origin(name), f"this file is not read; allowed: {PACK_FILE}, {BARKS_FILE}, personas/<id>.yaml")


def _inline_personas(data: object, origin: Origin, mistakes: Mistakes) -> Iterator[tuple[str, _Part]]:
    if isinstance(data, Mapping):
        for npc, persona in data.items():
            yield str(npc), (origin.at(str(npc)), persona)
    elif isinstance(data, list):
        seen: set[str] = set()
        for index, persona in enumerate(data):
            npc = clipped(str(persona.get("id", ""))) if isinstance(persona, Mapping) else ""
            if not npc:
                mistakes.add(origin.at(index, "id"), "this key is missing")
            elif npc in seen:
                mistakes.add(origin.at(index, "id"), f'there is a character "{npc}" already; every id is given once')
            else:
                seen.add(npc)
                yield npc, (origin.at(index), persona)
    else:
        mistakes.add(origin, "this key must hold the characters, by id")


def _inline_lore(data: object, origin: Origin, mistakes: Mistakes) -> Iterator[tuple[str, _Texts]]:
    if data is None:
        return
    if not isinstance(data, Mapping):
        mistakes.add(origin, "this key must hold lists of sentences, by scope")
        return
    for scope, texts in data.items():
        if isinstance(texts, (str, list)):
            under = paragraphs(texts) if isinstance(texts, str) else [("", text) for text in texts]
            yield str(scope), (origin.at(str(scope)), under)
        else:
            mistakes.add(origin.at(str(scope)), "this must be a list of sentences, or Markdown text")


def _assemble(
    pack: str,
    world: _Part,
    personas: Iterable[tuple[str, _Part]],
    lore: Iterable[tuple[str, _Texts]],
    barks: _Part | None,
    mistakes: Mistakes,
) -> Pack:
    """The pack of its parts, each of which is checked before the next is read: what is wrong is not kept."""
    village = mistakes.check(world[0], Village, world[1]) if world[1] is not None else None
    language = languages.of(village.language if village is not None else "en")
    people: dict[str, Persona | None] = {}
    origins: dict[str, Origin] = {}
    for npc, (origin, data) in personas:
        origins[npc] = Origin(origin.file, origin.key)  # lines of thousands of files would be too much to keep
        people[npc] = read_persona(npc, origin, data, language, mistakes)
    scopes: dict[str, Origin] = {}
    entries: list[Lore] = []
    for scope, (origin, texts) in lore:
        scopes[scope] = origin
        entries += _lore(scope, origin, texts, PARAGRAPHS - len(entries), mistakes)
    book = Barks(lines={})
    if barks is not None and barks[1] is not None:
        book = mistakes.check(barks[0], Barks, {"lines": filled_barks(barks[1])}, unwrap=1) or book
        check_barks(book, barks[0], mistakes)
    if not people:
        mistakes.add(Origin("personas"), "there is no character; write personas/<id>.yaml")
    if not 1 <= len(pack.strip()) <= 64 or unfit_character(pack):
        mistakes.add(Origin("."), f'"{clipped(pack)}" is no name for a pack; rename it to 1 to 64 letters, in UTF-8')
    if village is not None:
        check_village(village, world[0], mistakes)
        check_scopes(scopes, village, mistakes)
        check_aliases({npc: one for npc, one in people.items() if one is not None}, origins, mistakes)
        known = Known(village, people, entries)
        for npc, persona in people.items():
            if persona is not None:
                check_persona(persona, known, origins[npc], mistakes)
    mistakes.raise_if_any()
    assert village is not None  # its absence is a mistake, raised above
    personas_found = {npc: persona for npc, persona in people.items() if persona is not None}
    return Pack(id=pack, village=village, personas=personas_found, lore=entries, barks=book)


def _lore(scope: str, origin: Origin, texts: list[tuple[str, Any]], most: int, mistakes: Mistakes) -> Iterator[Lore]:
    if len(texts) > most:
        mistakes.end(origin, f"{len(texts):,} paragraphs of lore are too many; allowed in all: {PARAGRAPHS:,}")
    for index, (heading, text) in enumerate(texts):
        entry = mistakes.check(origin.at(index), Lore, {"scope": scope, "text": text, "heading": heading}, unwrap=1)
        if entry is not None:
            yield entry


def read_persona(npc: str, origin: Origin, data: object, language: Language, mistakes: Mistakes) -> Persona | None:
    """A character; the id may be left out, since the file (or the key) gives it."""
    if data is None:
        return None
    if isinstance(data, Mapping):
        if data.get("id", npc) != npc:
            mistakes.add(
                origin.at("id"),
                f'{quoted(data["id"])} must be "{clipped(npc)}", as its file is named; change one of the two',
            )
        data = {**filled_persona(data, language), "id": npc}
    return mistakes.check(origin, Persona, data)
