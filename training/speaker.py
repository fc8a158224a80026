"""The exported model at work, through llama.cpp: card in, reply out, tokenized as the runtime does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import llama_cpp

from npc_runtime.dialogue.prompt import Card, Message, compact

REPLY_LIMIT = 80  # tokens


class Speaker:
    """One GGUF file, loaded. Greedy unless a temperature is given."""

    def __init__(self, path: Path, *, threads: int = 1, seed: int = 7) -> None:
        self._model = llama_cpp.Llama(
            str(path), n_ctx=512, n_threads=threads, n_threads_batch=threads, seed=seed, verbose=False
        )

    def say(self, card: Card, temperature: float = 0.0) -> str:
        """The reply to `card`, with its emotion."""
        prompt = self.prompt(compact(card))
        tokens: list[int] = []
        for token in self._model.generate(
            prompt, temp=temperature, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=1.0
        ):
            if token == self._model.token_eos() or len(tokens) == REPLY_LIMIT:
                break
            tokens.append(token)
        text: str = self._model.detokenize(tokens).decode("utf-8", errors="replace")
        return text.strip()

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of the rendered chat template: its own parts with special tokens, the contents without."""
        ids = []
        for message in messages:
            ids += self._encoded(f"<|im_start|>{message.role}\n", special=True)
            ids += self._encoded(message.text, special=False)
            ids += self._encoded("<|im_end|>\n", special=True)
        return ids + self._encoded("<|im_start|>assistant\n", special=True)

    def _encoded(self, text: str, *, special: bool) -> list[int]:
        ids: list[int] = self._model.tokenize(text.encode(), add_bos=False, special=special)
        return ids
