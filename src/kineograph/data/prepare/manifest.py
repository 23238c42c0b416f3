"""manifest.csv of a prepared lecture: one row a sample or copy, for people and tables."""

import csv
import io
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

COLUMNS = (
    *("id", "video", "person", "window", "second", "label", "tie"),
    *("copy_of", "mirrored", "noise"),
)


def write_manifest(path: Path, samples: list[Annotation], tied: set[str]) -> None:
    """One row each; `tied`: ids of seconds with five marks to five. Raises InputError."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for each in samples:
        window = " ".join(map(str, each.window or ()))
        tie = int(each.original_id in tied)
        copy = [each.copy_of or "", int(each.mirrored), each.noise or 0]
        second = int(each.start_seconds)
        table.writerow([each.id, each.video, each.person, window, second, each.label, tie, *copy])
    try:
        write_text_whole(path, text.getvalue())
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}). Choose another folder."
        ) from None
