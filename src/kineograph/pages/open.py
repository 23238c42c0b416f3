"""Scans and PDFs as pages: pixels as shown, with their resolution; one page at a time.

Pictures are decoded by Pillow: CMYK, palettes, 16 bits, one bit, EXIF rotation, TIFFs of many
pages; transparent places become white. PDFs are drawn by PDFium at the resolution of the scan that
lies in them, or at 300 dots per inch. PDFium is not made for threads: use one `PageFile` at a time.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from kineograph.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

PAGE_SUFFIXES = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".pbm", ".pdf", ".pgm", ".png", ".ppm", ".tif", ".tiff"}
    | {".webp"}
)
USUAL_DOTS_PER_INCH = 300.0
_POINTS_PER_INCH = 72.0
_SCAN_DOTS = (150.0, 600.0)  # a scan inside a PDF is drawn as it was scanned, within these
_SENSIBLE_DOTS = (30.0, 4800.0)  # what a header may say; 1 or 0 means that nobody knew
_MOST_PIXELS = 150_000_000  # A0 at 300 dots per inch
_FEWEST_PIXELS = 8  # on a side; no line is legible in less
_PREVIEW_BIT, _SUBFILE_TAG = 1, 254  # TIFF 6.0, NewSubfileType
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, KeyError)
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One page: (H, W) grey or (H, W, 3) RGB, uint8, as shown; resolution where it is known."""

    pixels: Pixels
    dots_per_inch: float | None = None
    name: str = ""
    number: int = 1

    @property
    def grey(self) -> Pixels:
        """(H, W) uint8."""
        if self.pixels.ndim == 2:
            return self.pixels
        return np.asarray(Image.fromarray(self.pixels).convert("L"))


def size_and_resolution(path: str | PathLike[str]) -> tuple[int, int, float | None]:
    """Width, height and dots per inch that a picture's header says. Raises InputError."""
    with _no_bomb_warnings():
        try:
            with Image.open(path) as image:
                return *image.size, _resolution(image)
        except Image.DecompressionBombError as error:
            raise _too_large(str(path)) from error
        except _DAMAGE as error:
            raise _broken(str(path), error) from error


class PageFile:
    """A picture, a TIFF of many pages, or a PDF. `len` counts its pages, `read(number)` gives one.

    A page that cannot be read raises InputError for itself alone; the others can still be read.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        dots_per_inch: float | None = None,
        password: str | None = None,
    ) -> None:
        self.path = Path(path)
        if dots_per_inch is not None and not 30 <= dots_per_inch <= 2400:
            raise InputError(
                f"{self.path}: dots_per_inch={dots_per_inch:g}; PDFs are drawn at 30 to 2400. "
                "Give 300, for example."
            )
        try:
            with self.path.open("rb") as file:
                head = file.read(1024)
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be opened ({error.strerror}). Check the name and folder."
            ) from error
        if not head:
            raise InputError(f"{self.path}: the file is empty. Copy or scan it again.")
        is_pdf = b"%PDF-" in head
        self._source: _Pdf | _Pictures = (
            _Pdf(self.path, dots_per_inch, password) if is_pdf else _Pictures(self.path)
        )

    def __len__(self) -> int:
        return len(self._source)

    def read(self, number: int) -> Page:
        """Page `number`, from 1 on. Raises InputError for one that is not there or is broken."""
        if not 1 <= number <= len(self):
            raise InputError(
                f"{self.path}: page {number} was asked for, it has {len(self)}. "
                f"Ask for 1 to {len(self)}."
            )
        pixels, dots = self._source.read(number)
        height, width = pixels.shape[:2]
        if min(height, width) < _FEWEST_PIXELS:
            raise InputError(
                f"{self._named(number)}: {width}x{height} pixels; a line of text needs "
                f"{_FEWEST_PIXELS} pixels each way. Scan it with more dots per inch."
            )
        return Page(pixels, dots, self.path.name, number)

    def _named(self, number: int) -> str:
        return f"{self.path}, page {number}" if len(self) > 1 else str(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._source.close()


class _Pictures:
    """The pages of a picture file; only a TIFF has more than one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _no_bomb_warnings():
            try:
                self._image = Image.open(path)
            except UnidentifiedImageError as error:
                raise InputError(
                    f"{path}: neither a picture that Pillow knows nor a PDF. "
                    "Convert it to PNG, TIFF or PDF."
                ) from error
            except Image.DecompressionBombError as error:
                raise _too_large(str(path)) from error
            except _DAMAGE as error:
                raise _broken(str(path), error) from error
            self._frames = self._pages()

    def __len__(self) -> int:
        return len(self._frames)

    def read(self, number: int) -> tuple[Pixels, float | None]:
        name = f"{self.path}, page {number}" if len(self) > 1 else str(self.path)
        with _no_bomb_warnings():
            try:
                self._image.seek(self._frames[number - 1])
                if self._image.width * self._image.height > _MOST_PIXELS:
                    raise _too_large(name)
                self._image.load()
                return _pixels(self._image), _resolution(self._image)
            except InputError:
                raise
            except Image.DecompressionBombError as error:
                raise _too_large(name) from error
            except _DAMAGE as error:
                raise _broken(name, error) from error

    def close(self) -> None:
        self._image.close()

    def _pages(self) -> list[int]:
        """Which frames are pages: of a TIFF all but previews, else the first."""
        if self._image.format != "TIFF":
            return [0]
        pages = []
        try:
            for frame in range(getattr(self._image, "n_frames", 1)):
                self._image.seek(frame)
                tags: Any = getattr(self._image, "tag_v2", {})
                if not int(tags.get(_SUBFILE_TAG, 0)) & _PREVIEW_BIT:
                    pages.append(frame)
        except _DAMAGE as error:
            if not pages:
                raise _broken(str(self.path), error) from error
        return pages or [0]


class _Pdf:
    """The pages of a PDF, drawn by PDFium."""

    def __init__(self, path: Path, dots_per_inch: float | None, password: str | None) -> None:
        import pypdfium2

        self.path, self._dots = path, dots_per_inch
        try:
            self._file = pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _WRONG_PASSWORD or "password" in str(error):
                raise InputError(
                    f"{path}: the PDF is encrypted, and "
                    f"{'no password was given' if password is None else 'the password is wrong'}. "
                    "Give its password, or save it without one."
                ) from error
            raise InputError(
                f"{path}: the PDF is broken ({_first_line(error)}). Copy or export it again."
            ) from error
        if not len(self._file):
            raise InputError(f"{path}: the PDF has no page. Export it again.")

    def __len__(self) -> int:
        return len(self._file)

    def read(self, number: int) -> tuple[Pixels, float | None]:
        import pypdfium2

        name = f"{self.path}, page {number}" if len(self) > 1 else str(self.path)
        try:
            page = self._file[number - 1]
            dots = self._dots or _scanned_dots(page)
            width, height = (side * dots / _POINTS_PER_INCH for side in page.get_size())
            if width * height > _MOST_PIXELS:
                raise InputError(
                    f"{name}: {width:.0f}x{height:.0f} pixels at {dots:.0f} dots per inch; more "
                    f"than {_MOST_PIXELS // 10**6} million are not drawn. Give fewer dots_per_inch."
                )
            scale = dots / _POINTS_PER_INCH * (1 - 1e-6)  # sides are rounded up: 900.0001 to 901
            drawn = page.render(scale=scale, rev_byteorder=True).to_numpy()
            pixels = np.ascontiguousarray(drawn[..., :3])
        except pypdfium2.PdfiumError as error:
            raise InputError(
                f"{name}: cannot be drawn ({_first_line(error)}). Export the PDF again."
            ) from error
        return _grey_if_grey(pixels), dots

    def close(self) -> None:
        self._file.close()


def _scanned_dots(page: Any) -> float:
    """The resolution of the largest picture on a PDF's page, if it covers most of it."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    area, best = page.get_width() * page.get_height(), None
    for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        covered = (right - left) * (top - bottom)
        if covered > 0.5 * area and covered > 0:
            columns, rows = picture.get_px_size()
            dots = _POINTS_PER_INCH * (columns * rows / covered) ** 0.5
            best = max(best or 0.0, dots)
    if best is None:
        return USUAL_DOTS_PER_INCH
    return round(min(max(best, _SCAN_DOTS[0]), _SCAN_DOTS[1]), 2)


def _pixels(image: Image.Image) -> Pixels:
    """The current frame, upright, grey or RGB, 8 bits."""
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        return _eight_bits(np.asarray(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return _grey_if_grey(np.asarray(Image.alpha_composite(white, image).convert("RGB")))
    if image.mode in {"1", "L"}:
        return np.asarray(image.convert("L"))
    return _grey_if_grey(np.asarray(image.convert("RGB")))


def _eight_bits(deep: NDArray[Any]) -> Pixels:
    """16 or 32 bits of grey -> 8: by the range that its kind promises, else by its own."""
    values = np.nan_to_num(deep.astype(np.float32))
    top = float(values.max(initial=0.0))
    promised = next((end for end in (1.0, 255.0, 65535.0) if top <= end), top)
    if deep.dtype.kind in "iu" and promised == 1.0:
        promised = 255.0
    return np.round(values.clip(0, promised) * (255.0 / promised)).astype(np.uint8)


def _grey_if_grey(rgb: Pixels) -> Pixels:
    """(H, W) where the three channels are the same, else (H, W, 3)."""
    same = np.array_equal(rgb[..., 0], rgb[..., 1]) and np.array_equal(rgb[..., 0], rgb[..., 2])
    return np.ascontiguousarray(rgb[..., 0]) if same else np.ascontiguousarray(rgb)


def _resolution(image: Image.Image) -> float | None:
    """Dots per inch that the header says, if they can be true."""
    try:
        dots = float(image.info.get("dpi", (0, 0))[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return dots if _SENSIBLE_DOTS[0] <= dots <= _SENSIBLE_DOTS[1] else None


@contextmanager
def _no_bomb_warnings() -> Iterator[None]:
    """Pillow warns of large pictures; the limit here is its own, in words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _too_large(name: str) -> InputError:
    return InputError(
        f"{name}: more than {_MOST_PIXELS // 10**6} million pixels; a page has fewer. "
        "Shrink it, or cut it into pages."
    )


def _broken(name: str, error: Exception) -> InputError:
    return InputError(
        f"{name}: the picture cannot be decoded ({_first_line(error)}). Copy or scan it again."
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
