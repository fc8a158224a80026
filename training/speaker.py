"""The exported model at work, through llama.cpp: card in, reply out, tokenized as the runtime does it."""

from __future__ import annotations

from pathlib import Path

import llama_cpp

from npc_runtime.dialogue.prompt import Card, compact
from npc_runtime.engine.chat import ChatTemplate

REPLY_LIMIT = 80  # tokens


class Speaker:
    """One GGUF file, loaded. Greedy unless a temperature is given."""

    def __init__(self, path: Path, *, threads: int = 1, seed: int = 7) -> None:
        self._model = llama_cpp.Llama(
            str(path), n_ctx=512, n_threads=threads, n_threads_batch=threads, seed=seed, verbose=False
        )
        self._chat = ChatTemplate(self._model.metadata.get("tokenizer.chat_template"), self._encoded)

    def say(self, card: Card, temperature: float = 0.0) -> str:
        """The reply to `card`, with its emotion."""
        prompt = self._chat.encode(compact(card)).tokens
        tokens: list[int] = []
        for token in self._model.generate(
            prompt, temp=temperature, top_k=40, top_p=0.95, min_p=0.05, repeat_penalty=1.0
        ):
            if token == self._model.token_eos() or len(tokens) == REPLY_LIMIT:
                break
            tokens.append(token)
        text: str = self._model.detokenize(tokens).decode("utf-8", errors="replace")
        return text.strip()

    def _encoded(self, text: str, special: bool) -> list[int]:
        ids: list[int] = self._model.tokenize(text.encode(), add_bos=False, special=special)
        return ids
