"""Write a file whole or not at all: into a temporary neighbour first, then moved into place."""

import os
import secrets
from pathlib import Path

UNFINISHED = ".unfinished"


def temporary_beside(path: Path) -> Path:
    """A name beside `path` for what is not whole yet.

    It is unique, so that two processes may write the same file at once: the last one stays.
    """
    return path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}{UNFINISHED}")


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all; makes its folder. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Write UTF-8 `text` as it is, with the same line ends everywhere."""
    write_bytes_whole(path, text.encode("utf-8"))
