"""What a network that reads a whole text is shown: columns, tokens, sides."""

import re
from dataclasses import dataclass

from kineograph.errors import InputError, nearest

NEAR_ONE = 1e-6
TOKENS = ("words", "characters")
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


@dataclass(frozen=True)
class LabelledConfig:
    """Texts with a label each, by words or by characters.

    given, asked: the columns of text and label, as the file's first line has them. longest: what
    goes on after so many tokens is not read. least_count: a token that is rarer in training is an
    unknown one.
    """

    given: str = "text"
    asked: str = "label"
    tokens: str = "words"  # or "characters"
    longest: int = 200  # tokens
    least_count: int = 2
    fractions: tuple[float, float, float] = (0.7, 0.1, 0.2)  # train, val, test
    seed: int = 0  # of the deal

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        _check(self)
        if self.tokens not in TOKENS:
            hint = nearest(str(self.tokens), TOKENS)
            raise InputError(f"tokens '{self.tokens}': are words or characters. {hint}".rstrip())
        if self.least_count < 1:
            raise InputError(
                f"least_count {self.least_count}: a token is there once at least. Write 1."
            )


@dataclass(frozen=True)
class PairsConfig:
    """Texts with another text each, character by character.

    given, asked: the columns, as the file's first line has them. longest: pairs with more
    characters, on either side, are left out.
    """

    given: str = "bgn-pcgn"
    asked: str = "cyrillic"
    longest: int = 40  # characters
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)  # train, val, test
    seed: int = 0  # of the deal

    def __post_init__(self) -> None:
        """Refuse values that cannot mean anything."""
        object.__setattr__(self, "fractions", tuple(self.fractions))  # JSON has lists only
        _check(self)


TextsConfig = LabelledConfig | PairsConfig


def _check(config: TextsConfig) -> None:
    """Raise InputError for columns, lengths and sides that cannot be."""
    if not config.given or not config.asked or config.given == config.asked:
        raise InputError(
            f"given '{config.given}', asked '{config.asked}': are two columns of the file. "
            "Name one of them each."
        )
    if config.longest < 1:
        raise InputError(f"longest {config.longest}: at least 1 token is read. 40 is usual.")
    train, val, test = config.fractions
    if min(config.fractions) < 0 or abs(sum(config.fractions) - 1) > NEAR_ONE or not train * test:
        raise InputError(
            f"fractions {train:g}, {val:g}, {test:g}: sum to 1, with something to learn from and "
            "something to ask about. Write 0.7,0.1,0.2."
        )


def tokens_of(text: str, tokens: str) -> list[str]:
    """ "It's so." -> it's, so, . as words, in small letters; or each character as it is."""
    return WORD.findall(text.lower()) if tokens == "words" else list(text)
