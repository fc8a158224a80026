"""Muon (Jordan et al., 2024): momentum whose updates to a matrix are orthogonalized by Newton-Schulz iterations.

On matrices this small it reaches a loss in about half the tokens that AdamW needs. Embeddings and norms stay with
AdamW.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

_A, _B, _C = 3.4445, -4.7750, 2.0315  # the quintic of the original: fast near zero, good enough near one


def orthogonalized(updates: Tensor, steps: int = 5) -> Tensor:
    """[n, rows, columns] with rows <= columns -> the nearest matrices with singular values near one."""
    x = updates / (updates.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        x = _A * x + (_B * square + _C * square @ square) @ x
    return x


class Muon(torch.optim.Optimizer):  # type: ignore[misc]
    """For matrices; parameters of the same shape are handled in one batch."""

    def __init__(
        self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.02
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: None = None) -> None:
        """One update, from the gradients that are there."""
        for group in self.param_groups:
            shapes: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                shapes[tuple(parameter.shape)].append(parameter)
            for (rows, columns), parameters in shapes.items():
                updates = torch.stack([self._averaged(parameter, group["momentum"]) for parameter in parameters])
                turned = rows > columns
                updates = orthogonalized(updates.mT if turned else updates)
                scale = group["lr"] * max(1.0, rows / columns) ** 0.5
                for parameter, update in zip(parameters, updates.mT if turned else updates, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-scale)

    def _averaged(self, parameter: Tensor, momentum: float) -> Tensor:
        """The gradient with Nesterov momentum."""
        assert parameter.grad is not None
        state = self.state[parameter]
        if "mean" not in state:
            state["mean"] = torch.zeros_like(parameter)
        state["mean"].lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(state["mean"], momentum)
