"""Captions of COCO become prepared captions, in the owners' form or in Karpathy's.

SRC/annotations/captions_train2014.json     {"images": [{"id", "file_name"}, …],
SRC/annotations/captions_val2014.json        "annotations": [{"image_id", "caption"}, …]}
SRC/train2014/COCO_train2014_000000000009.jpg      …2017: no prefix, train2017/000000000009.jpg

SRC/dataset_coco.json, dataset_flickr8k.json, dataset_flickr30k.json          Karpathy's splits
    {"images": [{"filepath": "val2014", "filename": …, "split": "restval",
                 "sentences": [{"raw": …}, …]}, …]}

The owners' val2014 is what most figures before 2015 are of; Karpathy's splits take 5,000 of it for
tuning and 5,000 for testing, and learn from the rest ("restval") too. Never compare them.
Sources: Chen et al. 2015 (arXiv:1504.00325); Karpathy & Fei-Fei 2015 (arXiv:1412.2306).
"""

import json
from pathlib import Path
from typing import Any

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.prepare.gathered import Gathered
from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.errors import InputError

KARPATHY_SIDES = {"train": "train", "restval": "train", "val": "val", "test": "test"}


def prepare_coco_captions(
    source: str | Path,
    out: str | Path,
    *,
    year: str = "2014",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: object = None,
) -> PreparedPictures:
    """Pictures of train and val with their sentences; val is tested, and some of train tuned on.

    year: "2014" or "2017". Raises InputError if the owners' files are missing.
    """
    source = Path(source)
    if year not in ("2014", "2017"):
        raise InputError(f"year '{year}': known are 2014, 2017. Write --option year=2014.")
    described: list[DescribedPicture] = []
    gathered = Gathered()
    for theirs, side in (("train", "train"), ("val", "test")):
        file = source / "annotations" / f"captions_{theirs}{year}.json"
        part = Gathered()
        places = _read_owners(file, f"{theirs}{year}", part)
        described += part.described(places.__getitem__, dict.fromkeys(places, side).get)
        gathered.problems += part.problems
    return write_prepared_pictures(
        Path(out),
        CAPTIONS,
        described,
        gathered.problems,
        source_root=source,
        way=f"coco-captions {year}",
        name=name or f"COCO {year} captions",
        command=command,
        notes=["The owners' val is tested. Never compare with figures of Karpathy's split."],
        overwrite=overwrite,
    )


def prepare_karpathy(
    source: str | Path,
    out: str | Path,
    *,
    root: str | Path | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: object = None,
) -> PreparedPictures:
    """Pictures and sentences of one of Karpathy's files, dealt as it says.

    source: the JSON file, or a folder with one dataset_….json. root: the pictures' folder; None is
    the file's own. Raises InputError if there is none.
    """
    file = _karpathy_file(Path(source))
    gathered = Gathered()
    sides: dict[str, str] = {}
    for number, image in enumerate(_list_of(_read(file), "images", file)):
        where = f"{file.name} image {number}"
        try:
            picture = "/".join(filter(None, (image.get("filepath"), image["filename"])))
            sides[picture] = KARPATHY_SIDES[image["split"]]
            for sentence in image["sentences"]:
                gathered.add(picture, sentence["raw"], where)
        except (KeyError, TypeError, AttributeError) as error:
            gathered.problems.append(f"{where}: has no {error} as Karpathy's have. Correct it.")
    return write_prepared_pictures(
        Path(out),
        CAPTIONS,
        gathered.described(side=sides.get),
        gathered.problems,
        source_root=file.parent if root is None else Path(root),
        way="karpathy",
        name=name or f"{file.stem.removeprefix('dataset_')}, Karpathy's split",
        command=command,
        notes=["Karpathy's split: what he calls restval is learned from, too."],
        overwrite=overwrite,
    )


def _read_owners(file: Path, folder: str, gathered: Gathered) -> dict[str, str]:
    """Gather the sentences by their pictures' numbers; returns where each picture lies."""
    found = _read(file)
    places: dict[str, str] = {}
    for number, image in enumerate(_list_of(found, "images", file)):
        try:
            places[str(image["id"])] = f"{folder}/{image['file_name']}"
        except (KeyError, TypeError) as error:
            gathered.problems.append(f"{file.name} image {number}: has no {error}. Correct it.")
    for number, row in enumerate(_list_of(found, "annotations", file)):
        where = f"{file.name} annotation {number}"
        try:
            picture, sentence = str(row["image_id"]), str(row["caption"])
        except (KeyError, TypeError) as error:
            gathered.problems.append(f"{where}: has no {error}. Correct it.")
            continue
        if picture in places:
            gathered.add(picture, sentence, where)
        else:
            gathered.problems.append(f"{where}: image {picture} is not listed. Correct it.")
    return places


def _karpathy_file(source: Path) -> Path:
    if source.is_file():
        return source
    files = sorted(source.glob("dataset*.json"))
    if len(files) != 1:
        raise InputError(
            f"{source}: {len(files)} files dataset_….json are there, and one is needed. "
            "Name the file itself."
        )
    return files[0]


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{file}: there is no such file. Unpack the annotations there.") from None
    except (ValueError, OSError) as error:
        raise InputError(f"{file}: is not JSON ({error}). Copy it again.") from None


def _list_of(found: Any, name: str, file: Path) -> list[Any]:
    rows = found.get(name) if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise InputError(f"{file}: has no list '{name}'. Is it a file of captions?")
    return rows
