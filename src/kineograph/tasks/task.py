"""Task: what is asked of a network. Four methods; whoever has them is a task."""

from typing import Any, Protocol

from torch import Tensor, nn


class Task(Protocol):
    """One question put to a network: how it learns, what it answers, how answers are scored."""

    def loss(self, network: nn.Module, batch: Any) -> tuple[Tensor, list[Any]]:
        """The scalar to descend, and the answers that the same pass gave."""
        ...

    def answer(self, network: nn.Module, batch: Any) -> list[Any]:
        """One answer an example, without gradients."""
        ...

    def truth(self, batch: Any) -> list[Any]:
        """The right answer of every example."""
        ...

    def score(self, answers: list[Any], truths: list[Any]) -> dict[str, float]:
        """Named scores, higher is better; the first is the one that people quote."""
        ...
