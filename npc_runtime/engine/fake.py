"""A backend without a model, for unit tests of the engine: it writes what its script says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from npc_runtime.engine.backend import Chunk, DecodeFailed, Logits, Sampler, Tokens, Vocabulary
from npc_runtime.engine.request import Sampling

END = 256


class FakeModel:
    """Tokens are the bytes of the text. `script(slot, tokens)` gives the next token of a slot's tokens so far."""

    name, layout, chat_template, bos, eos, add_bos = (
        "fake",
        "bytes",
        "{% for m in messages %}{{ m.content }}\n{% endfor %}",
        "",
        "",
        None,
    )

    def __init__(
        self, script: Callable[[int, list[int]], int], *, slots: int = 4, slot_context: int = 512, batch_limit: int = 64
    ) -> None:
        self.script, self.slots, self.slot_context, self.batch_limit = script, slots, slot_context, batch_limit
        byte = np.arange(END + 1)
        markup = np.isin(byte, [ord("<"), ord(">"), END])
        self.vocabulary = Vocabulary(END + 1, frozenset({END}), newline=byte == ord("\n"), markup=markup)
        self.held: list[list[int]] = [[] for _ in range(slots)]
        self.decoded: list[list[Chunk]] = []
        self.failing: set[int] = set()  # slots whose decode fails
        self.adapter = ""  # the one in use
        self.forgets_partly = True
        self.open_samplers = 0
        self._rows: list[Logits] = []

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """The bytes."""
        return list(text.encode())

    def piece(self, token: int) -> bytes:
        """The byte."""
        return b"" if token == END else bytes([token])

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:
        """Takes the likeliest."""
        self.open_samplers += 1
        return _Greedy(self)

    def load(self, adapter: str) -> None:
        """Takes any."""

    def use(self, adapter: str) -> None:
        """Remembers it."""
        self.adapter = adapter

    def decode(self, chunks: Sequence[Chunk]) -> list[int]:
        """Asks the script."""
        if any(chunk.slot in self.failing for chunk in chunks):
            raise DecodeFailed(-3)
        self.decoded.append(list(chunks))
        self._rows = []
        for chunk in chunks:
            assert chunk.start == len(self.held[chunk.slot]), "positions must be consecutive"
            self.held[chunk.slot] += chunk.tokens
            if chunk.sample:
                logits = np.zeros(END + 1, np.float32)
                logits[self.script(chunk.slot, self.held[chunk.slot])] = 50.0
                self._rows.append(logits)
        return list(range(len(self._rows)))

    def logits(self, row: int) -> Logits:
        """The script's choice is by far the likeliest."""
        return self._rows[row]

    def trim(self, slot: int, length: int) -> bool:
        """Forgets."""
        del self.held[slot][length:]
        return True

    def fork(self, source: int, target: int) -> None:
        """Copies."""
        self.held[target] = list(self.held[source])

    def save(self, slot: int) -> bytes:
        """The tokens, as numbers of two bytes, and of some size, as keys and values have."""
        return b"".join(token.to_bytes(2, "big") for token in self.held[slot])

    def restore(self, slot: int, state: bytes) -> bool:
        """The tokens again."""
        self.held[slot] = [int.from_bytes(state[at : at + 2], "big") for at in range(0, len(state), 2)]
        return True

    def close(self) -> None:
        """Nothing to free."""


class _Greedy:
    def __init__(self, model: FakeModel) -> None:
        self._model = model

    def draw(self, tokens: Tokens, logits: Logits) -> int:
        return int(tokens[logits.argmax()])

    def accept(self, token: int) -> None:
        pass

    def close(self) -> None:
        self._model.open_samplers -= 1
