"""Exact frames of one video for the page: any moment, stepping both ways, playing forward.

The page shows what the decoder gives, not what a browser would play: every file that Kineograph
reads can be marked, and a mark begins and ends where a frame truly does.
"""

import threading
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2

from kineograph.errors import InputError
from kineograph.media import BrokenClipError, Frame, inspect, read_frames

LONGEST_SIDE_PIXELS = 1280  # as sent; windows are kept in the pixels of the file
JPEG_QUALITY = 88
KEPT_BYTES = 96 << 20  # of JPEGs, a few hundred frames
RUN_UP_SECONDS = 0.6  # decoded before a moment that was jumped to: stepping back is quick then
FORWARD_SECONDS = 1.5  # a jump this far is read through
_SLACK_SECONDS = 1e-5


@dataclass(frozen=True)
class Picture:
    """One frame as JPEG, with when it is shown; `last` is the end of the video."""

    index: int
    seconds: float
    until_seconds: float
    last: bool
    jpeg: bytes


class FrameReader:
    """Frames of one video by their times; safe to call from several threads."""

    def __init__(self, path: Path):
        self.path = path
        self.problem = ""  # where the file breaks
        info = inspect(path)
        self.width_pixels = info.width  # of the file; what is sent may be smaller
        scale = min(1.0, LONGEST_SIDE_PIXELS / max(info.width, info.height))
        self._size = (max(1, round(info.height * scale)), max(1, round(info.width * scale)))
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._bytes = 0
        self._reader: Generator[Frame, None, None] | None = None
        self._ahead: Frame | None = None  # read, but its end is not known yet
        self._step_seconds = 0.04
        self._lock = threading.Lock()

    def run(self, seconds: float, count: int) -> list[Picture]:
        """The frame that is on show at `seconds`, and those after it, `count` in all if there are.

        Raises InputError for a file that cannot be read at all.
        """
        with self._lock:
            found = [self._at(max(0.0, seconds))]
            while len(found) < count and not found[-1].last:
                found.append(self._at(found[-1].until_seconds + _SLACK_SECONDS))
            return found

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _at(self, seconds: float) -> Picture:
        kept = self._find(seconds)
        if kept is not None:
            return kept
        ahead = self._ahead.seconds if self._reader and self._ahead else float("inf")
        if not ahead - _SLACK_SECONDS <= seconds <= ahead + FORWARD_SECONDS:
            self._jump(seconds)
        while True:
            picture = self._next()
            if picture.last or seconds < picture.until_seconds - _SLACK_SECONDS:
                return picture

    def _find(self, seconds: float) -> Picture | None:
        for index, picture in self._kept.items():
            beyond = picture.last and seconds >= picture.seconds
            inside = picture.seconds - _SLACK_SECONDS <= seconds
            if beyond or (inside and seconds < picture.until_seconds - _SLACK_SECONDS):
                self._kept.move_to_end(index)
                return picture
        return None

    def _jump(self, seconds: float) -> None:
        """Read on from a little before a moment, at or before the frame that it shows."""
        self.close()
        back = RUN_UP_SECONDS
        while True:
            start = max(0.0, seconds - back)
            frames = cast(
                "Generator[Frame, None, None]",
                read_frames(self.path, start_seconds=start, size_pixels=self._size),
            )
            try:
                first = next(frames)
            except BrokenClipError as error:
                self.problem = str(error)
                if start == 0.0:
                    raise
            except InputError:
                if start == 0.0:
                    raise
            else:
                if first.seconds <= seconds + _SLACK_SECONDS or start == 0.0:
                    self._reader, self._ahead = frames, first
                    return
            frames.close()
            back *= 4  # the moment lies after the last frame, or in a long pause

    def _next(self) -> Picture:
        """The frame ahead, now that the one after it tells when it ends."""
        frame, after = self._ahead, None
        if frame is None or self._reader is None:
            raise InputError(f"{self.path}: has no frame there. Copy the file again.")
        try:
            after = next(self._reader, None)
        except InputError as error:  # broken from here on
            self.problem = str(error)
        if after is not None:
            self._step_seconds = after.seconds - frame.seconds
        until = frame.seconds + self._step_seconds
        done, code = cv2.imencode(
            ".jpg",
            cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR),
            [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY],
        )
        if not done:
            raise InputError(f"{self.path}: frame {frame.index} cannot be shown. Skip it.")
        picture = Picture(frame.index, frame.seconds, until, after is None, code.tobytes())
        self._ahead = after
        if after is None:
            self.close()
        self._keep(picture)
        return picture

    def _keep(self, picture: Picture) -> None:
        before = self._kept.pop(picture.index, None)
        self._bytes += len(picture.jpeg) - (len(before.jpeg) if before else 0)
        self._kept[picture.index] = picture
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.jpeg)
