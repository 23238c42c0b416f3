"""Fair ratios on a shared machine: contestants take turns, the order turns round, medians count."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """How many times as fast as the base: the median over rounds, and the middle half."""

    name: str
    times_base: float
    low: float
    high: float
    seconds: float  # median of one call; only to illustrate

    def row(self) -> str:
        """A line of a Markdown table."""
        return (
            f"| {self.name} | {self.times_base:.2f} | {self.low:.2f}–{self.high:.2f} "
            f"| {self.seconds * 1e3:.1f} ms |"
        )


def compare(
    contestants: dict[str, Callable[[], object]], rounds: int = 7, warm_up: int = 1
) -> list[Ratio]:
    """Time every contestant in every round; the first is the base of the ratios."""
    for call in contestants.values():
        for _ in range(warm_up):
            call()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants)
        for name in order if number % 2 == 0 else reversed(order):
            began = time.perf_counter()
            contestants[name]()
            times[name].append(time.perf_counter() - began)
    base = times[next(iter(contestants))]
    found = []
    for name, taken in times.items():
        ratios = sorted(b / t for b, t in zip(base, taken, strict=True))
        quarter = len(ratios) // 4
        found.append(
            Ratio(
                name,
                statistics.median(ratios),
                ratios[quarter],
                ratios[-1 - quarter],
                statistics.median(taken),
            )
        )
    return found


def print_table(title: str, ratios: list[Ratio], note: str = "") -> None:
    """The table as it goes into docs/benchmarks.md."""
    print(f"\n### {title}\n\n{note}\n" if note else f"\n### {title}\n")
    print("| what | × base | middle half of rounds | one call |\n|---|---|---|---|")
    for ratio in ratios:
        print(ratio.row())
