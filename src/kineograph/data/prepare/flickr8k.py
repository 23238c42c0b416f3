"""Flickr8k: 8,091 photographs with five sentences each, in either of two forms.

SRC/Flickr8k.token.txt                    1000268201_693b08cb0e.jpg#0<tab>A child in a pink dress …
SRC/Flickr_8k.trainImages.txt, …devImages.txt, …testImages.txt          names of pictures, a line
SRC/**/1000268201_693b08cb0e.jpg          Flicker8k_Dataset/ as it is spelled there

SRC/captions.csv                          image,caption
SRC/splits.csv                            image,split
SRC/images.tar                            pictures, or a folder of them

Source: Hodosh, Young, Hockenmaier, JAIR 47 (2013): 6,000 pictures are learned from, 1,000 tuned
on, 1,000 tested. The lists name no more; the pictures beyond them are left out.
"""

import csv
from pathlib import Path

from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.pictures.files import open_archive
from kineograph.data.prepare.gathered import Gathered
from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.errors import InputError

TOKENS = "Flickr8k.token.txt"
LISTS = {
    "train": "Flickr_8k.trainImages.txt",
    "val": "Flickr_8k.devImages.txt",
    "test": "Flickr_8k.testImages.txt",
}
SIDE_WORDS = {"train": "train", "val": "val", "dev": "val", "validation": "val", "test": "test"}


def prepare_flickr8k(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: object = None,
) -> PreparedPictures:
    """Every picture of the lists with its sentences. Raises InputError if files are missing."""
    source = Path(source)
    gathered = Gathered()
    if (source / TOKENS).is_file():
        sides = _listed_sides(source)
        _read_tokens(source / TOKENS, gathered)
    elif (source / "captions.csv").is_file():
        sides = _tabled_sides(source / "splits.csv", gathered.problems)
        _read_table(source / "captions.csv", gathered)
    else:
        raise InputError(
            f"{source}: neither {TOKENS} nor captions.csv is there. Unpack Flickr8k_text there, "
            "beside its folder of pictures."
        )
    places = _places(source)
    found = gathered.described(lambda picture: places.get(picture, picture), sides.get)
    kept = [each for each in found if each.split]
    return write_prepared_pictures(
        Path(out),
        CAPTIONS,
        kept,
        gathered.problems,
        source_root=source,
        way="flickr8k",
        name=name or "Flickr8k",
        command=command,
        notes=[
            "Sides are the owners'.",
            f"{len(found) - len(kept)} pictures with sentences are on no side and are left out.",
        ],
        overwrite=overwrite,
    )


def _read_tokens(path: Path, gathered: Gathered) -> None:
    for number, row in enumerate(_rows(path), start=1):
        if not row.strip():
            continue
        place, tab, sentence = row.partition("\t")
        picture, mark, _ = place.partition("#")
        where = f"{path.name} line {number}"
        if not tab or not mark:
            gathered.problems.append(f"{where}: '{row[:40]}' is not name.jpg#0, tab, sentence.")
        else:
            gathered.add(picture.strip(), sentence, where)


def _read_table(path: Path, gathered: Gathered) -> None:
    for number, row in _table(path, ("image", "caption"), gathered.problems):
        gathered.add(row["image"].strip(), row["caption"], f"{path.name} row {number}")


def _listed_sides(source: Path) -> dict[str, str]:
    sides = {}
    for side, name in LISTS.items():
        for row in _rows(source / name):
            if row.strip():
                sides[row.strip()] = side
    return sides


def _tabled_sides(path: Path, problems: list[str]) -> dict[str, str]:
    sides = {}
    for number, row in _table(path, ("image", "split"), problems):
        side = SIDE_WORDS.get(row["split"].strip().lower())
        if side:
            sides[row["image"].strip()] = side
        elif row["split"].strip().lower() not in ("", "none", "unused"):
            problems.append(f"{path.name} row {number}: split '{row['split']}' is none of ours.")
    return sides


def _table(
    path: Path, columns: tuple[str, ...], problems: list[str]
) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(_rows(path))
    lacking = [name for name in columns if name not in (reader.fieldnames or [])]
    if lacking:
        raise InputError(f"{path}: no column '{lacking[0]}'. Its first row is {','.join(columns)}.")
    found = []
    for row in reader:
        if any(row[name] is None for name in columns):
            problems.append(f"{path.name} row {reader.line_num}: too few cells. Correct it.")
        else:
            found.append((reader.line_num, row))
    return found


def _rows(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Copy Flickr8k again.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: it is not UTF-8 text. Copy it again.") from None


def _places(source: Path) -> dict[str, str]:
    """Where each picture lies, by its name: in folders and in tar archives below the source."""
    places = {file.name: file.relative_to(source).as_posix() for file in source.rglob("*.jpg")}
    for tar in sorted(source.glob("*.tar")):
        for member in open_archive(tar).members:
            places.setdefault(Path(member).name, f"{tar.name}/{member}")
    return places
