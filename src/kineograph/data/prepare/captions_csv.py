"""A table of pictures, or clips, and sentences becomes prepared captions: one row a sentence.

picture,sentence,split,group
0001.jpg,"A dog runs over the grass.",train,park
"""

import csv
from pathlib import Path, PurePath

from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.prepare.gathered import Gathered
from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.errors import InputError, nearest

OURS = ("picture", "sentence", "split", "group")
ALSO_CALLED = {
    "image": "picture",
    "file": "picture",
    "filename": "picture",
    "path": "picture",
    "clip": "picture",
    "video": "picture",
    "caption": "sentence",
    "text": "sentence",
    "comment": "sentence",
}
SIDE_WORDS = {"validation": "val", "valid": "val", "dev": "val", "training": "train"}


def prepare_captions_csv(
    source: str | Path,
    out: str | Path,
    *,
    root: str | Path | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: object = None,
) -> PreparedPictures:
    """Every row of the table `source` is a sentence; commas, semicolons and tabs may separate.

    root: the folder that the pictures are relative to; None is the table's own. A row that cannot
    be used is one of the problems. Raises InputError for an unknown column, or if nothing is left.
    """
    source = Path(source)
    gathered = Gathered()
    said: dict[str, dict[str, str]] = {"split": {}, "group": {}}
    for number, row in _rows(source):
        where = f"{source.name} row {number}"
        if None in row or None in row.values():
            gathered.problems.append(f"{where}: as many cells as names are needed. Correct it.")
            continue
        picture = PurePath(row["picture"].strip().replace("\\", "/")).as_posix()
        gathered.add(picture if row["picture"].strip() else "", row["sentence"], where)
        for field, known in said.items():
            value = (row.get(field) or "").strip()
            value = SIDE_WORDS.get(value.lower(), value) if field == "split" else value
            if value and known.setdefault(picture, value) != value:
                gathered.problems.append(
                    f"{where}: {picture} has {field} {known[picture]} already. It keeps that."
                )
    return write_prepared_pictures(
        Path(out),
        CAPTIONS,
        gathered.described(side=said["split"].get, group=said["group"].get),
        gathered.problems,
        source_root=source.parent if root is None else Path(root),
        way="captions-csv",
        name=name or source.stem,
        command=command,
        overwrite=overwrite,
    )


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows with their numbers, by our names of the columns. Raises InputError for unknown ones."""
    try:
        texts = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{path}: it is a folder. Name the table, a .csv file in it.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: it is not UTF-8 text. Save it as CSV UTF-8.") from None
    if not texts:
        raise InputError(f"{path}: it is empty. Begin with a row of names: picture,sentence.")
    reader = csv.DictReader(texts, delimiter=max(",;\t", key=texts[0].count))
    names = []
    for column in reader.fieldnames or []:
        plain = ALSO_CALLED.get(column.strip().lower(), column.strip().lower())
        if plain not in OURS:
            hint = nearest(plain, (*OURS, *ALSO_CALLED)) or f"Known are {', '.join(OURS)}."
            raise InputError(f"{path.name}: unknown column '{column}'. {hint} Rename or remove it.")
        names.append(plain)
    for name in ("picture", "sentence"):
        if names.count(name) != 1:
            raise InputError(f"{path.name}: {names.count(name)} columns say '{name}'. Keep one.")
    reader.fieldnames = names
    return [(reader.line_num, row) for row in reader]
