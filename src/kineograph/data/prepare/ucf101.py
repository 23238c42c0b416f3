"""UCF101 (Soomro, Zamir, Shah 2012; crcv.ucf.edu/data/UCF101.php) as its owners distribute it.

SRC/ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi ...      the contents of UCF101.rar
SRC/ucfTrainTestlist/trainlist01.txt testlist01.txt ... classInd.txt     in SRC, or beside it

    kineograph prepare ucf101 SRC data/ucf101-1 --option list=1

A group is what was cut from one video, g01 of ApplyEyeMakeup. "List 1" and "mean of three lists"
are different figures. The lists name no validation clips: training takes whole groups for it.
"""

import re
from pathlib import Path, PurePosixPath

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.named import choose, named_clips
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError

NAMED = re.compile(r"v_(\w+)_(g\d\d)_c\d\d")
LISTS = "ucfTrainTestlist"


def prepare_ucf101(
    source: str | Path,
    out: str | Path,
    *,
    list: str | int = 1,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each clip becomes one annotation with the side that official list 1, 2 or 3 gives it.

    Raises InputError for another list, lists that are not there, or a folder without such clips.
    """
    source = Path(source)
    number = choose("list", list, "123")
    found, problems = named_clips(source, NAMED, "v_ApplyEyeMakeup_g01_c01.avi")
    lists = _find_lists(source)
    listed = {
        **_read_list(lists / f"trainlist0{number}.txt", "train"),
        **_read_list(lists / f"testlist0{number}.txt", "test"),
    }
    annotations = []
    for video, match in found:
        # One class is HandstandPushups in the lists and HandStandPushups in the names of files.
        said = listed.pop(PurePosixPath(video).name.casefold(), None)
        if said is None:
            problems.append(f"{video}: it is not in list {number} of {LISTS}. Remove the file.")
            continue
        label, side = said
        group = f"{label}_{match[2]}"
        annotations.append(Annotation(video, label, group=group, split=side, source=group))
    notes = [f"Official list {number} of three; clips of one source video are a group."]
    if listed:
        notes.append(f"{len(listed)} clips of the list are not here.")
    if (lists / "classInd.txt").is_file():
        known = len((lists / "classInd.txt").read_text(encoding="utf-8-sig").split()) // 2
        here = len({annotation.label for annotation in annotations})
        notes += [f"{here} of {known} classes are here."] if here < known else []
    return write_prepared(
        Path(out),
        annotations,
        problems,
        source_root=source,
        kind="ucf101",
        name=name or f"UCF101, list {number}",
        command=command,
        notes=notes,
        overwrite=overwrite,
        progress=progress,
    )


def _find_lists(source: Path) -> Path:
    for place in (source / LISTS, source.resolve().parent / LISTS, source):
        if (place / "trainlist01.txt").is_file():
            return place
    raise InputError(
        f"{source}: there is no {LISTS}/trainlist01.txt in it or beside it. Unpack "
        "UCF101TrainTestSplits-RecognitionTask.zip there."
    )


def _read_list(path: Path, side: str) -> dict[str, tuple[str, str]]:
    """File name in lower case -> (label, side), from `Archery/v_Archery_g08_c01.avi 3`."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such list. Unpack all of {LISTS}.")
    listed = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        label, slash, file = line.split()[0].partition("/")
        if not slash:
            raise InputError(
                f"{path.name} line {number}: '{line.strip()}' names no class. "
                "Write it as Archery/v_Archery_g08_c01.avi."
            )
        listed[file.casefold()] = label, side
    return listed
