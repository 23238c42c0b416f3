"""What was asked of `train`, whichever kind of network it is asked of; and the run it goes to."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kineograph.commands.console import Screen
    from kineograph.recipes import Recipe
    from kineograph.training.parallel import Parallel


# What recipes do with what they are shown, in words; and the options that some of them alone know.
DOES = {
    "clips": "label clips",
    "lines": "read lines",
    "captions": "describe pictures",
    "questions": "answer questions",
    "regions": "describe regions",
    "text": "write text",
    "ink": "write by hand",
    "labels": "label texts",
    "pairs": "write texts otherwise",
}
FOR = {
    "--also": ("lines",),
    "--curve": ("lines",),
    "--no-language": ("lines",),
    "--look-for-copies": ("clips",),
    "--workers": ("clips",),
    "--no-baselines": ("clips", "captions", "questions", "regions", "text", "labels", "pairs"),
    "--allow-leakage": ("clips", "lines", "captions", "questions", "regions"),
}


@dataclass(frozen=True)
class TrainWish:
    """The options of one training."""

    recipe: "Recipe"
    data: Path
    name: str | None
    start_from: str | None
    resume: bool
    baselines: bool
    allow_leakage: bool
    look_for_copies: bool
    device: str
    threads: int | None
    workers: int | None
    also: list[Path]
    language: bool
    curve: list[float]

    def check(self) -> None:
        """Raise InputError for an option that would do nothing with this recipe."""
        from kineograph.errors import InputError

        given = {
            "--also": self.also,
            "--curve": self.curve,
            "--no-language": not self.language,
            "--look-for-copies": self.look_for_copies,
            "--workers": self.workers,
            "--no-baselines": not self.baselines,
            "--allow-leakage": self.allow_leakage,
        }
        for option in [name for name, value in given.items() if value]:
            if self.recipe.kind not in FOR[option]:
                others = " or ".join(DOES[kind] for kind in FOR[option])
                raise InputError(
                    f"{option}: is for recipes that {others}, and {self.recipe.name} is one of "
                    f"those that {DOES[self.recipe.kind]}. Leave it away."
                )

    def shared(self, screen: "Screen", parallel: "Parallel", data: Path) -> dict[str, Any]:
        """What every experiment is given, whichever its kind: `Experiment(data=…, **shared)`.

        Refuses a batch that is too small for the processes before a run folder is made.
        """
        from kineograph.training.reproduce import choose_device

        parallel.check_batch(self.recipe.training.batch)
        return {
            "recipe": self.recipe,
            "run": self.run_for(data, parallel),
            "device": parallel.device(choose_device(self.device)),
            "resume": self.resume,
            "start_from": self.start_from,
            "threads": self.threads,
            "stage": screen.stage,
            "say": screen.say,
        }

    def run_for(self, data: Path, parallel: "Parallel") -> Path:
        """./runs/NAME, or RECIPE-DATA where nobody named it; the first process chooses for all."""
        named = self.name or f"{self.recipe.name}-{data.resolve().name}"
        run = ""
        if parallel.first:
            run = str(run_to_use(named, self.resume, renew=self.name is None))
        return Path(parallel.from_first(run))


def run_to_use(name: str, resume: bool, *, renew: bool) -> Path:
    """./runs/NAME; another training's run is never overwritten.

    renew: the name was not chosen, so a number may follow it. Then a resume takes the newest
    training that has not come to its report, or else the newest.
    """
    from kineograph.errors import InputError

    run = Path("runs") / name
    if resume and renew:
        run = _newest(name)
    used = (run / "recipe.json").exists()
    if resume and not used:
        raise InputError(f"{run}: nothing to resume. Leave --resume away, or name the run: --name.")
    if used and not resume:
        if not renew:
            raise InputError(
                f"{run}: is there already. Choose another --name, or go on with --resume."
            )
        number = 2
        while (Path("runs") / f"{name}-{number}" / "recipe.json").exists():
            number += 1
        run = Path("runs") / f"{name}-{number}"
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{run}: cannot be made ({error.strerror}). Run where you may write, or free space."
        ) from error
    return run


def _newest(name: str) -> Path:
    """Of runs NAME, NAME-2, NAME-3 … the last one without a report; the last one if all have."""
    numbered: list[Path] = []
    while True:
        number = len(numbered) + 1
        run = Path("runs") / (name if number == 1 else f"{name}-{number}")
        if not (run / "recipe.json").exists():
            break
        numbered.append(run)
    unfinished = [run for run in numbered if not (run / "report.html").exists()]
    return [Path("runs") / name, *numbered, *unfinished][-1]


def check_clips(recipe: "Recipe", verb: str) -> None:
    """Refuse a recipe that reads lines where only clips are dealt to folds so far."""
    from kineograph.errors import InputError

    if recipe.kind != "clips":
        raise InputError(
            f"{verb} {recipe.name}: folds are dealt of clips, and its data are {recipe.kind}. "
            "Train it with several training.seed, or on other splits with data.seed."
        )
