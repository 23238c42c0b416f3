"""A .npy file of frames that grows on disk as they come, so that a long video never sits in RAM."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kineograph.whole_file import temporary_beside

HEADER_BYTES = 128


class CannotWriteError(Exception):
    """The disk is full, or the folder may not be written; the only argument is the reason."""


class FrameFile:
    """Write uint8 frames (T, H, W, 3) one by one; the file appears when it is whole."""

    def __init__(self, path: Path, size_pixels: tuple[int, int]) -> None:
        self.path, self.size_pixels = path, size_pixels
        self.seconds: list[float] = []
        self._temporary = temporary_beside(path)
        with writing():
            self._file = self._temporary.open("wb")
            self._file.write(bytes(HEADER_BYTES))

    def add(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """Append one frame (H, W, 3) that is shown at `seconds`."""
        if pixels.shape != (*self.size_pixels, 3) or pixels.dtype != np.uint8:
            raise ValueError(f"frame {pixels.shape} {pixels.dtype} is not uint8 {self.size_pixels}")
        with writing():
            self._file.write(np.ascontiguousarray(pixels).data)
        self.seconds.append(seconds)

    def finish(self) -> None:
        """Write the header, now that the length is known, and move the file into place."""
        with writing():
            self._file.seek(0)
            self._file.write(npy_header((len(self.seconds), *self.size_pixels, 3)))
            self._file.close()
            os.replace(self._temporary, self.path)

    def discard(self) -> None:
        """Delete what was written."""
        with suppress(OSError):  # closing flushes, and the disk may be full
            self._file.close()
        self._temporary.unlink(missing_ok=True)


def npy_header(shape: tuple[int, ...]) -> bytes:
    """Header of a uint8 array in NumPy's format 1.0, of the same 128 bytes for every length.

    Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html
    """
    text = repr({"descr": "|u1", "fortran_order": False, "shape": shape})
    length = HEADER_BYTES - 10
    return b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + f"{text:<{length - 1}}\n".encode()


@contextmanager
def writing() -> Iterator[None]:
    """Tell an error of writing from an error of reading the video."""
    try:
        yield
    except OSError as error:
        raise CannotWriteError(error.strerror or str(error)) from None
