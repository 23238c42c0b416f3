"""HMDB51 (Kuehne et al. 2011; serre-lab.clps.brown.edu) as its owners distribute it.

SRC/brush_hair/April_09_brush_hair_u_nm_np1_ba_goo_0.avi ...     each class's .rar unpacked
SRC/testTrainMulti_7030_splits/brush_hair_test_split1.txt ...    in SRC, or beside it

    kineograph prepare hmdb51 SRC data/hmdb51-1 --option list=1

The film that a clip was cut from, April_09, becomes its group and source. In a list 1 is training,
2 test, 0 unused. It names no validation clips: training takes whole groups for it.
"""

from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.named import choose
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES, list_media

LISTS = "testTrainMulti_7030_splits"
SIDE_OF = {"0": None, "1": "train", "2": "test"}


def prepare_hmdb51(
    source: str | Path,
    out: str | Path,
    *,
    list: str | int = 1,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each clip that official list 1, 2 or 3 uses becomes one annotation.

    Raises InputError for another list, lists that are not there, or a folder without clips.
    """
    source = Path(source)
    number = choose("list", list, "123")
    clips = list_media(source, suffixes=VIDEO_SUFFIXES)
    lists = _find_lists(source)
    sides: dict[str, dict[str, str | None]] = {}
    annotations, problems, unused = [], [], 0
    for clip in clips:
        label, video = clip.parent.name, clip.relative_to(source).as_posix()
        if label not in sides:
            sides[label] = _read_list(lists / f"{label}_test_split{number}.txt")
        if clip.name not in sides[label]:
            problems.append(f"{video}: it is not in list {number} of {LISTS}. Remove the file.")
        elif side := sides[label][clip.name]:
            film = clip.stem.rpartition(f"_{label}_")[0] or clip.stem
            annotations.append(Annotation(video, label, group=film, split=side, source=film))
        else:
            unused += 1
    films = {
        side: {each.group for each in annotations if each.split == side}
        for side in ("train", "test")
    }
    notes = [f"Official list {number} of three; it leaves {unused} clips unused."]
    if shared := len(films["train"] & films["test"]):
        notes.append(f"The official list has {shared} films both in training and in test.")
    return write_prepared(
        Path(out),
        annotations,
        problems,
        source_root=source,
        kind="hmdb51",
        name=name or f"HMDB51, list {number}",
        command=command,
        notes=notes,
        overwrite=overwrite,
        progress=progress,
    )


def _find_lists(source: Path) -> Path:
    for place in (source / LISTS, source.resolve().parent / LISTS):
        if place.is_dir():
            return place
    raise InputError(
        f"{source}: there is no {LISTS} in it or beside it. Unpack test_train_splits.rar there."
    )


def _read_list(path: Path) -> dict[str, str | None]:
    """File name -> side, from lines such as `April_09_brush_hair_u_nm_np1_ba_goo_0.avi 1`."""
    if not path.is_file():
        raise InputError(
            f"{path.name}: it is not in {path.parent.name}, so this folder is no class of HMDB51. "
            "Name the folder after its class."
        )
    sides = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        file, _, flag = line.strip().rpartition(" ")
        if not line.strip():
            continue
        if flag not in SIDE_OF:
            raise InputError(
                f"{path.name} line {number}: '{flag}' is not 0, 1 or 2. Write 1 for training, "
                "2 for test, 0 for unused."
            )
        sides[file.strip()] = SIDE_OF[flag]
    return sides
