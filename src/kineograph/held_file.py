"""A file that one program holds at a time; the system lets go of it when that program ends."""

import os
from pathlib import Path
from typing import IO

from kineograph.errors import InputError


def hold(path: Path, words: str) -> IO[bytes]:
    """Lock a file until the result is closed. Raises InputError with these words if it is held."""
    file = path.open("ab")
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise InputError(words) from None
    return file
