"""Passwords and keys: named by where they stand, read when they are used, printed nowhere."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from kineograph.errors import InputError
from kineograph.live.sending.message import Refused, first_line

HIDDEN = "•••"
TELLING = ("password", "passwd", "pwd", "token", "secret", "key", "apikey", "api_key", "sig")


@dataclass(frozen=True)
class Secret:
    """Where a secret stands: a variable of the environment, or a file. `field` is its option."""

    field: str
    env: str = ""
    file: Path | None = None

    def __post_init__(self) -> None:
        if self.env and self.file:
            raise InputError(
                f"{self.field}: stands in {self.env} and in {self.file}. Keep one of "
                f"{self.field}_env and {self.field}_file."
            )

    @property
    def given(self) -> bool:
        """Whether any place is named."""
        return bool(self.env or self.file)

    def read(self) -> str:
        """The secret, without the line end of its file. Raises InputError if there is none."""
        if self.file:
            try:
                found = self.file.read_text(encoding="utf-8").strip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                said = getattr(error, "strerror", None) or "is not text"
                raise InputError(
                    f"{self.field}_file {self.file}: cannot be read ({said}). Write the "
                    f"{self.field} into it, readable by whoever runs this program."
                ) from None
        else:
            found = os.environ.get(self.env, "")
        if not found:
            place = f"file {self.file}" if self.file else f"env {self.env}"
            raise InputError(
                f"{self.field}_{place}: is empty. Set it before the program starts, or name "
                "another place."
            )
        return found


@contextmanager
def unsaid(*secrets: str) -> Iterator[None]:
    """Take these out of any error raised inside: a server may answer with what it was given."""
    try:
        yield
    except Exception as error:
        said = str(error)
        clean = hide(said, *secrets)
        if clean == said:
            raise
        kind = Refused if isinstance(error, Refused) else RuntimeError
        raise kind(first_line(clean)) from None


def hide(text: str, *secrets: str) -> str:
    """`text` without these, as they are, as in an address, or in base64."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def refuse_secrets_in(url: str, remedy: str) -> None:
    """Raise InputError for an address that holds a password, without saying it again."""
    parts = urlsplit(url)
    where = parts.hostname or "the address"
    if "@" in parts.netloc:
        raise InputError(
            f"{where}: its address holds a name or a password, and addresses are printed. {remedy}"
        )
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in TELLING:
            raise InputError(
                f"{where}: its address holds a '{name}', and addresses are printed. {remedy}"
            )


def _forms(secret: str) -> set[str]:
    plain = secret.encode()
    coded = {base64.b64encode(plain).decode(), base64.urlsafe_b64encode(plain).decode()}
    in_header = secret.encode("latin-1", "replace")
    # as errors of Python quote it
    shown = {repr(secret)[1:-1], repr(plain)[2:-1], repr(in_header)[2:-1]}
    return {secret, quote(secret), quote(secret, safe=""), *coded, *shown}
