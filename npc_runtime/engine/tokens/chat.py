"""From chat messages to token ids, through the model's own chat template.

The template is rendered once for each order of roles, with a placeholder where each content belongs. Its own text is
tokenized with special tokens on; contents are tokenized apart, with special tokens off. So nothing that a player types
can become a role marker: the text never meets the parser that knows them.

A model that thinks before it speaks is told not to where its template can; where the template opens a thought, or waits
for a channel, the thought is closed, or the channel that is spoken is opened, before the first word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from npc_runtime.engine.backend import Backend
from npc_runtime.engine.request import PromptMessage
from npc_runtime.errors import ModelUnavailable

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

# Private-use characters: no template treats them specially, and no template's own text contains them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACEHOLDER = re.compile(f"{_OPEN}(\\d+){_CLOSE}")

# What templates call the switch by which a model is kept from thinking.
_NO_THINKING = {"enable_thinking": False, "thinking": False}
_THOUGHT = re.compile(
    r"(?P<open>[<\[])(?P<name>(?:\w+:)?(?:think(?:ing)?|thought|reason(?:ing)?))(?P<close>[>\]])\s*\Z", re.IGNORECASE
)
_CHANNELS, _BEFORE_CHANNEL = "<|channel|>", "<|start|>assistant"


@dataclass(frozen=True)
class Encoded:
    """A tokenized prompt; the first `shared` tokens open the prompts of many characters."""

    tokens: list[int]
    shared: int


class ChatTemplate:
    """Renders and tokenizes prompts for one model."""

    def __init__(
        self,
        source: str | None,
        tokenize: Callable[[str, bool], list[int]],
        *,
        bos: str = "",
        eos: str = "",
        add_bos: int | None = None,
    ) -> None:
        """`tokenize(text, special)` is the model's; `add_bos` a token that every prompt must begin with."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, "jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = _to_json
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = lambda _format: ""
        try:
            self._template = environment.from_string(source or CHATML)
        except jinja2.TemplateError as error:
            raise ModelUnavailable(f"the chat template inside the model is broken: {error}") from None
        self._channels = _CHANNELS in (source or "")
        self._tokenize = tokenize
        self._specials = {"bos_token": bos, "eos_token": eos}
        self._add_bos = add_bos
        self._skeletons: dict[tuple[str, ...], list[list[int] | int]] = {}

    @classmethod
    def of(cls, backend: Backend) -> ChatTemplate:
        """The template inside a model, with the model's own tokenizer. Raises ModelUnavailable."""
        template = cls(
            backend.chat_template,
            lambda text, special: backend.tokenize(text, special=special),
            bos=backend.bos,
            eos=backend.eos,
            add_bos=backend.add_bos,
        )
        template._skeleton(("system", "user"))
        return template

    def encode(self, messages: Sequence[PromptMessage]) -> Encoded:
        """Token ids of a prompt that ends where the assistant begins to speak."""
        tokens: list[int] = []
        shared = 0
        for part in self._skeleton(tuple(message.role for message in messages)):
            if isinstance(part, list):
                tokens += part
                continue
            # A message may be several roles' contents in one, where a template knows no system role.
            opening, rest = _split_shared(messages[part])
            if opening:
                tokens += self._tokenize(opening, False)
                shared = len(tokens)
            tokens += self._tokenize(rest, False)
        return Encoded(tokens, shared)

    def _skeleton(self, roles: tuple[str, ...]) -> list[list[int] | int]:
        if roles not in self._skeletons:
            self._skeletons[roles] = self._compile(roles)
        return self._skeletons[roles]

    def _compile(self, roles: tuple[str, ...]) -> list[list[int] | int]:
        contents = [f"{_OPEN}{index}{_CLOSE}" for index in range(len(roles))]
        text = self._render([*zip(roles, contents, strict=True)])
        if text is None and roles[0] == "system" and len(roles) > 1:
            # Some models know no system role: what it says opens the first line of the user instead.
            merged = [(roles[1], f"{contents[0]}\n\n{contents[1]}"), *zip(roles[2:], contents[2:], strict=True)]
            text = self._render(merged)
        if text is None:
            raise ModelUnavailable(
                f"the chat template inside the model does not take messages of {', '.join(roles)}",
                hint="use an instruction-tuned model with a chat template",
            )
        parts: list[list[int] | int] = []
        for index, run in enumerate(_PLACEHOLDER.split(text)):
            if index % 2:
                parts.append(int(run))
            elif run:
                parts.append(self._tokenize(run, True))
        first = parts[0]
        if self._add_bos is not None and not (isinstance(first, list) and first[:1] == [self._add_bos]):
            parts.insert(0, [self._add_bos])
        return parts

    def _render(self, messages: list[tuple[str, str]]) -> str | None:
        """The rendered text, or None where the template refuses these roles or loses a content."""
        wanted = sum(len(_PLACEHOLDER.findall(content)) for _, content in messages)
        values: dict[str, Any] = {
            "messages": [{"role": role, "content": content} for role, content in messages],
            "add_generation_prompt": True,
            **self._specials,
            **_NO_THINKING,
        }
        try:
            text = self._template.render(values)
        except Exception:  # a template is a stranger's program
            return None
        return self._unthinking(text) if len(_PLACEHOLDER.findall(text)) == wanted else None

    def _unthinking(self, text: str) -> str:
        """A rendered prompt behind which the next word is spoken, not thought."""
        if self._channels and text.rstrip().endswith(_BEFORE_CHANNEL):
            return f"{text.rstrip()}{_CHANNELS}final<|message|>"
        opened = _THOUGHT.search(text)
        return text if opened is None else f"{text.rstrip()}\n{opened['open']}/{opened['name']}{opened['close']}\n\n"


class _Generation(Extension):
    """`{% generation %}`, which marks for training what an assistant said, and changes nothing of it."""

    tags = {"generation"}  # noqa: RUF012 (Jinja reads it from the class)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """What stands in the block."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(value: Any, indent: int | None = None, **options: Any) -> str:
    """JSON as templates expect it: Jinja's own escapes letters for a page of HTML."""
    return json.dumps(value, ensure_ascii=False, indent=indent, **options)


def _split_shared(message: PromptMessage) -> tuple[str, str]:
    pieces = list(message.pieces)
    opening = []
    while pieces and pieces[0].shared:
        opening.append(pieces.pop(0).text)
    return "".join(opening), "".join(piece.text for piece in pieces)


def _refuse(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)
