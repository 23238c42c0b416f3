"""UT-Interaction, segmented sets (Ryoo and Aggarwal, SDHA 2010) as its owners distribute it.

SRC/0_1_4.avi ... SRC/59_10_2.avi          number, sequence, class: 0_1_4 is a punch in sequence 1

    kineograph prepare ut-interaction SRC data/ut1

Each sequence becomes a group. No split is written, for the published protocol leaves one sequence
out at a time. Classes: 0 handshake, 1 hug, 2 kick, 3 point, 4 punch, 5 push.
"""

import re
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.named import named_clips
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared

CLASSES = ("handshake", "hug", "kick", "point", "punch", "push")
NAMED = re.compile(r"(\d+)_(\d+)_([0-5])")


def prepare_ut_interaction(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each file becomes one annotation, its sequence the group.

    Raises InputError for a folder without clips named as above.
    """
    source = Path(source)
    found, problems = named_clips(source, NAMED, "0_1_4.avi (number_sequence_class)")
    annotations = [
        Annotation(video, CLASSES[int(match[3])], group=f"sequence{int(match[2]):02d}")
        for video, match in found
    ]
    sequences = len({annotation.group for annotation in annotations})
    return write_prepared(
        Path(out),
        annotations,
        problems,
        source_root=source,
        kind="ut-interaction",
        name=name or "UT-Interaction",
        command=command,
        notes=[f"{sequences} sequences are the groups; the protocol leaves one of them out."],
        overwrite=overwrite,
        progress=progress,
    )
