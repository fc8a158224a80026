"""The network: a small Llama, laid out so that llama.cpp runs it as it is.

RMSNorm before each block, interleaved rotary positions (what llama.cpp calls "normal"), SwiGLU, no biases, and one
table for embedding and output. Widths are multiples of 256, as the K-quants want their rows.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int = 4096
    width: int = 256
    layers: int = 8
    heads: int = 4
    feed_forward: int = 1024
    context: int = 512  # the longest prompt and reply together, in tokens
    rope_base: float = 10000.0
    epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    def as_dict(self) -> dict[str, float]:
        """For the checkpoint."""
        return asdict(self)


class Linear(nn.Linear):  # type: ignore[misc]
    """A bias-free linear map that computes in the type of its input; its weight stays in float32."""

    def __init__(self, inputs: int, outputs: int, scale: float = 1.0) -> None:
        super().__init__(inputs, outputs, bias=False)
        nn.init.normal_(self.weight, std=0.5 * scale / math.sqrt(inputs))

    def forward(self, x: Tensor) -> Tensor:
        """[..., inputs] -> [..., outputs]."""
        return F.linear(x, self.weight.to(x.dtype))


class Norm(nn.Module):  # type: ignore[misc]
    """Root-mean-square normalization with a learned gain."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(shape.width))
        self.epsilon = shape.epsilon

    def forward(self, x: Tensor) -> Tensor:
        """[..., width] -> [..., width]."""
        return F.rms_norm(x, x.shape[-1:], self.gain.to(x.dtype), self.epsilon)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions on neighbouring pairs (Su et al., RoFormer): [batch, time, heads, head width]."""
    even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


class Block(nn.Module):  # type: ignore[misc]
    """Attention, then feed-forward, each on a normalized copy of the stream."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.attention_norm, self.feed_forward_norm = Norm(shape), Norm(shape)
        self.query, self.key, self.value = (Linear(shape.width, shape.width) for _ in range(3))
        self.output = Linear(shape.width, shape.width, scale=0.2)
        self.gate, self.up = (Linear(shape.width, shape.feed_forward) for _ in range(2))
        self.down = Linear(shape.feed_forward, shape.width, scale=0.2)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """[batch, time, width] -> [batch, time, width]; `mask` is [time, time], 0 where attention may go."""
        normed = self.attention_norm(x)
        heads = (*x.shape[:2], self.shape.heads, self.shape.head_width)
        query = rotate(self.query(normed).view(heads), cos, sin).transpose(1, 2)
        key = rotate(self.key(normed).view(heads), cos, sin).transpose(1, 2)
        value = self.value(normed).view(heads).transpose(1, 2)
        # Written out: at these lengths PyTorch's fused attention is several times slower on a CPU.
        weights = (query @ key.transpose(-1, -2)).float() * self.shape.head_width**-0.5 + mask
        mixed = torch.softmax(weights, -1).to(x.dtype) @ value
        x = x + self.output(mixed.transpose(1, 2).reshape(x.shape))
        normed = self.feed_forward_norm(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


class Model(nn.Module):  # type: ignore[misc]
    """Token ids to hidden states; `logits` turns the states that matter into scores."""

    cos: Tensor
    sin: Tensor
    mask: Tensor

    def __init__(self, shape: Shape, compute: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.shape, self.compute = shape, compute
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape)
        frequency = shape.rope_base ** (-torch.arange(0, shape.head_width, 2).float() / shape.head_width)
        angle = torch.outer(torch.arange(shape.context).float(), frequency)[:, None]
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        future = torch.full((shape.context, shape.context), float("-inf")).triu(1)
        self.register_buffer("mask", future, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """[batch, time] token ids -> [batch, time, width] hidden states."""
        time = tokens.shape[1]
        cos, sin = self.cos[:time].to(self.compute), self.sin[:time].to(self.compute)
        x = self.embedding(tokens).to(self.compute)
        for block in self.blocks:
            x = block(x, cos, sin, self.mask[:time, :time])
        return self.norm(x)

    def logits(self, states: Tensor) -> Tensor:
        """[n, width] -> [n, vocabulary], in float32."""
        return F.linear(states, self.embedding.weight.to(states.dtype)).float()
