"""A checkpoint to go on from: the weights of an exported model, for more training on another corpus.

    python -m training.start villager.gguf --data runs/corpus --out runs/model

The corpus must be encoded with the vocabulary of that model (`tokenizer.json` in `--data`, which is compared).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import gguf
import torch

from training.export import tensor_name
from training.model import Model, Shape


def _number(reader: gguf.GGUFReader, key: str) -> float:
    field = reader.get_field(f"llama.{key}")
    if field is None:
        raise SystemExit(f"this GGUF has no llama.{key}: is it a Llama?")
    return float(field.contents())


def shape_of(reader: gguf.GGUFReader) -> Shape:
    """The sizes of an exported model."""
    return Shape(
        vocabulary=len(reader.get_field("tokenizer.ggml.tokens").contents()),
        width=int(_number(reader, "embedding_length")),
        layers=int(_number(reader, "block_count")),
        heads=int(_number(reader, "attention.head_count")),
        feed_forward=int(_number(reader, "feed_forward_length")),
        context=int(_number(reader, "context_length")),
        rope_base=_number(reader, "rope.freq_base"),
    )


def weights_of(reader: gguf.GGUFReader, model: Model) -> dict[str, torch.Tensor]:
    """The tensors of an exported model by our names, as float32."""
    stored = {tensor.name: tensor for tensor in reader.tensors}
    weights = {}
    for name, like in model.state_dict().items():
        tensor = stored[tensor_name(name)]
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        weights[name] = torch.from_numpy(values.copy()).float().reshape(like.shape)
    return weights


def check_vocabulary(reader: gguf.GGUFReader, path: Path) -> None:
    """Raises SystemExit unless the tokenizer at `path` has the model's tokens in the model's order."""
    vocabulary = json.loads(path.read_text(encoding="utf-8"))["model"]["vocab"]
    if sorted(vocabulary, key=vocabulary.__getitem__) != reader.get_field("tokenizer.ggml.tokens").contents():
        raise SystemExit(f"{path} is not the vocabulary of this model: encode the corpus with the model's own")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make a checkpoint from an exported model.")
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--data", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--out", type=Path, default=Path("runs/model"))
    args = parser.parse_args()
    reader = gguf.GGUFReader(args.gguf)
    check_vocabulary(reader, args.data / "tokenizer.json")
    shape = shape_of(reader)
    model = Model(shape)
    model.load_state_dict(weights_of(reader, model))
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save({"model": model.state_dict(), "shape": shape.as_dict()}, args.out / "checkpoint.pt")
    print(f"{shape} -> {args.out / 'checkpoint.pt'}")


if __name__ == "__main__":
    main()
