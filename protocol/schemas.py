"""JSON Schemas of the messages, and of what they share: each part and each titled type stands once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from npc_runtime.wire import messages as m

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "definitions.json"
OF_THE_FIELD = ("description", "default")
"""What a field says of itself, beside its type."""

Schema = dict[str, Any]


class Untitled(GenerateJsonSchema):
    """Without titles that pydantic makes of the names of fields: a title is a name that somebody gave to a type."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


class Definitions:
    """What messages share, by name."""

    def __init__(self) -> None:
        self.all: dict[str, Schema] = {}

    def message(self, cls: type[m.Body]) -> Schema:
        """The schema of a message, which refers to the definitions for what others may have too."""
        found = cls.model_json_schema(by_alias=True, schema_generator=Untitled)
        for part in found.pop("$defs", {}).values():
            name = part.pop("title")
            self._add(name, self._shared(part, ""))
        own = [name for name in ("type", "last") if name in found["properties"]]  # they have defaults in Python only
        for name in own:
            found["properties"][name].pop("default", None)
        found["properties"] = self._shared(found["properties"], DEFINITIONS)
        found["required"] = [*own, *found.get("required", ())]
        return {"$schema": DIALECT, **found}

    def file(self) -> Schema:
        """What stands in the file of definitions."""
        return {"$schema": DIALECT, "$defs": dict(sorted(self.all.items()))}

    def _shared(self, node: Any, home: str) -> Any:
        """A schema whose parts and titled types are references; `home`: the file that has these, from here."""
        if isinstance(node, list):
            return [self._shared(item, home) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return {**node, "$ref": f"{home}{node['$ref']}"}
        name = node.get("title")
        if not isinstance(name, str):  # else it is a field that is called so
            return {key: value if key == "default" else self._shared(value, home) for key, value in node.items()}
        self._add(name, {key: value for key, value in node.items() if key not in ("title", *OF_THE_FIELD)})
        field = {key: node[key] for key in OF_THE_FIELD if key in node}
        return {"$ref": f"{home}#/$defs/{name}", **field}

    def _add(self, name: str, schema: Schema) -> None:
        if self.all.setdefault(name, schema) != schema:
            raise ValueError(f"two different definitions are called {name}")


def schemas(classes: Iterable[tuple[str, type[m.Body]]]) -> tuple[dict[str, Schema], Schema]:
    """The schema of each message by its type, and the file of definitions that they refer to."""
    definitions = Definitions()
    messages = {name: definitions.message(cls) for name, cls in classes}
    return messages, definitions.file()
