"""kineograph demo: draw actors, learn their actions, test on others, report, label a video."""

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen
from kineograph.commands.train_clips import print_outcome


def demo(
    folder: Annotated[Path, typer.Option(help="Where everything goes.")] = Path("demo"),
    lecture: Annotated[
        bool, typer.Option("--lecture", help="Who writes when, in a drawn lecture hall.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Other actors, other weights.")] = 0,
    as_json: AsJson = False,
) -> None:
    """The whole journey on drawn clips: two to four minutes on two cores."""
    screen = Screen(as_json)
    if lecture:
        from kineograph.commands.demo_lecture import demo_lecture

        _make_room(folder)
        demo_lecture(folder, seed, screen)
        return
    screen.say("Drawing actors, teaching a network what they do, testing it on actors never seen.")
    from kineograph.data.toy.actors import ActorsConfig
    from kineograph.evaluation.experiment import run_experiment
    from kineograph.evaluation.job import Experiment
    from kineograph.recipes import change, find_recipe
    from kineograph.report.summary import summarise

    run = folder / "run"
    _make_room(folder)
    config = ActorsConfig(actors=60, clips_per_action=2, seed=seed)
    data = _draw(folder, config, screen)
    job = Experiment(
        recipe=change(find_recipe("actors"), "training.seed", seed),
        data=data,
        run=run,
        stage=screen.stage,
        say=screen.say,
    )
    done = run_experiment(job)
    video = _label_a_video(folder, run, data, screen)
    found = summarise(run)
    print_outcome(screen, found)
    clips = sum(a.split == "train" for a in data.annotations)
    screen.say("")
    screen.say(
        f"Learned: {', '.join(data.classes)}, from {clips} drawn clips; "
        f"{found['accuracy']:.0%} right on actors never seen."
    )
    screen.say(f"Look at: {done['report']} and {video}")
    screen.say(
        "Try:     kineograph prepare folder CLIPS data/mine; kineograph train actors data/mine"
    )
    screen.result(found | {"video": str(video)})


MARK = ".made-by-kineograph-demo"
PARTS = ("clips", "data", "run")


def _make_room(folder: Path) -> None:
    """Delete what an earlier demo made, and nothing else."""
    from kineograph.errors import InputError

    there = [part for part in PARTS if (folder / part).exists()]
    if there and not (folder / MARK).exists():
        raise InputError(
            f"{folder}: has a {there[0]} that no demo made. It is left as it is: choose another "
            "--folder."
        )
    for part in there:
        shutil.rmtree(folder / part)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("clips, data and run may be deleted by the next demo\n")


def _draw(folder: Path, config: Any, screen: Screen) -> Any:
    """Draw the clips and write them down as `prepare` would."""
    from kineograph.data.dataset_folder import write_data_folder
    from kineograph.data.toy.actors import write_actors

    clips, data = folder / "clips", folder / "data"
    with screen.stage("Drawing actors", "clips") as progress:
        annotations = write_actors(
            clips, config, progress=lambda done, total: progress(done, total, "")
        )
    return write_data_folder(
        data,
        annotations,
        name="drawn actors",
        source_root=clips,
        command="kineograph demo",
        overwrite=True,
    )


def _label_a_video(folder: Path, run: Path, data: Any, screen: Screen) -> Path:
    """One clip of each action by actors never seen, joined, with the network's words drawn in."""
    from kineograph.media import read_frames
    from kineograph.media.draw import draw_labels
    from kineograph.media.write import write_video
    from kineograph.predict.model import load

    model = load(run)
    test = [a for a in data.annotations if a.split == "test"]
    actors = sorted({a.person for a in test})
    wanted = dict(zip(data.classes, actors, strict=False))  # another actor for each action
    shown = {a.label: a for a in test if a.person == wanted[a.label]}
    frames = []
    with screen.stage("Labelling a video", "clips") as progress:
        for done, clip in enumerate(shown.values(), 1):
            source = data.source(clip)
            answer = model.predict(source)
            bars = sorted(answer.probabilities.items(), key=lambda bar: -bar[1])[:3]
            frames += [draw_labels(f.pixels, bars=bars, below=True) for f in read_frames(source)]
            progress(done, len(shown), clip.label)
    video = folder / "labelled.mp4"
    write_video(video, frames, 25)
    return video
