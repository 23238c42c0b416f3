"""The smoothing formulas as the papers print them, over dictionaries: the truth for the tests."""

from collections import Counter
from collections.abc import Sequence

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"


class Formulas:
    """Chen and Goodman 1998: equation 15 with Witten and Bell's weights (17), and 24 to 26."""

    def __init__(self, lines: Sequence[str], order: int, smoothing: str, minimum_count: int = 1):
        self.order, self.smoothing, self.minimum_count = order, smoothing, minimum_count
        padded = [(BEGIN, *line, END) for line in lines]
        self.raw = [
            Counter(
                line[i : i + n] for line in padded for i in range(len(line) - n + 1)
            )
            for n in range(1, order + 1)
        ]  # fmt: skip
        self.vocabulary = sorted({c for line in lines for c in line}) + [END, UNKNOWN]
        self.counts = [self._adjusted(n) for n in range(1, order + 1)]
        self.discounts = [self._discounts(counts) for counts in self.counts]

    def _adjusted(self, n: int) -> Counter:
        counts = Counter(self.raw[n - 1])
        if self.smoothing == "kn" and n < self.order:
            before = Counter(gram[1:] for gram in self.raw[n])  # N1+(· gram)
            counts = Counter({g: c if g[0] == BEGIN else before[g] for g, c in counts.items()})
        if n == 1:
            del counts[(BEGIN,)]
        return counts

    def _discounts(self, counts: Counter) -> tuple[float, ...]:
        n1, n2, n3, n4 = (sum(c == times for c in counts.values()) for times in (1, 2, 3, 4))
        if n1 and n2 and n3:
            y = n1 / (n1 + 2 * n2)
            found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
            if all(0 < d <= n for n, d in enumerate(found, 1)):
                return found
        return (0.5, 1.0, 1.5)

    def probability(self, context: tuple[str, ...], character: str) -> float:
        """p(character | context), the context cut to what the order lets it see."""
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        return self._of(context, character)

    def _of(self, context: tuple[str, ...], character: str) -> float:
        n = len(context) + 1
        counts = self.counts[n - 1]
        following = {g: c for g, c in counts.items() if g[:-1] == context}
        shorter = 1 / len(self.vocabulary) if n == 1 else self._of(context[1:], character)
        if not following:
            return shorter
        gram, total = (*context, character), sum(following.values())
        left_out = [g for g in following if n > 2 and self.raw[n - 1][g] < self.minimum_count]
        if self.smoothing == "wb":
            kinds = len(following)
            own = {g: c / (total + kinds) for g, c in following.items()}
            gamma = kinds / (total + kinds)
        else:
            discount = self.discounts[n - 1]
            own = {g: (c - discount[min(c, 3) - 1]) / total for g, c in following.items()}
            gamma = sum(discount[min(c, 3) - 1] for c in following.values()) / total
        gamma += sum(own[g] for g in left_out)  # what is left out goes to the shorter contexts
        return (own.get(gram, 0.0) if gram not in left_out else 0.0) + gamma * shorter
