"""Long files with fights in them, watched by networks that never saw their recordings.

python -m benchmarks.untrimmed RUN FIGHT UT exercise.avi [--minutes 10] [--keep FOLDER]

RUN: the folder of `kineograph crossval lrcn data/fight --by source --folds 5 --set
training.epochs=22 --set data.inputs=difference`; FIGHT, UT: the sets' own folders. For each fold
two files are built, each of the clips of half of the recordings that the fold's network did not
learn from: a fight is all of one recording's fight clips (four at most) one after the other, and
20 to 40 s of other footage stand between two fights: the same recordings' clips without one, people
who shake hands or point, people who exercise. There is less of it than of time, so it comes again,
mirrored. Every clip begins with a cut, which no camera has.

Printed: recall per event, false alerts per hour and delay, at the thresholds of `Rule` as it comes,
and at those that `tune-alerts` chooses on the fold's other file.
"""

import argparse
import csv
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
import torch

from kineograph.data.annotation import Annotation
from kineograph.export.onnx import export
from kineograph.live.detection.rules import Rule
from kineograph.live.tuning.thresholds import TOLERANCE_SECONDS, scores_of, tune
from kineograph.live.tuning.tune import watch_marked
from kineograph.media import read_shown
from kineograph.metrics.events import EventScore, pool
from kineograph.recipes import Trained, load

WIDTH, HEIGHT = 320, 240
TICK = Fraction(1, 1000)
FIGHT_CLIPS = 4  # of one event, at most
CALM_SECONDS = (20.0, 40.0)  # between two fights
CALM_LABELS = ("point", "handshake")  # of UT-Interaction
FALSE_ALERTS_PER_HOUR = (1.0, 10.0)  # that are asked of tune-alerts
HALVES = 2
RULE = Rule("fight")

Judged: TypeAlias = dict[str, EventScore]  # by how thresholds were chosen


@dataclass(frozen=True)
class Half:
    """Held-out recordings of one file: their fights, clip after clip, and what is none."""

    fights: list[list[Path]]
    calm: list[Path]


class Film:
    """A long file: clips one after the other, each picture as long as it was."""

    def __init__(self, path: Path) -> None:
        self._file = av.open(str(path), "w")
        options = {"preset": "ultrafast", "crf": "23", "g": "250"}
        self._stream = self._file.add_stream("libx264", rate=25, options=options)
        self._stream.width, self._stream.height = WIDTH, HEIGHT
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TICK
        self._last = -1
        self.seconds = 0.0

    def add(self, clip: Path, mirrored: bool = False) -> None:
        """All of a clip, from now on."""
        until = 0.0
        for shown in read_shown(clip):
            picture = shown.load().reformat(WIDTH, HEIGHT, "rgb24").to_ndarray()
            made = av.VideoFrame.from_ndarray(picture[:, ::-1].copy() if mirrored else picture)
            self._last = max(self._last + 1, round((self.seconds + shown.seconds) / TICK))
            made.pts, made.time_base = self._last, TICK
            self._file.mux(self._stream.encode(made))
            until = shown.until_seconds
        self.seconds += until

    def close(self) -> None:
        """What the coder still holds."""
        self._file.mux(self._stream.encode(None))
        self._file.close()


def halves(fold: Path, fight: Path, other: list[Path]) -> Iterator[Half]:
    """The recordings that a fold's network was tested on, dealt to two files."""
    tested: dict[str, list[dict[str, str]]] = {}
    for line in (fold / "predictions.jsonl").read_text().splitlines():
        said = json.loads(line)
        tested.setdefault(said["group"], []).append(said)
    names = sorted(tested, key=lambda name: (len(tested[name]), name))
    for half in range(HALVES):
        fights, calm = [], list(other)
        for name in names[half::HALVES]:
            own = [fight / said["video"] for said in tested[name] if said["truth"] == "fight"]
            fights += [own[at : at + FIGHT_CLIPS] for at in range(0, len(own), FIGHT_CLIPS)]
            calm += [fight / said["video"] for said in tested[name] if said["truth"] != "fight"]
        yield Half(fights, calm)


def build(path: Path, half: Half, seconds: float, chance: random.Random) -> list[Annotation]:
    """A file of at least so many seconds, and where its fights are."""
    film, marks = Film(path), []
    fights, calm = list(half.fights), _again_and_again(half.calm, chance)
    chance.shuffle(fights)
    while fights or film.seconds < seconds:
        until = film.seconds + chance.uniform(*CALM_SECONDS)
        while film.seconds < until:
            film.add(*next(calm))
        if fights:
            start = film.seconds
            for clip in fights.pop():
                film.add(clip)
            marks.append(Annotation(path.name, "fight", start, film.seconds))
    film.close()
    return marks


def _again_and_again(clips: list[Path], chance: random.Random) -> Iterator[tuple[Path, bool]]:
    """Each once, in any order; then each mirrored; and so on."""
    mirrored = False
    while True:
        for clip in chance.sample(clips, len(clips)):
            yield clip, mirrored
        mirrored = not mirrored


def row(name: str, score: EventScore) -> str:
    """A line of a Markdown table."""
    recall, false = score.recall_interval(), score.false_alerts_per_hour_interval()
    if score.recall is None or recall is None:
        return f"| {name} | – | | | |"
    late = [score.delay(share) for share in (0.5, 0.9)]
    delay = " | ".join("–" if each is None else f"{each:.1f} s" for each in late)
    return (
        f"| {name} | {score.hits} of {score.true}: {100 * score.recall:.0f} % "
        f"({100 * recall[0]:.0f}–{100 * recall[1]:.0f}) | {score.false_alerts}: "
        f"{score.false_alerts_per_hour:.0f} ({false[0]:.0f}–{false[1]:.0f}) | {delay} |"
    )


def judge(trained: Trained, halves: list[Half], folder: Path, minutes: float) -> Judged:
    """Build a fold's files and watch them: scores at the defaults, and at what is tuned."""
    paths = [folder / f"{trained.name}-{number}.mkv" for number in range(len(halves))]
    marks: list[Annotation] = []
    for path, half in zip(paths, halves, strict=True):
        marks += build(path, half, 60 * minutes, random.Random(path.stem))
    watched = watch_marked(paths, marks, trained, torch.device("cpu"))
    assert not watched.failed, watched.failed
    scores = {
        "default": pool(
            scores_of([RULE], video, trained.classes, TOLERANCE_SECONDS)[0]
            for video in watched.videos
        )
    }
    for asked in FALSE_ALERTS_PER_HOUR:
        name = f"tuned on the other file, {asked:g} an hour asked"
        tuned = tune(RULE, watched.videos, trained.classes, false_alerts_per_hour=asked)
        scores[name] = tuned.judged
    return scores


def exported(fold: Path, folder: Path) -> Trained:
    """A fold's network, copied and exported: ONNX Runtime watches several times faster."""
    copy = folder / fold.name
    shutil.copytree(fold, copy, dirs_exist_ok=True)
    trained = load(copy)
    export(trained)
    return trained


def main(run: Path, fight: Path, ut: Path, exercise: Path, minutes: float, folder: Path) -> None:
    """Build, watch, score; after each fold all that is known by then."""
    with (ut / "clips.csv").open() as table:
        rows = [each for each in csv.DictReader(table) if each["label"] in CALM_LABELS]
    other = [*(ut / each["file"] for each in rows), exercise]
    judged: list[Judged] = []
    for fold in sorted((run / "folds").iterdir()):
        dealt = list(halves(fold, fight, other))
        judged.append(judge(exported(fold, folder), dealt, folder, minutes))
        hours = pool(each["default"] for each in judged).watched_seconds / 3600
        print(f"\n{len(judged)} folds, {HALVES * len(judged)} files, {hours:.2f} hours\n")
        print("| thresholds | found (95 %) | false alerts: an hour (95 %) | delay p50 | p90 |")
        print("|---|--:|--:|--:|--:|")
        for name in judged[0]:
            print(row(name, pool(each[name] for each in judged)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name in ("run", "fight", "ut", "exercise"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--keep", type=Path, help="keep the files here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = given.keep or Path(name)
        place.mkdir(parents=True, exist_ok=True)
        main(given.run, given.fight, given.ut, given.exercise, given.minutes, place)
