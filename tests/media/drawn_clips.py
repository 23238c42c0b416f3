"""Tiny clips, drawn and encoded for the media tests, and the arithmetic to hold them against."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BARS = np.array(
    [(255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255)]
    + [(255, 0, 0), (0, 0, 255), (0, 0, 0), (128, 128, 128), (200, 100, 50)],
    np.uint8,
)
KR_KB = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
TAGS = {"bt601": 6, "bt709": 1, "bt2020": 9}  # ITU-T H.273


def draw_bars(height: int = 60, width: int = 160) -> np.ndarray:
    """Ten upright colour bars, (H, W, 3) uint8."""
    return np.repeat(BARS, width // 10, axis=0)[None].repeat(height, axis=0)


def draw_scene(height: int = 48, width: int = 64, seed: int = 0) -> np.ndarray:
    """A smooth coloured landscape that differs in every place, (H, W, 3) uint8."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [
        np.sin(x / 7 + seed) + np.cos(y / 5),
        np.sin((x + y) / 9),
        np.cos(x / 11 - y / 6 + seed),
    ]
    return np.stack([127.5 + 60 * wave for wave in waves], axis=-1).clip(0, 255).astype(np.uint8)


def numbered(index: int, height: int = 32, width: int = 32) -> np.ndarray:
    """A grey picture whose brightness says its number, 0 to 22."""
    return np.full((height, width, 3), 5 + 11 * index, np.uint8)


def number_of(pixels: np.ndarray) -> int:
    """The number that `numbered` drew, read back after lossy coding."""
    return round((float(pixels.mean()) - 5) / 11)


def to_planes(pixels: np.ndarray, matrix: str, *, full_range: bool, bits: int) -> list[np.ndarray]:
    """RGB -> Y, Cb, Cr as ITU-R BT.601, 709 and 2020 write it; colour at half size."""
    half = (pixels.shape[0] // 2, pixels.shape[1] // 2)
    kr, kb = KR_KB[matrix]
    r, g, b = (pixels[..., channel] / 255 for channel in range(3))
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)
    if full_range:
        top, middle = 2**bits - 1, 2 ** (bits - 1)
        planes = [y * top, cb * top + middle, cr * top + middle]
    else:
        step = 2 ** (bits - 8)
        planes = [(16 + 219 * y) * step, (128 + 224 * cb) * step, (128 + 224 * cr) * step]
    kind = np.uint8 if bits == 8 else np.uint16
    planes[1:] = [area_mean(plane[..., None], half)[..., 0] for plane in planes[1:]]
    return [np.rint(plane).clip(0, 2**bits - 1).astype(kind) for plane in planes]


def picture_of_planes(planes: Sequence[np.ndarray]) -> av.VideoFrame:
    """Y, Cb, Cr -> an untagged 4:2:0 picture of 8 or 10 bits."""
    height, width = planes[0].shape
    picture = av.VideoFrame(width, height, "yuv420p" if planes[0].itemsize == 1 else "yuv420p10le")
    for plane, values in zip(picture.planes, planes, strict=True):
        lines = np.zeros((plane.height, plane.line_size // values.itemsize), values.dtype)
        lines[:, : values.shape[1]] = values
        plane.update(lines.tobytes())
    return picture


def encode(
    path: Path,
    pictures: Sequence[np.ndarray | av.VideoFrame],
    *,
    codec: str = "libx264",
    stamps: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    prepare: Callable[[av.video.stream.VideoStream], None] = lambda stream: None,
) -> Path:
    """Write pictures with `stamps` in tenths of a second (0, 1, 2 … if not given)."""
    frames = [
        p if isinstance(p, av.VideoFrame) else av.VideoFrame.from_ndarray(p, format="rgb24")
        for p in pictures
    ]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10, options=options or {})
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = frames[0].format.name if frames[0].format.name != "rgb24" else "yuv420p"
        if codec == "mjpeg":
            stream.pix_fmt = "yuvj420p"
        prepare(stream)
        for stamp, frame in zip(stamps or range(len(frames)), frames, strict=True):
            frame.pts, frame.time_base = stamp, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def area_mean(pixels: np.ndarray, size_pixels: tuple[int, int]) -> np.ndarray:
    """Each new pixel as the exact mean of the area it covers, in floats."""
    rows = _coverage(pixels.shape[0], size_pixels[0])
    columns = _coverage(pixels.shape[1], size_pixels[1])
    return np.einsum("ih,hwc,jw->ijc", rows, pixels.astype(float), columns, optimize=True)


def _coverage(length: int, new_length: int) -> np.ndarray:
    """(new, old): the share of each old pixel in each new one."""
    edges = np.arange(new_length + 1)[:, None] * length / new_length
    old = np.arange(length)
    shares = (np.minimum(edges[1:], old + 1) - np.maximum(edges[:-1], old)).clip(0)
    return shares / shares.sum(axis=1, keepdims=True)
