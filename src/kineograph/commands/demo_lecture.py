"""kineograph demo --lecture: draw lectures, learn who writes, compare networks, a timeline."""

from pathlib import Path
from typing import Any

from kineograph.commands.console import Screen

RECIPES = ("writing-gru-small", "writing-frame")  # one sees motion, the other single frames
MADE = (*RECIPES, "writing-median")
DRAWN: dict[str, Any] = {"people": 12, "people_per_recording": 4, "seconds": 40}
HALL = "lecture3.mp4"  # nobody in it is learned from


def demo_lecture(folder: Path, seed: int, screen: Screen) -> None:
    """The whole journey on drawn lectures; folder has been made and is ours."""
    from kineograph.data.toy.activities import PEN_HELD_STILL

    screen.say("Drawing three lectures, learning from two of them who writes, and watching the")
    screen.say("third, in which nobody was seen before.")
    data = _draw(folder, seed, screen)
    _train(folder, data, seed, screen)
    found = _compare(folder)
    _print(screen, found)
    files = _watch(folder, screen)
    gru, frame = (found[name]["kinds"].get(PEN_HELD_STILL) for name in RECIPES)
    screen.say("")
    if gru is not None and frame is not None:  # or nobody did, in the lecture that was watched
        screen.say(
            f"With the pen held still, a single frame is right in {frame:.0%} of frames; the "
            f"network that reads ten in order, each with its change, in {gru:.0%} of seconds."
        )
    screen.say(f"Look at: {', '.join(files.values())}")
    screen.say(f"and:     {folder / 'run' / 'writing-gru-small' / 'report.html'}")
    screen.say("Try:     kineograph annotate LECTURE.mp4, then docs/lecture.md")
    screen.result({"accuracy": found[RECIPES[0]]["accuracy"], "comparison": found, **files})


def _draw(folder: Path, seed: int, screen: Screen) -> Any:
    """Twelve students in three halls, four each, as `prepare lecture` wants them, and prepared."""
    from kineograph.data.prepare import PREPARE
    from kineograph.data.toy.lecture import LectureConfig, write_lecture

    clips = folder / "clips"
    config = LectureConfig(**DRAWN, seed=seed)
    with screen.stage("Drawing lectures", "videos") as progress:
        write_lecture(clips, config, progress=lambda done, total: progress(done, total, ""))
    with screen.stage("Cutting windows", "seconds") as progress:
        done = PREPARE["lecture"](
            clips,
            folder / "data",
            size="64",
            name="drawn lectures",
            command="kineograph demo --lecture",
            overwrite=True,
            progress=lambda done, total: progress(done, total, ""),
        )
    for line in [done.data_folder.notes, *done.problems]:
        screen.say(line)
    return done.data_folder


def _train(folder: Path, data: Any, seed: int, screen: Screen) -> None:
    """Both networks side by side, each into its own run folder."""
    from kineograph.data.folds import Fold
    from kineograph.data.split import Split, with_copies
    from kineograph.errors import InputError
    from kineograph.evaluation.trainings import FoldTraining, run_fold, run_trainings
    from kineograph.recipes import change, find_recipe

    annotations = [each for each in data.annotations if each.copy_of is None]
    learned = [each for each in annotations if each.video != HALL]
    tested = [each for each in annotations if each.video == HALL]
    split = with_copies(Split(learned, [], tested, how="group"), data.annotations)
    trainings = []
    for name in RECIPES:
        recipe = find_recipe(name)
        recipe = change(
            recipe.small() if name == "writing-frame" else recipe, "training.seed", seed
        )
        fold = Fold(name, HALL, "none", split)
        trainings.append(FoldTraining(recipe, data.path, folder / "run" / name, fold))
    for training, why in run_trainings(
        run_fold, trainings, workers=None, title="Training", unit="networks", stage=screen.stage
    ):
        if why or why is None:
            raise InputError(f"{training.fold.name}: {why or 'its process was killed'}.")


def _compare(folder: Path) -> dict[str, dict[str, Any]]:
    """Accuracy, balanced accuracy and what is right by what was really done, of each network."""
    from kineograph.data.toy.activities import read_activities
    from kineograph.evaluation.by_median import by_median
    from kineograph.report.answers import read_answers
    from kineograph.report.by_kind import right_by_kind
    from kineograph.report.scores import score_answers

    activity = read_activities(folder / "clips")
    answers = {name: read_answers(folder / "run" / name / "predictions.jsonl") for name in RECIPES}
    answers["writing-median"] = by_median(answers["writing-frame"], tie="writing")
    found = {}
    for name, own in answers.items():
        scores = score_answers(own)
        kinds = right_by_kind(
            own, lambda each: activity(each.video, each.person or "", each.start_seconds)
        )
        found[name] = {
            "accuracy": scores["accuracy"],
            "balanced_accuracy": scores["balanced_accuracy"],
            "kinds": {kind: share for kind, (share, _) in kinds.items()},
            "n": scores["n"],
        }
    truths = [each.truth for each in answers["writing-median"]]
    most = max(set(truths), key=truths.count)
    share = truths.count(most) / len(truths)
    found[f"always '{most}'"] = {
        "accuracy": share, "balanced_accuracy": 0.5, "kinds": {}, "n": len(truths)
    }  # fmt: skip
    return found


def _print(screen: Screen, found: dict[str, dict[str, Any]]) -> None:
    """One column a network; below the scores, what is right by what was really done."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in found:
        table.add_column(name.replace("writing-", "", 1) if name in MADE else name, justify="right")
    kinds = sorted({kind for each in found.values() for kind in each["kinds"]})
    rows = {
        "accuracy": [each["accuracy"] for each in found.values()],
        "balanced accuracy": [each["balanced_accuracy"] for each in found.values()],
        **{f"  {kind}": [each["kinds"].get(kind) for each in found.values()] for kind in kinds},
    }
    for title, shares in rows.items():
        table.add_row(title, *("" if share is None else f"{100 * share:.1f} %" for share in shares))
    screen.say("")
    screen.show(table)


def _watch(folder: Path, screen: Screen) -> dict[str, str]:
    """The timelines of the lecture that was not learned from, as a picture and as a video."""
    from kineograph.predict.model import load
    from kineograph.predict.people_picture import write_people_picture
    from kineograph.predict.shares import known_errors_of, shares_of
    from kineograph.predict.write_people import write_people_video, write_seconds_csv

    run = folder / "run" / "writing-gru-small"
    model = load(run)
    with screen.stage("Watching a lecture", "seconds") as progress:
        watched = model.predict_people(
            folder / "clips" / HALL, folder / "clips" / "windows.jsonl", progress=progress
        )
    errors = known_errors_of(run)
    shares = {each.person: shares_of(each, model.classes, errors) for each in watched.people}
    files = {
        "timeline": folder / "timeline.png",
        "seconds": folder / "seconds.csv",
        "video": folder / "labelled.mp4",
    }
    write_people_picture(files["timeline"], watched, model.classes, shares)
    write_seconds_csv(files["seconds"], [watched])
    with screen.stage("Labelling a video", "frames") as progress:
        write_people_video(files["video"], watched, model.classes, progress=progress)
    return {name: str(path) for name, path in files.items()}
