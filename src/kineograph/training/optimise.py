"""How a network is stepped: optimiser, learning rate over time, clipping, what stays frozen."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from kineograph.errors import InputError, nearest
from kineograph.training.reproduce import MOST_SEED


@dataclass(frozen=True)
class TrainingConfig:
    """Every number of a training. What the papers leave unsaid is as in Keras."""

    epochs: int = 80  # passes over the training examples, at most
    batch: int = 4  # examples a step
    patience: int | None = 15  # epochs without a lower validation loss; none: never stop early
    keep: Literal["best", "last"] = (
        "best"  # weights that remain: of the lowest validation loss, or the end
    )
    optimiser: Literal["adam", "adamw", "sgd", "rmsprop"] = "adam"
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine", "one_cycle", "step"] = "constant"
    warmup: float = 0.0  # share of all steps over which the rate climbs from zero
    step_epochs: int = 50  # schedule "step": epochs between drops
    step_factor: float = 0.1  # schedule "step": what the rate is multiplied by
    epsilon: float = 1e-7  # Adam's; Keras has 1e-7, torch 1e-8
    momentum: float = 0.9  # SGD's and RMSprop's
    weight_decay: float = 0.0
    clip_norm: float | None = None  # largest norm of all gradients together
    precision: Literal["f32", "bf16"] = "f32"  # bf16: autocast; weights and sums stay f32
    freeze: tuple[str, ...] = ()  # beginnings of parameter names that stay as they are
    checkpoint_seconds: float = 60.0  # at most this much work is lost to a crash
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in {"epochs": 1, "batch": 1, "step_epochs": 1}.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)}: at least {least}. Raise it.")
        for name in ("learning_rate", "epsilon"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise ValueError(f"{name}={value}: above zero and finite. Try 1e-3.")
        for name in ("seed", "momentum", "weight_decay", "checkpoint_seconds"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}={getattr(self, name)}: zero or more. Try 0.")
        if self.seed > MOST_SEED:
            raise ValueError(f"seed={self.seed}: {MOST_SEED} at most. Try 0.")
        for name in ("patience", "clip_norm", "step_factor"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name}={value}: above zero. Raise it.")
        if not 0 <= self.warmup < 1:
            raise ValueError(f"warmup={self.warmup}: a share of all steps, 0 to below 1. Try 0.1.")


def make_optimiser(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """The optimiser over the parameters that learn. Frozen ones get no gradient at all."""
    freeze(network, config.freeze)
    parameters = [p for p in network.parameters() if p.requires_grad]
    if not parameters:
        raise InputError(
            f"training.freeze={','.join(config.freeze)}: nothing is left to learn. Freeze less."
        )
    rate, decay = config.learning_rate, config.weight_decay
    if config.optimiser == "sgd":
        return torch.optim.SGD(parameters, rate, momentum=config.momentum, weight_decay=decay)
    if config.optimiser == "rmsprop":  # centred, 0.95, as Graves 2013 (arXiv:1308.0850) writes it
        return torch.optim.RMSprop(
            parameters,
            rate,
            alpha=0.95,
            eps=config.epsilon,
            momentum=config.momentum,
            weight_decay=decay,
            centered=True,
        )
    kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
    return kind(parameters, rate, eps=config.epsilon, weight_decay=decay)


def freeze(network: nn.Module, beginnings: tuple[str, ...]) -> None:
    """Take the gradient off every parameter whose name begins so; an unmatched one is refused."""
    names = [name for name, _ in network.named_parameters()]
    for beginning in beginnings:
        if not any(name.startswith(beginning) for name in names):
            parts = sorted({name.split(".")[0] for name in names})
            raise InputError(
                f"training.freeze={beginning}: no parameter begins so. "
                f"Parts are: {', '.join(parts)}. {nearest(beginning, parts)}".rstrip()
            )
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith(beginnings) if beginnings else True)


def learning_rate_at(step: int, steps: int, steps_per_epoch: int, config: TrainingConfig) -> float:
    """The rate of one step out of all: step 0 … steps - 1."""
    peak = config.learning_rate
    warm = max(1, round(config.warmup * steps)) if config.warmup else 0
    if step < warm:
        return peak * (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)  # 0 … 1 over what follows the warm-up
    if config.schedule == "cosine":
        return peak * (1 + math.cos(math.pi * done)) / 2
    if config.schedule == "one_cycle":
        return _one_cycle(done, peak)
    if config.schedule == "step":
        return peak * config.step_factor ** (step // (steps_per_epoch * config.step_epochs))
    return peak


def _one_cycle(done: float, peak: float, rise: float = 0.3) -> float:
    """Up by cosine over the first third, down to nearly nothing (Smith 2018, arXiv:1803.09820)."""
    low, end = peak / 25, peak / 25e4
    if done < rise:
        return low + (peak - low) * (1 - math.cos(math.pi * done / rise)) / 2
    return end + (peak - end) * (1 + math.cos(math.pi * (done - rise) / (1 - rise))) / 2
