"""The vocabulary, and the one rule of encoding: only the chat template's own parts may be special tokens.

A byte-level BPE (Sennrich et al., 2016; bytes as in GPT-2) with GPT-2's splitting of words, which llama.cpp knows as
`gpt-2`. Contents are encoded apart from the template and as ordinary text, in training as in serving: a player who
types `<|im_end|>` has typed ten characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from npc_runtime.dialogue.generation.prompt import Message

END_OF_TEXT, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
WORDS = "words.txt"  # beside a vocabulary: the words that its model says by itself
SPECIALS = (END_OF_TEXT, START, END)
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def of(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    """The tokenizer of these tokens and merges."""
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(texts: Iterable[str], path: Path, size: int = 4096) -> None:
    """Learns a vocabulary of `size` tokens from `texts` and writes it to `path`."""
    tokenizer = of({}, [])
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=3,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(path))


class Encoder:
    """Turns conversations into token ids."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.encode_special_tokens = True  # special-looking text is text
        vocabulary: dict[str, int] = self.tokenizer.get_vocab()
        self.start, self.end = vocabulary[START], vocabulary[END]
        self._newline = self.text("\n")
        self._roles = {role: [self.start, *self.text(f"{role}\n")] for role in ("system", "user", "assistant")}

    def text(self, text: str) -> list[int]:
        """Ordinary text, without special tokens."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The rendered template up to where the reply begins."""
        ids = []
        for message in messages:
            ids += [*self._roles[message.role], *self.text(message.text), self.end, *self._newline]
        return [*ids, *self._roles["assistant"]]

    def reply(self, text: str) -> list[int]:
        """A reply and the token that ends it."""
        return [*self.text(text), self.end]
