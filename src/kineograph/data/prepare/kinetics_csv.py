"""A table of labelled intervals in the manner of Kinetics (Kay et al. 2017) becomes a data set.

path,label,start,end                                   any set: paths from the table's folder
label,youtube_id,time_start,time_end,split             the owners' train.csv, validate.csv
SRC/abseiling/0347ZoDXyP0_000095_000105.mp4            a video cut to its ten seconds, or
SRC/0347ZoDXyP0.mp4                                    the whole one, which is cut by its times

    kineograph prepare kinetics-csv SRC/train.csv data/kinetics --option root=SRC
"""

import csv
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES, list_media

LAYOUTS = "path,label,start,end or youtube_id,label,time_start,time_end"
SIDE_OF = {"train": "train", "val": "val", "validate": "val", "validation": "val", "test": "test"}


def prepare_kinetics_csv(
    source: str | Path,
    out: str | Path,
    *,
    root: str | Path | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each row whose video is there becomes one annotation; the YouTube id is group and source.

    root: the folder of the videos; None is the table's own. Rows without a video, as many of
    Kinetics are today, are one problem together; a row that makes no sense is one by itself.
    Raises InputError for a table of other columns, or one that is not there.
    """
    source = Path(source)
    root = source.parent if root is None else Path(root)
    rows = _read_rows(source)
    by_id = "youtube_id" in rows[0]
    file_of = {}
    if by_id:
        for file in list_media(root, suffixes=VIDEO_SUFFIXES):
            file_of[file.stem] = file.relative_to(root).as_posix()
    annotations: dict[str, Annotation] = {}
    problems: list[str] = []
    absent: list[str] = []
    for number, row in enumerate(rows, start=2):
        try:
            found = _of_id(row, file_of) if by_id else _of_path(row)
        except InputError as error:
            problems.append(f"{source.name} row {number}: {error}")
            continue
        if found is None:
            absent.append(row["youtube_id"])
        elif found.id in annotations:
            problems.append(f"{source.name} row {number}: it repeats an earlier row. Remove one.")
        else:
            annotations[found.id] = found
    if absent:
        problems.append(
            f"{source.name}: {len(absent)} of {len(rows)} rows have no video under {root.name}, "
            f"for example {absent[0]}. Fetch them, or go on without."
        )
    return write_prepared(
        Path(out),
        list(annotations.values()),
        problems,
        source_root=root,
        kind="kinetics-csv",
        name=name or source.stem,
        command=command,
        overwrite=overwrite,
        progress=progress,
    )


def _read_rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError(f"{path}: there is no such table. Give the CSV file, such as train.csv.")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path}: it is not UTF-8 text. Save it as CSV UTF-8.") from None
    rows = [
        {(key or "").strip().lower(): (text or "").strip() for key, text in row.items() if key}
        for row in csv.DictReader(lines, skipinitialspace=True)
    ]
    columns = set(rows[0]) if rows else set()
    if "label" not in columns or not columns & {"path", "youtube_id"}:
        said = ", ".join(sorted(columns)) or "none with a row below them"
        raise InputError(f"{path.name}: its columns are {said}. Name them {LAYOUTS}.")
    return rows


def _of_path(row: dict[str, str]) -> Annotation:
    start, end = _seconds(row, "start"), _seconds(row, "end")
    video = row["path"].replace("\\", "/")
    return Annotation(video, row["label"], start or 0.0, end, split=_side(row))


def _of_id(row: dict[str, str], file_of: dict[str, str]) -> Annotation | None:
    """The cut video is taken whole, the whole one from its start to its end; None is neither."""
    start, end, name = _seconds(row, "time_start"), _seconds(row, "time_end"), row["youtube_id"]
    cut = f"{name}_{int(start or 0):06d}_{int(end or 0):06d}"
    if cut in file_of:
        video, start, end = file_of[cut], None, None
    elif name in file_of:
        video = file_of[name]
    else:
        return None
    side = _side(row)
    return Annotation(video, row["label"], start or 0.0, end, group=name, split=side, source=name)


def _seconds(row: dict[str, str], column: str) -> float | None:
    text = row.get(column, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise InputError(f"{column} '{text}' is not a number. Write one such as 4.2.") from None


def _side(row: dict[str, str]) -> str | None:
    text = row.get("split", "")
    if text and text.lower() not in SIDE_OF:
        raise InputError(f"split '{text}' is unknown. Write train, validate or test.")
    return SIDE_OF[text.lower()] if text else None
