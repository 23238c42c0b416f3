"""A stream of multipart bytes -> its parts, however the bytes are cut; garbage costs no memory.

RFC 2046, section 5.1, as cameras really write it: multipart/x-mixed-replace. Some forget the line
break before a boundary, some count the two dashes to its name, and some tell wrong lengths.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_MOST_HEADER_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One part; names of headers in lower case, `arrived_seconds` when its headers were whole."""

    headers: dict[str, str]
    body: bytes
    arrived_seconds: float


class MultipartParser:
    """Takes bytes as they come and gives the parts that they complete.

    Never holds more than `most_bytes` and one piece of input: a longer part is thrown away, and
    its bytes are counted in `skipped_bytes` as is all else that belongs to no part.
    """

    def __init__(self, boundary: str, most_bytes: int = 16 * 1024 * 1024) -> None:
        self._delimiter = b"--" + boundary.strip().strip('"').lstrip("-").encode("latin-1")
        self._most_bytes = most_bytes
        self._waiting = bytearray()
        self._searched = 0  # so many bytes of a body are known to hold no delimiter
        self._headers: dict[str, str] | None = None  # of the part whose body is awaited
        self._arrived_seconds = 0.0
        self._inside = False  # behind a delimiter, before the end of its headers
        self.skipped_bytes = 0

    def feed(self, data: bytes, now_seconds: float = 0.0) -> list[Part]:
        """The parts that are whole now, in order."""
        self._waiting += data
        parts: list[Part] = []
        while self._step(parts, now_seconds):
            pass
        self._forget_too_much()
        return parts

    def _step(self, parts: list[Part], now_seconds: float) -> bool:
        """Go on by one delimiter, one block of headers or one body; False where bytes lack."""
        if self._headers is not None:
            return self._read_body(parts)
        if self._inside:
            return self._read_headers(now_seconds)
        return self._find_delimiter()

    def _find_delimiter(self) -> bool:
        found = self._waiting.find(self._delimiter)
        if found < 0:
            self._skip(max(0, len(self._waiting) - len(self._delimiter) + 1))
            return False
        self.skipped_bytes += len(self._waiting[:found].strip(b"-\r\n"))
        del self._waiting[: found + len(self._delimiter)]
        self._inside = True
        return True

    def _read_headers(self, now_seconds: float) -> bool:
        if len(self._waiting) < 2:
            return False
        if self._waiting.startswith(b"--"):  # the last delimiter: nothing but an epilogue follows
            self._inside = False
            return True
        end = _HEADER_END.search(self._waiting, 0, _MOST_HEADER_BYTES)
        if end is None:
            if len(self._waiting) >= _MOST_HEADER_BYTES:
                self._inside = False
                return True
            return False
        self._headers = _headers(bytes(self._waiting[: end.start()]))
        self._arrived_seconds, self._inside, self._searched = now_seconds, False, 0
        del self._waiting[: end.end()]
        return True

    def _read_body(self, parts: list[Part]) -> bool:
        """A delimiter is believed before a Content-Length, which only saves waiting for it."""
        headers = self._headers or {}
        length = headers.get("content-length", "")
        told = int(length) if re.fullmatch(r"[0-9]{1,9}", length) else self._most_bytes + 1
        after = self._waiting.find(self._delimiter, self._searched, told + len(self._delimiter))
        if after >= 0:
            end = min(told, _before_line_break(self._waiting, after))
        elif len(self._waiting) >= told:
            end = after = told
        else:
            self._searched = max(0, len(self._waiting) - len(self._delimiter) + 1)
            return False
        parts.append(Part(headers, bytes(self._waiting[:end]), self._arrived_seconds))
        del self._waiting[:after]
        self._headers = None
        return True

    def _forget_too_much(self) -> None:
        if len(self._waiting) > self._most_bytes:
            self._skip(len(self._waiting) - len(self._delimiter) + 1)
            self._headers, self._inside = None, False

    def _skip(self, count: int) -> None:
        self.skipped_bytes += count
        del self._waiting[:count]


def boundary_of(content_type: str) -> str | None:
    """The boundary that a Content-Type names; None where it is no multipart or names none."""
    if not content_type.strip().lower().startswith("multipart/"):
        return None
    found = re.search(r"boundary\s*=\s*(\"[^\"]+\"|[^;\s]+)", content_type, re.IGNORECASE)
    named = found[1].strip('"').lstrip("-") if found else ""
    return named or None


def _headers(block: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.decode("latin-1").splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _before_line_break(content: bytearray, end: int) -> int:
    """Where a body ends that a delimiter at `end` closes: before more dashes and one line break."""
    while end > 0 and content[end - 1 : end] == b"-":
        end -= 1
    for line_break in (b"\r\n", b"\n"):
        if content.endswith(line_break, 0, end):
            return end - len(line_break)
    return end
