"""Surveillance Camera Fight (Aktı, Tataroğlu, Ekenel 2019) as its owners distribute it.

SRC/fight/fi001.mp4 ...   SRC/noFight/nofi001.mp4 ... (or no_fight, nofight)
SRC/clips.csv             optional; file,label,source: the recording that each clip was cut from

    kineograph prepare surveillance-fight SRC data/fight

Many clips are cut from one recording, so a random split leaks. Without clips.csv those with nearly
the same frame are taken for one recording, which the notes say.
"""

import csv
from pathlib import Path

import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES, list_media, read_frames

LABEL_OF = {"fight": "fight", "nofight": "no_fight"}
SIZE_PIXELS = (16, 16)
# Measured on the 300 clips and their listed recordings: of the pairs joined at 16, 99 % belong
# together, but of those that belong together only 25 % are joined; from 24 on, strangers chain.
NEAR_GREY_LEVELS = 16.0
FRAMES = 3  # first, middle, last


def prepare_surveillance_fight(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each clip becomes one annotation, its recording the group and the source.

    Raises InputError if there is no folder fight or noFight, or clips.csv lacks a clip.
    """
    source = Path(source)
    labels = {
        clip.relative_to(source).as_posix(): LABEL_OF[plain]
        for clip in list_media(source, suffixes=VIDEO_SUFFIXES)
        if (plain := _plain(clip.relative_to(source).parts[0])) in LABEL_OF
    }
    if set(labels.values()) != set(LABEL_OF.values()):
        raise InputError(f"{source}: clips lie in the folders fight and noFight. Give their place.")
    table = source / "clips.csv"
    if table.is_file():
        recordings = _read_recordings(table, list(labels))
        how = "Recordings are those that clips.csv names."
    else:
        recordings = _near_duplicates(source, list(labels))
        how = (
            f"There is no clips.csv: clips with a frame within {NEAR_GREY_LEVELS:g} grey levels "
            f"of another's, at {SIZE_PIXELS[0]}x{SIZE_PIXELS[1]} pixels, are taken for one "
            "recording. On the original clips that finds a quarter of the pairs of one "
            "recording, so a split by it may still leak: add clips.csv with file and source."
        )
    return write_prepared(
        Path(out),
        [
            Annotation(video, label, group=recordings[video], source=recordings[video])
            for video, label in labels.items()
        ],
        [],
        source_root=source,
        kind="surveillance-fight",
        name=name or "Surveillance Camera Fight",
        command=command,
        notes=[f"{len(set(recordings.values()))} recordings. {how}"],
        overwrite=overwrite,
        progress=progress,
    )


def _plain(folder: str) -> str:
    return folder.lower().replace("_", "").replace("-", "")


def _read_recordings(table: Path, videos: list[str]) -> dict[str, str]:
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    if not rows or not {"file", "source"} <= set(rows[0]):
        raise InputError(f"{table}: it needs the columns file and source. Rename or remove it.")
    said = {row["file"]: row["source"].strip() for row in rows if row["source"]}
    unsaid = [video for video in videos if not said.get(video)]
    if unsaid:
        raise InputError(
            f"{table}: {len(unsaid)} of {len(videos)} clips have no source in it, for example "
            f"{unsaid[0]}. Add their rows, or remove the table to group by likeness."
        )
    return {video: said[video] for video in videos}


def _near_duplicates(source: Path, videos: list[str]) -> dict[str, str]:
    """Video -> recording: clips are joined, also through others, where any two frames are near."""
    small = [_small_frames(source / video) for video in videos]
    first = list(range(len(videos)))  # union-find: each points to an earlier one, or to itself

    def root(clip: int) -> int:
        while first[clip] != clip:
            clip = first[clip]
        return clip

    for later in range(len(videos)):
        for earlier in range(later):
            gaps = np.abs(small[later][:, None] - small[earlier][None]).mean(axis=2)
            if gaps.size and gaps.min() <= NEAR_GREY_LEVELS:
                low, high = sorted((root(earlier), root(later)))
                first[high] = low
    names: dict[int, str] = {}
    for clip in range(len(videos)):
        names.setdefault(root(clip), f"like{len(names):03d}")
    return {video: names[root(clip)] for clip, video in enumerate(videos)}


def _small_frames(path: Path) -> np.ndarray:
    """(up to FRAMES, H * W) float32 grey levels; none of a clip that cannot be read."""
    try:
        grey = [
            frame.pixels.mean(axis=2, dtype=np.float32).ravel()
            for frame in read_frames(path, size_pixels=SIZE_PIXELS)
        ]
    except (InputError, OSError):
        return np.zeros((0, SIZE_PIXELS[0] * SIZE_PIXELS[1]), np.float32)
    return np.stack([grey[at] for at in np.linspace(0, len(grey) - 1, FRAMES).round().astype(int)])
