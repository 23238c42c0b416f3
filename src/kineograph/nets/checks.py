"""Numbers and names refused at the door, in three parts: the value, the rule, the remedy."""

from collections.abc import Iterable
from difflib import get_close_matches


def check_choice(known: Iterable[str], **values: str) -> None:
    """Refuse a name that is not among the known ones."""
    names = sorted(known)
    for field, value in values.items():
        if value not in names:
            close = get_close_matches(str(value), names, n=1)
            remedy = f"Did you mean '{close[0]}'?" if close else f"Write {field}='{names[0]}'."
            raise ValueError(f"{field}={value!r}: must be one of {', '.join(names)}. {remedy}")


def check_counts(**values: int) -> None:
    """Refuse what is not a whole number of 1 or more."""
    for field, value in values.items():
        if not isinstance(value, int) or value < 1:
            raise ValueError(
                f"{field}={value!r}: must be a whole number of 1 or more. Write {field}=1, or more."
            )


def check_shares(**values: float) -> None:
    """Refuse what is not a share from 0 up to, but not including, 1."""
    for field, value in values.items():
        if not 0 <= value < 1:
            raise ValueError(
                f"{field}={value!r}: must be a share of at least 0 and below 1. "
                f"Write {field}=0.25 for a quarter, 0 for none."
            )
