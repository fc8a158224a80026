"""Phrases: everything that the runtime says, or writes into a prompt, in the words of a language.

They are in `phrases/<code>.yaml`, which a translator can edit. English says which keys there are and what is filled in.
Where a language has no file, or its file lacks a key, English's phrase stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, TypeAlias

from npc_runtime.errors import PhraseError, closest

if TYPE_CHECKING:
    import yaml

FOLDER = Path(__file__).with_name("phrases")
FREE = ("now.words", "reading")
"""Sections in which each language has words of its own: other languages need not have the same."""

Value: TypeAlias = str | tuple[str, ...]


class Phrases:
    """The phrases of one language, by keys such as `now.at`."""

    def __init__(self, values: Mapping[str, Value], fallback: Phrases | None = None) -> None:
        """`fallback` has what is not among these `values`; nothing of the sections that are free."""
        self._own = dict(values)
        inherited: dict[str, Value] = fallback._values if fallback else {}
        self._values: dict[str, Value]
        self._values = {key: value for key, value in inherited.items() if not _free(key)} | self._own

    @property
    def own(self) -> Mapping[str, Value]:
        """Those of the language itself."""
        return self._own

    def text(self, key: str, **fields: object) -> str:
        """A phrase with its fields filled in."""
        found = self._values[key]
        assert isinstance(found, str), f"{key} is a list"
        return found.format(**fields) if fields else found

    def lines(self, key: str) -> tuple[str, ...]:
        """Phrases that mean the same, or a list of words; their fields are still open. May be empty."""
        found = self._values.get(key, ())
        assert not isinstance(found, str), f"{key} is one text"
        return found

    def name(self, of: str, word: str) -> str:
        """What a word of ours is called in a prompt: a `trait`, a `mood`, a `feeling` or a `move`."""
        found = self._values.get(f"names.{of}.{word}", word)
        return found if isinstance(found, str) else word

    def word(self, key: str) -> str:
        """A text of a free section, or nothing."""
        found = self._values.get(key, "")
        return found if isinstance(found, str) else ""


@lru_cache(maxsize=64)
def phrases(code: str) -> Phrases:
    """The phrases for a language's code: those of `pt-BR`, or of `pt`, or English's. Raises PhraseError."""
    parts = code.split("-")
    for length in range(len(parts), 0, -1):
        file = FOLDER / f"{'-'.join(parts[:length])}.yaml"
        if file.is_file():
            return read(file)
    return Phrases({}, english())


@lru_cache(maxsize=1)
def english() -> Phrases:
    """The phrases that say which there are."""
    return read(FOLDER / "en.yaml")


def read(file: Path) -> Phrases:
    """The phrases of a file. Raises PhraseError, naming file, line and key."""
    found, lines = leaves(file)
    if file.resolve() == (FOLDER / "en.yaml").resolve():
        _check_fields(file.name, found, lines, found)
        return Phrases(found)
    known = english().own
    for key, line in lines.items():
        if not _free(key) and key not in known:
            raise PhraseError(f"{file.name}, line {line}, {key}: there is no such phrase", hint=_guess(key, known))
        if _free(key) and not key.startswith(FREE[0]) and key not in known:
            raise PhraseError(f"{file.name}, line {line}, {key}: there is no such list", hint=_guess(key, known))
    _check_fields(file.name, found, lines, known)
    return Phrases(found, english())


def leaves(file: Path) -> tuple[dict[str, Value], dict[str, int]]:
    """The texts of a YAML file and the lines they are in, by keys such as `now.at`. Raises PhraseError."""
    import yaml  # 30 ms that a client, which has no use for phrases, does not wait

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree = yaml.compose(file.read_text(encoding="utf-8"), Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PhraseError(f"{file.name}, line {line}: {error.problem or 'this is no YAML'}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PhraseError(f"{file.name}: cannot be read: {error}") from None
    if not isinstance(tree, yaml.MappingNode):
        raise PhraseError(f"{file.name}, line 1: this must hold keys with phrases")
    found: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for key, value, line in _leaves(file.name, tree, ""):
        if key in found:
            raise PhraseError(f"{file.name}, line {line}, {key}: this key is there twice")
        found[key], lines[key] = value, line
    return found, lines


def _free(key: str) -> bool:
    return any(key.startswith(f"{section}.") for section in FREE)


def _leaves(file: str, node: yaml.MappingNode, above: str) -> Iterator[tuple[str, Value, int]]:
    import yaml

    for name, value in node.value:
        line = name.start_mark.line + 1
        key = f"{above}{name.value}"
        if isinstance(value, yaml.MappingNode):
            yield from _leaves(file, value, f"{key}.")
        elif isinstance(value, yaml.SequenceNode):
            if not all(isinstance(item, yaml.ScalarNode) for item in value.value):
                raise PhraseError(f"{file}, line {line}, {key}: this must be a list of texts")
            yield key, tuple(str(item.value) for item in value.value), line
        else:
            yield key, str(value.value), line


def _check_fields(file: str, found: Mapping[str, Value], lines: Mapping[str, int], known: Mapping[str, Value]) -> None:
    """Raises PhraseError for a phrase that is of another kind than English's, or has other fields."""
    for key, value in found.items():
        where = f"{file}, line {lines[key]}, {key}"
        meant = known.get(key, value)
        if isinstance(value, str) != isinstance(meant, str):
            raise PhraseError(f"{where}: this must be {'one text' if isinstance(meant, str) else 'a list of texts'}")
        if _free(key):
            continue
        if not value:
            raise PhraseError(f"{where}: this is empty")
        allowed = fields(where, meant)
        has = fields(where, value)
        if has - allowed:
            raise PhraseError(f"{where}: there is no {_named(has - allowed)}", hint=f"there is {_named(allowed)}")
        if isinstance(value, str) and allowed - has:
            raise PhraseError(f"{where}: {_named(allowed - has)} is missing", hint="every field must be said somewhere")


def fields(where: str, value: Value) -> frozenset[str]:
    """What is filled into a phrase, or into any of several. Raises PhraseError for braces that do not match."""
    try:
        texts = (value,) if isinstance(value, str) else value
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError as error:
        raise PhraseError(f"{where}: {error}") from None


def _guess(key: str, known: Mapping[str, Value]) -> str:
    guess = closest(key, list(known))
    return f"did you mean {guess}?" if guess else "phrases/en.yaml has them all"


def _named(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "nothing to fill in"
