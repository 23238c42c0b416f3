"""What a person brought cannot be used: said in one line, value → rule → remedy."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """A file, option or name that cannot be used; one line that ends with a remedy."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The closest known name as a question to put at the end of an error, or nothing."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else ""
