"""KTH Actions (Schüldt, Laptev, Caputo 2004; csc.kth.se/cvap/actions) as its owners distribute it.

SRC/boxing/person01_boxing_d1_uncomp.avi ... SRC/walking/person25_walking_d4_uncomp.avi
SRC/00sequences.txt           person01_boxing_d1  frames  1-95, 96-185, 186-245, 246-360

    kineograph prepare kth SRC data/kth
    kineograph prepare kth SRC data/kth-clips --option clips=whole

The split is the owners', by person. The random split of many papers, which shows a network every
person in training, is made from whole clips and chosen at training: `--set data.split=clip`.
"""

import re
from dataclasses import replace
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.named import choose, named_clips
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError

ACTIONS = ("boxing", "handclapping", "handwaving", "jogging", "running", "walking")
SIDE_OF = {
    **dict.fromkeys(["11", "12", "13", "14", "15", "16", "17", "18"], "train"),
    **dict.fromkeys(["19", "20", "21", "23", "24", "25", "01", "04"], "val"),
    **dict.fromkeys(["22", "02", "03", "05", "06", "07", "08", "09", "10"], "test"),
}
NAMED = re.compile(rf"(person({'|'.join(SIDE_OF)})_({'|'.join(ACTIONS)})_d[1-4])(_uncomp)?")
LINE = re.compile(r"(person\d\d_[a-z]+_d\d)\s+frames\s+(.+)")
FRAMES_PER_SECOND = 25
CLIPS = 599


def prepare_kth(
    source: str | Path,
    out: str | Path,
    *,
    clips: str = "sequences",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each sub-sequence (clips="sequences") or each file (clips="whole") becomes one annotation.

    Without 00sequences.txt files stay whole, which the notes say. Raises InputError for another
    `clips`, a line of 00sequences.txt that makes no sense, or a folder without clips of KTH.
    """
    source = Path(source)
    whole = choose("clips", clips, ("sequences", "whole")) == "whole"
    found, problems = named_clips(source, NAMED, "person01_boxing_d1_uncomp.avi")
    listed = {} if whole else _read_sequences(source / "00sequences.txt")
    annotations = []
    for video, match in found:
        stem, number, action = match[1], match[2], match[3]
        person = f"person{number}"
        clip = Annotation(
            video, action, person=person, group=person, split=SIDE_OF[number], source=stem
        )
        if not listed:
            annotations.append(clip)
        elif stem in listed:
            annotations += [
                replace(clip, start_seconds=start, end_seconds=end) for start, end in listed[stem]
            ]
        else:
            problems.append(f"{video}: no line in 00sequences.txt. Add it, or say clips=whole.")
    notes = [
        "The owners' split by person.",
        f"{len({match[1] for _, match in found})} of {CLIPS} clips are here;"
        " person13_handclapping_d3 is missing from the set itself.",
    ]
    if not listed:
        why = "as asked" if whole else "there is no 00sequences.txt in the folder"
        notes.append(f"Clips are whole, not cut into sub-sequences: {why}.")
    return write_prepared(
        Path(out),
        annotations,
        problems,
        source_root=source,
        kind="kth",
        name=name or "KTH",
        command=command,
        notes=notes,
        overwrite=overwrite,
        progress=progress,
    )


def _read_sequences(path: Path) -> dict[str, list[tuple[float, float]]]:
    """Start and end in seconds of each sub-sequence; the file counts frames from 1, inclusive."""
    if not path.is_file():
        return {}
    spans: dict[str, list[tuple[float, float]]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        match = LINE.match(line.strip())
        if not match:
            continue  # the explanation on top, and the clip that is missing
        for part in filter(None, re.split(r"[,\s]+", match[2])):
            frames = re.fullmatch(r"(\d+)-(\d+)", part)
            if not frames or not 1 <= int(frames[1]) <= int(frames[2]):
                raise InputError(
                    f"{path.name} line {number}: '{part}' is no range of frames. Write it as 1-95."
                )
            span = (int(frames[1]) - 1) / FRAMES_PER_SECOND, int(frames[2]) / FRAMES_PER_SECOND
            if span not in spans.setdefault(match[1], []):
                spans[match[1]].append(span)
    return spans
