"""Drawn actors become prepared clips with sentences, which say what each wears and does.

OUT/clips/walking/actor01_walking_1.mp4     each drawn from the seed and its numbers alone
"""

from pathlib import Path

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.drawn_lines import whole_number
from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.data.prepared_folder import refuse_other_kind, refuse_other_source
from kineograph.data.toy.actors import ACTIONS, ActorsConfig, clip_name, side_of
from kineograph.data.toy.described_actors import draw_described_clip
from kineograph.data.workers import run_jobs
from kineograph.errors import InputError
from kineograph.media.write import write_video

CLIPS = "clips"
KIND = "described-actors"

Job = tuple[Path, int, str, int, ActorsConfig]  # the folder, actor, action, clip


def prepare_described_actors(
    source: str | Path | None,
    out: str | Path,
    *,
    actors: str | int = 100,
    clips: str | int = 1,
    frames: str | int = 32,
    seed: str | int = 0,
    workers: str | int = 2,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Draw `clips` of each action by each of `actors`; `source` is not read.

    Every actor is on one side: of 25, 5 are tested and 4 tuned on. Raises InputError if a count is
    none, or `out` cannot be written or holds other data.
    """
    out = Path(out)
    config = ActorsConfig(
        actors=whole_number("actors", actors, 3),
        clips_per_action=whole_number("clips", clips, 1),
        frames_per_clip=whole_number("frames", frames, 2),
        seed=whole_number("seed", seed, 0),
    )
    refuse_other_kind(out, CAPTIONS)
    if not overwrite:
        refuse_other_source(out, out, KIND)
    return write_prepared_pictures(
        out,
        CAPTIONS,
        _draw_all(out, config, whole_number("workers", workers, 1), progress),
        [],
        source_root=out,
        way=KIND,
        name=name or f"Drawn actors described, seed {config.seed}",
        command=command,
        notes=(
            "Clips are drawn: an actor in two colours does one of six things, and sentences say "
            "both by a rule. A figure on them says nothing of filmed people.",
        ),
        overwrite=overwrite,
    )


def _draw_all(
    out: Path, config: ActorsConfig, workers: int, progress: Progress | None
) -> list[DescribedPicture]:
    """The clips into their folder; a record of each."""
    for action in ACTIONS:
        _make(out / CLIPS / action)
    jobs = [
        (out, actor, action, clip, config)
        for actor in range(config.actors)
        for action in ACTIONS
        for clip in range(config.clips_per_action)
    ]
    found = []
    for job, sentences in run_jobs(_write_clip, jobs, workers):
        if sentences is None:
            raise InputError(
                f"{out}: the process that drew {_place(job)} died, perhaps for want of memory. Try "
                "--option workers=1."
            )
        actor = job[1]
        side = side_of(actor, config.actors)
        group = f"actor{actor + 1:02d}"
        found.append(DescribedPicture(_place(job), sentences, group=group, split=side))
        if progress:
            progress(len(found), len(jobs))
    return sorted(found, key=lambda described: described.picture)


def _write_clip(job: Job) -> tuple[str, ...]:
    """Draw and write one clip; returns its sentences."""
    out, actor, action, clip, config = job
    frames, sentences = draw_described_clip(actor, action, clip, config)
    write_video(out / _place(job), frames, config.frames_per_second)
    return sentences


def _place(job: Job) -> str:
    _, actor, action, clip, _ = job
    return f"{CLIPS}/{clip_name(actor, action, clip)}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be made ({error.strerror or error}). Choose another folder."
        ) from None
