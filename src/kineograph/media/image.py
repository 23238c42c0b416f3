"""Pictures as clips: a folder of frames, a GIF with its own clock, one picture; decoded by Pillow.

Transparent places become white, as on a page; a camera's EXIF orientation is applied.
16-bit grey is divided by 256. A Kinect's depth map is not: it holds millimetres up to 8 m, so that
a person would be black on black; a picture named like MDepth-00000001.png is divided by 32.
"""

import re
import struct
from collections.abc import Generator
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from kineograph.errors import InputError
from kineograph.media.convert import Shown
from kineograph.media.frame import BrokenClipError, MediaInfo
from kineograph.media.listing import PICTURE_SUFFIXES, existing, natural_order

_ANIMATED = {"GIF", "PNG", "WEBP"}  # other formats hold previews or pages behind the first picture
_TOO_SHORT_MILLISECONDS = 10  # browsers show such frames for 100 ms, and GIFs are made for browsers
_DEGREES = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}  # EXIF orientation -> clockwise turn
_DEPTH_MAP = re.compile(r"M?Depth-\d+\.png", re.IGNORECASE)  # as NTU RGB+D names them
_DEPTH_BITS, _GREY_BITS = 13, 16  # 13: up to 8191 mm, and the sensor ends at 8000
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def pictures(file: Path, frames_per_second: float) -> Generator[Shown, None, None]:
    """One picture, or an animation at its own pace (at `frames_per_second` where it has none)."""
    until = Fraction(0)
    with _opened(file) as image:
        for index in range(_frame_count(image)):
            try:
                image.seek(index)
                image.load()
            except _DAMAGE as error:
                raise _damaged(file, error, index) from error
            seconds = until
            until += _duration(image) or 1 / Fraction(frames_per_second)
            yield Shown(index, float(seconds), float(until), lambda: _decoded(image))


def folder_pictures(folder: Path, frames_per_second: float) -> Generator[Shown, None, None]:
    """The pictures lying in a folder, in natural order, one tick of the clock each."""
    tick = 1 / Fraction(frames_per_second)
    for index, file in enumerate(picture_files(folder)):
        yield _one_of_many(folder, file, index, tick)


def grey_picture(file: Path, content: bytes | None = None) -> NDArray[np.uint8]:
    """One picture, or the first of a file, as (H, W) grey by ITU-R BT.601, upright, on white.

    content: the file's bytes, where it lies in an archive; `file` is then its name in errors.
    Raises InputError if it cannot be decoded.
    """
    return _first(file, content, "L")


def rgb_picture(file: Path, content: bytes | None = None) -> NDArray[np.uint8]:
    """One picture, or the first of a file, as (H, W, 3) in colours; otherwise as `grey_picture`."""
    return _first(file, content, "RGB")


def _first(file: Path, content: bytes | None, mode: str) -> NDArray[np.uint8]:
    with _opened(file, content) as image:
        try:
            return np.asarray(_upright(image).convert("RGB").convert(mode))
        except _DAMAGE as error:
            raise _damaged(file, error, 0) from error


def picture_info(file: Path) -> MediaInfo:
    """Size, number and duration of one picture or an animation."""
    with _opened(file) as image:
        count, duration = _frame_count(image), Fraction(0)
        try:
            height, width = _decoded(image).height, _decoded(image).width
            for index in range(count):
                image.seek(index)
                duration += _duration(image) or 0
        except _DAMAGE as error:
            raise _damaged(file, error, 0) from error
        return MediaInfo(
            path=file,
            width=width,
            height=height,
            rotation_degrees=_DEGREES.get(image.getexif().get(ExifTags.Base.Orientation, 1), 0),
            frames_per_second=count / duration if duration else None,
            frame_count=count,
            duration_seconds=float(duration) or None,
            codec=(image.format or "").lower(),
            pixel_format=image.mode,
            size_bytes=file.stat().st_size,
        )


def folder_info(folder: Path) -> MediaInfo:
    """The first picture's header for all; a folder has no clock of its own."""
    files = picture_files(folder)
    first = picture_info(files[0])
    return MediaInfo(
        path=folder,
        width=first.width,
        height=first.height,
        rotation_degrees=first.rotation_degrees,
        frames_per_second=None,
        frame_count=len(files),
        duration_seconds=None,
        codec=first.codec,
        pixel_format=first.pixel_format,
        size_bytes=sum(file.stat().st_size for file in files),
    )


def _one_of_many(folder: Path, file: Path, index: int, tick: Fraction) -> Shown:
    """A picture of a folder, opened only if it is wanted."""

    def load() -> av.VideoFrame:
        try:
            with _opened(file) as image:
                return _decoded(image)
        except (InputError, *_DAMAGE) as error:
            raise BrokenClipError(
                f"{folder}: broken after {index} frames: {file.name} cannot be decoded. "
                "Replace or remove that picture."
            ) from error

    return Shown(index, float(index * tick), float((index + 1) * tick), load)


def picture_files(folder: Path) -> list[Path]:
    """The pictures lying in a folder, in natural order; InputError where there is none."""
    found = [
        file
        for file in folder.iterdir()
        if file.suffix.lower() in PICTURE_SUFFIXES and not file.name.startswith(".")
    ]
    if not found:
        raise InputError(
            f"{folder}: a folder is read as one clip of pictures, but no picture lies in it. "
            "Give a folder of .jpg or .png frames, or a video file."
        )
    return sorted(found, key=lambda file: natural_order(file.name))


def _opened(file: Path, content: bytes | None = None) -> Image.Image:
    if content is None and existing(file).is_dir():
        raise InputError(
            f"{file}: is a folder, and one picture is asked for. Name a picture, or a folder in "
            "which .jpg or .png files lie."
        )
    try:
        return Image.open(file if content is None else BytesIO(content))
    except UnidentifiedImageError as error:
        raise InputError(
            f"{file}: not a picture that Pillow knows. Convert it to PNG, or correct its suffix."
        ) from error
    except _DAMAGE as error:
        raise _damaged(file, error, 0) from error


def _damaged(file: Path, error: Exception, count: int) -> InputError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if count:
        return BrokenClipError(
            f"{file}: broken after {count} frames ({reason}). Use those alone, or copy it again."
        )
    return InputError(f"{file}: the picture cannot be decoded ({reason}). Copy or export it again.")


def _frame_count(image: Image.Image) -> int:
    return getattr(image, "n_frames", 1) if image.format in _ANIMATED else 1


def _duration(image: Image.Image) -> Fraction | None:
    """Seconds that the current frame of an animation is shown; None where it does not say."""
    if "duration" not in image.info:
        return None
    milliseconds = Fraction(image.info["duration"])
    return Fraction(milliseconds if milliseconds > _TOO_SHORT_MILLISECONDS else 100) / 1000


def _decoded(image: Image.Image) -> av.VideoFrame:
    """The current frame as RGB for the common converter."""
    return av.VideoFrame.from_ndarray(np.asarray(_upright(image).convert("RGB")), format="rgb24")


def _upright(image: Image.Image) -> Image.Image:
    """The current frame as it was held, in 8 bits, on white where it is transparent."""
    name = Path(getattr(image, "filename", "")).name
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16-bit grey: Pillow would clip it at 255
        bits = _DEPTH_BITS if _DEPTH_MAP.fullmatch(name) else _GREY_BITS
        grey = (np.asarray(image).astype(np.uint32) >> (bits - 8)).clip(0, 255).astype(np.uint8)
        image = Image.fromarray(grey)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image
