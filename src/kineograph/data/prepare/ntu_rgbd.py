"""NTU RGB+D, 60 actions (Shahroudy et al., CVPR 2016) as its owners distribute it.

SRC/nturgb+d_rgb/S001C001P001R001A001_rgb.avi ...      setup, camera, person, repetition, action
SRC/nturgb+d_depth_masked/S001C001P001R001A001/MDepth-00000001.png ...      millimetres, 16 bits

    kineograph prepare ntu-rgbd SRC data/ntu --option protocol=cross-subject
    kineograph prepare ntu-rgbd SRC data/ntu5 --option classes=A004,A008,A009,A023,A043
    kineograph prepare ntu-rgbd SRC data/ntu4 --option classes=A011,A012,A008,A009
    kineograph prepare ntu-rgbd SRC data/ntu-depth --option modality=depth

Names are shortened from the owners' list, https://github.com/shahroudy/NTURGB-D.

cross-subject: the paper's 20 training persons. cross-view: cameras 2 and 3 train, camera 1 tests,
and so everyone is on both sides. Another split gives figures that cannot be compared with these.
"""

import os
import re
from pathlib import Path

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.named import choose, named_clips
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.errors import InputError, nearest

SAMPLE = r"(S\d{3})(C00[123])(P\d{3})(R\d{3})(A\d{3})"
NAMED = re.compile(f"{SAMPLE}_rgb")
DEPTH_FOLDER = re.compile(SAMPLE)
RECORDED_PER_SECOND = 30  # by the Kinect; a folder of pictures has no clock of its own
TRAINING_PERSONS = {
    f"P{number:03d}"
    for number in (1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38)
}
DEPTH = (
    "Masked depth maps, 32 mm a grey level. Their folders have no clock: times are those of 25 "
    f"pictures a second, and {RECORDED_PER_SECOND} were recorded."
)
LAST_PERSON = "P040"
ACTIONS = """
drink water; eat meal or snack; brushing teeth; brushing hair; drop; pickup; throw; sitting down;
standing up; clapping; reading; writing; tear up paper; wear jacket; take off jacket; wear a shoe;
take off a shoe; wear on glasses; take off glasses; put on a hat; take off a hat; cheer up;
hand waving; kicking something; reach into pocket; hopping; jump up; make or answer a phone call;
playing with phone; typing on a keyboard; pointing to something; taking a selfie; check time;
rub two hands together; nod head or bow; shake head; wipe face; salute; put the palms together;
cross hands in front; sneeze or cough; staggering; falling; touch head; touch chest; touch back;
touch neck; nausea or vomiting; use a fan; punching other person; kicking other person;
pushing other person; pat on back of other person; point finger at other person;
hugging other person; giving something to other person; touch other person's pocket; handshaking;
walking towards each other; walking apart from each other
"""
LABEL_OF = {
    f"A{number:03d}": " ".join(label.split())
    for number, label in enumerate(ACTIONS.split(";"), start=1)
}


def prepare_ntu_rgbd(
    source: str | Path,
    out: str | Path,
    *,
    protocol: str = "cross-subject",
    modality: str = "colour",
    classes: str = "",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Each video becomes one annotation, on the side that the protocol gives it.

    modality: "colour" takes the videos, "depth" the folders of masked depth maps; the sides are the
    same. classes: codes or names between commas; empty takes all 60. Raises InputError for an
    unknown protocol, modality or class, or a folder without such files.
    """
    source = Path(source)
    by_person = choose("protocol", protocol, ("cross-subject", "cross-view")) == "cross-subject"
    wanted = _codes(classes)
    deep = choose("modality", modality, ("colour", "depth")) == "depth"
    example = "S001C001P001R001A001_rgb.avi"
    found, problems = _depth_folders(source) if deep else named_clips(source, NAMED, example)
    annotations = []
    for video, match in found:
        setup, camera, person, repetition, action = match.groups()
        if action not in LABEL_OF or person > LAST_PERSON:
            problems.append(
                f"{video}: it belongs to NTU RGB+D 120, whose split is another. Take only "
                f"persons up to {LAST_PERSON} and actions up to A060."
            )
        elif action in wanted:
            training = person in TRAINING_PERSONS if by_person else camera != "C001"
            annotations.append(
                Annotation(
                    video,
                    LABEL_OF[action],
                    person=person,
                    group=person if by_person else None,
                    split="train" if training else "test",
                    source=f"{setup}{person}{repetition}{action}",  # three cameras saw it at once
                )
            )
    both = "" if by_person else " Every person and performance is on both sides, by its design."
    return write_prepared(
        Path(out),
        annotations,
        problems,
        source_root=source,
        kind="ntu-rgbd",
        name=name or f"NTU RGB+D{' depth' if deep else ''}, {protocol}",
        command=command,
        notes=[f"Protocol {protocol}, {len(wanted)} of 60 classes.{both}", *([DEPTH] * deep)],
        overwrite=overwrite,
        progress=progress,
    )


def _depth_folders(source: Path) -> tuple[list[tuple[str, re.Match[str]]], list[str]]:
    """Folders below `source` named like a sample, which hold its depth maps; no problems."""
    found: list[tuple[str, re.Match[str]]] = []
    for place, folders, _ in os.walk(source):
        named = [(name, DEPTH_FOLDER.fullmatch(name)) for name in sorted(folders)]
        folders[:] = [name for name, match in named if not match]  # pictures alone lie in a sample
        here = Path(place).relative_to(source)
        found += [((here / name).as_posix(), match) for name, match in named if match]
    if not found:
        raise InputError(
            f"{source}: no folder in it has a name like S001C001P001R001A001. "
            "Give the folder that holds nturgb+d_depth_masked, or leave modality=depth away."
        )
    return found, []


def _codes(classes: str) -> set[str]:
    """{"A004", "A008"} from "A004,sitting down"."""
    code_of = {label: code for code, label in LABEL_OF.items()} | {code: code for code in LABEL_OF}
    asked = [text.strip() for text in classes.split(",") if text.strip()]
    for text in asked:
        if text not in code_of:
            hint = nearest(text, code_of) or "Write for example classes=A011,A012."
            raise InputError(f"classes: '{text}' is not one of A001 to A060. {hint}")
    return {code_of[text] for text in asked} or set(LABEL_OF)
