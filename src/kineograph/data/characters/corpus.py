"""A text to learn from: one file, packed or not, or all text files of a folder; UTF-8.

shakespeare.txt, stacks.tex.xz, notes.txt.gz, or a folder of such files, by name.
"""

import codecs
import gzip
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kineograph.errors import InputError

UNPACK: dict[str, Callable[[bytes], bytes]] = {".xz": lzma.decompress, ".gz": gzip.decompress}
OF_FOLDERS = (".txt", ".tex", ".md")  # names that are taken for texts where a folder is given


@dataclass(frozen=True)
class Corpus:
    """A text as it stands in its files; line ends are all one, and no byte-order mark is left."""

    name: str
    path: Path
    text: str
    files: int
    left_out: tuple[str, ...] = ()  # a line for each file that could not be read


def read_corpus(path: Path | str) -> Corpus:
    """The text of a file or of a folder. Raises InputError if there is none in it.

    A bad file among others is left out and named; files are joined with an empty line.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(
            f"{path}: is not there. Give a text file (UTF-8, .xz and .gz too), or a folder of them."
        )
    if not path.is_dir():
        return Corpus(_stem(path), path, _not_empty(path, read_text(path)), files=1)
    names = sorted(each for each in path.rglob("*") if each.is_file() and _is_text(each))
    texts, problems = [], []
    for name in names:
        try:
            texts.append(read_text(name))
        except InputError as error:
            problems.append(str(error))
    if not texts:
        why = problems[0] if problems else f"no file that ends in {', '.join(OF_FOLDERS)}"
        raise InputError(f"{path}: no text to learn from ({why}). Put a UTF-8 text file there.")
    text = _not_empty(path, "\n\n".join(texts))
    return Corpus(path.resolve().name, path, text, len(texts), tuple(problems))


def read_text(path: Path) -> str:
    """One file's text. Raises InputError for what cannot be unpacked or is not UTF-8."""
    if not path.is_file():
        what = (
            "is a folder. Give the files in it" if path.is_dir() else "is not there. Check the path"
        )
        raise InputError(f"{path}: {what}.")
    try:
        content = path.read_bytes()
        if path.suffix in UNPACK:
            content = UNPACK[path.suffix](content)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Copy the file again.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start:,} is not UTF-8. Save the text as UTF-8, for example: "
            f"iconv -f {_spelling(content)} -t UTF-8 {path.name}."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _spelling(content: bytes) -> str:
    """What a text that is no UTF-8 most likely is, as iconv calls it."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "UTF-16" if wide else "LATIN1"


def _not_empty(path: Path, text: str) -> str:
    if not text.strip():
        raise InputError(f"{path}: has no character but white space. Give a text with words.")
    return text


def _is_text(path: Path) -> bool:
    packed = path.suffix in UNPACK
    return (path.with_suffix("") if packed else path).suffix in OF_FOLDERS


def _stem(path: Path) -> str:
    """The name of a text without its ends: stacks.tex.xz is stacks."""
    plain = path.with_suffix("") if path.suffix in UNPACK else path
    return plain.stem
