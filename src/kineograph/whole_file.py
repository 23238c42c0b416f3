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
    except OSError as error:
        error.filename, error.filename2 = str(path), None  # nobody has heard of the neighbour
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text_whole(path: Path, text: str) -> None:
    """Write UTF-8 `text` as it is, with the same line ends everywhere."""
    write_bytes_whole(path, text.encode("utf-8"))


def settle(path: Path) -> None:
    """Bring a written file, or a folder, onto the disk, with its name. Raises OSError.

    Until then a power cut may leave it empty: a move into place is not yet on the disk.
    """
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for folder in [path, path.parent] if path.is_dir() else [path.parent]:
        if os.name != "nt":  # where folders cannot be opened
            number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
