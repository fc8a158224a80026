"""In which words a server is asked to hold its model to a form, and what else it understands: found out once.

vLLM: https://docs.vllm.ai/en/latest/features/structured_outputs/, SGLang:
https://docs.sglang.io/advanced_features/structured_outputs.html, llama-server:
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from npc_runtime.engine.remote.pattern import gbnf, pattern, regex
from npc_runtime.engine.remote.schema import Form, schema

Body = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """A way to ask for a form. `fields` are those of the request that ask; `json`: what comes is JSON."""

    name: str
    fields: Callable[[Form], Body]
    json: bool = False


def _named_schema(form: Form) -> Body:
    named = {"name": "answer", "strict": True, "schema": schema(form)}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


FREE = Dialect("none", lambda form: {})
"""Nothing holds the model to a form; what it writes is looked at here."""
DIALECTS = (
    Dialect("structured_outputs", lambda form: {"structured_outputs": {"regex": regex(pattern(form))}}),
    Dialect("guided_regex", lambda form: {"guided_regex": regex(pattern(form))}),
    Dialect("grammar", lambda form: {"grammar": gbnf(pattern(form))}),
    Dialect("regex", lambda form: {"regex": regex(pattern(form))}),
    Dialect("json_schema", _named_schema, json=True),
    Dialect(
        "json_object", lambda form: {"response_format": {"type": "json_object", "schema": schema(form)}}, json=True
    ),
)
"""vLLM, vLLM before 0.12, llama.cpp, SGLang; and then those by which JSON alone can be asked for."""
LLAMA_SERVER = "llamacpp"
OWNERS = {LLAMA_SERVER: "grammar", "me": "grammar", "sglang": "regex"}
"""What `owned_by` of a model says of its server, and the dialect to try first; llama_cpp.server says `me`."""


@dataclass(frozen=True)
class Abilities:
    """What a server understands."""

    dialect: Dialect = FREE
    sampling: bool = False  # fields about sampling that OpenAI's own API has not
    llama_server: bool = False  # and those of llama.cpp's server
    system: bool = True  # messages of the role `system`
    priority: bool = False  # requests that go before others

    def __str__(self) -> str:
        """For people."""
        holds = f"holds answers to a form by {self.dialect.name}" if self.dialect is not FREE else "knows no forms"
        return holds + (", knows priorities" if self.priority else "")


def by_owner(owner: str) -> tuple[Dialect, ...]:
    """The dialects, the likeliest first."""
    return tuple(sorted(DIALECTS, key=lambda dialect: dialect.name != OWNERS.get(owner.lower())))
