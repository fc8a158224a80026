"""What a word of YAML stands for: a text, a number, a truth value or nothing."""

from __future__ import annotations

from collections.abc import Callable

import yaml
from yaml.constructor import SafeConstructor

_YAML = "tag:yaml.org,2002:"
_CONSTRUCTOR = SafeConstructor()
_READ: dict[str, Callable[[SafeConstructor, yaml.ScalarNode], object]] = {
    f"{_YAML}null": SafeConstructor.construct_yaml_null,
    f"{_YAML}bool": SafeConstructor.construct_yaml_bool,
    f"{_YAML}int": SafeConstructor.construct_yaml_int,
    f"{_YAML}float": SafeConstructor.construct_yaml_float,
}
_CHARACTERS = 64  # what is longer is no number: thousands of digits are slow to read, and Python refuses to print them

TAGS = {
    yaml.ScalarEvent: {f"{_YAML}str", *_READ},
    yaml.SequenceStartEvent: {f"{_YAML}seq"},
    yaml.MappingStartEvent: {f"{_YAML}map"},
}
"""The tags of plain data."""


def stands_for(event: yaml.ScalarEvent) -> object:
    """The value of a scalar. A date is the text as which it is written, and so is what only looks like a number."""
    text, tag = event.value, event.tag
    if len(text) > _CHARACTERS:
        return text
    if tag is None and event.implicit[0]:
        resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ())
        tag = next((tag for tag, pattern in resolvers if pattern.match(text)), None)
    if tag not in _READ:
        return text
    try:
        return _READ[tag](_CONSTRUCTOR, yaml.ScalarNode(tag, text))
    except (ValueError, KeyError, IndexError):  # `0x_`, `!!bool maybe`, `!!int ""`
        return text
