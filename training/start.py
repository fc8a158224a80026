"""A checkpoint to go on from: the weights of an exported model, for more training on another corpus.

    python -m training.start villager.gguf --data runs/corpus --out runs/model

The corpus must be encoded with the vocabulary of that model (`tokenizer.json` in `--data`, which is compared).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gguf
import torch

from npc_runtime.config import Config
from npc_runtime.engine.models import resolve
from npc_runtime.engine.words import METADATA
from npc_runtime.errors import Invalid, ModelUnavailable, RuntimeFault
from training import tokenizer
from training.export import tensor_name
from training.model import Model, Shape

_OURS = {
    "general.architecture": "llama",
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.chat_template": tokenizer.CHAT_TEMPLATE,
}
"""What a model must say of itself to be one that `training.export` could have written."""


_HINT = "name the bundled model, or one that training.export has written"


class Start:
    """An exported model, opened to go on from."""

    def __init__(self, path: Path) -> None:
        """Raises ModelUnavailable when `path` is no GGUF file, or not a model of this recipe."""
        self._reader = gguf.GGUFReader(resolve(str(path), Config().cache_dir))
        for key, expected in _OURS.items():
            if self._value(key) != expected:
                raise ModelUnavailable(f"{path} cannot be trained on: its {key} is not {expected!r}", hint=_HINT)
        self.tokens: list[str] = self._value("tokenizer.ggml.tokens")
        self.shape = Shape(
            vocabulary=len(self.tokens),
            width=self._value("llama.embedding_length"),
            layers=self._value("llama.block_count"),
            heads=self._value("llama.attention.head_count"),
            feed_forward=self._value("llama.feed_forward_length"),
            context=self._value("llama.context_length"),
            rope_base=self._value("llama.rope.freq_base"),
        )
        self._wanted = {name: weight.shape for name, weight in Model(self.shape).state_dict().items()}
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}
        sizes = {tensor_name(name): shape.numel() for name, shape in self._wanted.items()}
        if sizes != {name: int(tensor.n_elements) for name, tensor in self._tensors.items()}:
            raise ModelUnavailable(f"{path} cannot be trained on: its tensors are not ours", hint=_HINT)

    def _value(self, key: str) -> Any:
        field = self._reader.get_field(key)
        return None if field is None else field.contents()

    def write_checkpoint(self, path: Path) -> None:
        """Writes the weights, dequantized to float32, as `training.train` reads them."""
        weights = {}
        for name, shape in self._wanted.items():
            tensor = self._tensors[tensor_name(name)]
            values = gguf.dequantize(tensor.data, tensor.tensor_type)
            weights[name] = torch.from_numpy(values.copy()).float().reshape(shape)
        torch.save({"model": weights, "shape": self.shape.as_dict()}, path)

    def write_vocabulary(self, path: Path) -> None:
        """Writes the model's own vocabulary as a `tokenizer.json`."""
        merges: list[tuple[str, str]] = [tuple(merge.split(" ")) for merge in self._value("tokenizer.ggml.merges")]
        tokenizer.of({token: index for index, token in enumerate(self.tokens)}, merges).save(str(path))

    def write_words(self, path: Path, more: Iterable[str]) -> None:
        """Writes the words that the model says by itself, and `more`; no file where it says any."""
        if words := self._value(METADATA):
            path.write_text(" ".join(sorted({*words.split(), *more})), encoding="utf-8")

    def check_vocabulary(self, path: Path) -> None:
        """Raises Invalid unless the tokenizer at `path` has the model's tokens in the model's order."""
        vocabulary = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
        if sorted(vocabulary, key=vocabulary.__getitem__) != self.tokens:
            raise Invalid(f"{path} is not the vocabulary of this model", hint="encode the corpus with the model's own")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make a checkpoint from an exported model.")
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--data", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs/model"))
    args = parser.parse_args()
    try:
        start = Start(args.gguf)
        start.check_vocabulary(args.data / "tokenizer.json")
    except RuntimeFault as fault:
        raise SystemExit(str(fault)) from None
    args.out.mkdir(parents=True, exist_ok=True)
    start.write_checkpoint(args.out / "checkpoint.pt")
    print(f"{start.shape} -> {args.out / 'checkpoint.pt'}")


if __name__ == "__main__":
    main()
