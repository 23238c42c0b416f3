"""The loop closed: a reader learns from lines that a network wrote, and reads what it writes.

    python -m benchmarks.closed_loop runs/handwriting-demo-ink OUT --json

Real lines are drawn handwriting (`prepare cursive`) whose writers are dealt to sides, so that hands
never seen are tested. Synthetic ones are of the network RUN, as many as are learned from of the
real ones, with the same pens and papers (`prepare written`). Three readers learn, each for as many
steps: real -> real, synthetic -> real, both -> real. Legibility is what the reader of real lines
errs on text that the network wrote. What is done in OUT stays done: call it again to go on.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from kineograph.data.lines.folder import LinesFolder, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.data.lines.split import split_lines
from kineograph.data.prepare.cursive import prepare_cursive
from kineograph.errors import InputError
from kineograph.evaluation.job import no_stage
from kineograph.evaluation.lines.again import evaluate_lines_again
from kineograph.evaluation.lines.experiment import run_lines_experiment
from kineograph.evaluation.lines.job import LinesExperiment
from kineograph.metrics.text import cer_interval, score_text
from kineograph.predict.written import prepare_written
from kineograph.recipes import Recipe, change_all, find_recipe
from kineograph.recipes.reader import load_reader
from kineograph.report.lines.answers import LineAnswer, read_line_answers
from kineograph.training.reproduce import choose_device
from kineograph.whole_file import write_text_whole

ROWS = ("real", "synthetic", "both")
REPORT, ABOUT, ANSWERS = "report.html", "dataset.json", "predictions.jsonl"


@dataclass(frozen=True)
class Table:
    """What is asked for; OUT/table.json keeps it, so that two tables are never mixed."""

    hand: str
    texts: str = "built-in"
    unseen: str = "built-in"
    lines: int = 6000
    writers: int = 120
    longest: int = 24
    even: float = 0.4
    bias: float = 0.5
    legible_lines: int = 400
    legible_biases: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0)
    recipe: str = "ocr-line"
    settings: tuple[str, ...] = ()
    seeds: int = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what is not done yet, print the table."""
    given = read_arguments(arguments)
    screen = sys.stderr if given.json else sys.stdout
    try:
        found = run_table(table_of(given), given.out, given.device, screen)
    except InputError as error:
        sys.exit(f"closed_loop: {error}")
    print_table(found, screen)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    usual = Table("")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hand", metavar="RUN", help="a network that writes by hand")
    parser.add_argument("out", metavar="OUT", type=Path)
    parser.add_argument("--texts", default=usual.texts, help="what all lines say: a UTF-8 file")
    parser.add_argument("--unseen", default=usual.unseen, help="what is written to be read")
    parser.add_argument("--lines", type=int, default=usual.lines, help="real ones, of all sides")
    parser.add_argument("--writers", type=int, default=usual.writers)
    parser.add_argument("--longest", type=int, default=usual.longest, help="characters of a line")
    parser.add_argument("--even", type=float, default=usual.even, help="share of invented words")
    parser.add_argument("--bias", type=float, default=usual.bias, help="of what is learned from")
    parser.add_argument("--legible-lines", type=int, default=usual.legible_lines)
    parser.add_argument("--legible-bias", type=float, action="append", dest="legible_biases")
    parser.add_argument("--recipe", default=usual.recipe)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    parser.add_argument("--seeds", type=int, default=usual.seeds)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def table_of(given: argparse.Namespace) -> Table:
    """The table that the command line asks for."""
    fields = {name: getattr(given, name) for name in asdict(Table("")) if name in given}
    fields["legible_biases"] = tuple(given.legible_biases or Table("").legible_biases)
    return Table(**fields | {"settings": tuple(given.settings)})


def run_table(table: Table, out: Path, device: str, screen: Any) -> dict[str, Any]:
    """Data, readers, figures. Raises InputError where OUT holds another table."""
    keep_table(table, out)
    folders = prepare(table, out, device, screen)
    rows: dict[str, Any] = {}
    legible: dict[str, Any] = {}
    for seed in range(table.seeds):
        for row in ROWS:
            run = train(table, row, seed, folders, out, choose_device(device), screen)
            rows.setdefault(row, []).append(scored(read_line_answers(run / ANSWERS)))
        reader = load_reader(out / "runs" / f"real-{seed}")
        for bias in table.legible_biases:
            asked = out / "runs" / f"legible-{bias:g}-{seed}"
            if not (asked / REPORT).exists():
                evaluate_lines_again(
                    reader, folders[f"legible-{bias:g}"], "all", asked,
                    device=choose_device(device), stage=no_stage, say=teller(screen),
                )  # fmt: skip
            answers = read_line_answers(asked / ANSWERS)
            legible.setdefault(f"{bias:g}", []).append(scored(answers) | by_script(answers))
    sides = {side: len(of) for side, of in split_lines(folders["real"].lines).sides.items()}
    synthetic = sum(line.split == "train" for line in folders["synthetic"].lines)
    return {
        "table": asdict(table),
        "n": sides | {"synthetic": synthetic},
        "rows": rows,
        "legibility": legible,
        "folder": str(out),
    }


def keep_table(table: Table, out: Path) -> None:
    """OUT/table.json, or a refusal where it says something else."""
    said = json.dumps(asdict(table), ensure_ascii=False, indent=1) + "\n"
    path = out / "table.json"
    out.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_text_whole(path, said)
    elif path.read_text(encoding="utf-8") != said:
        raise InputError(
            f"{out}: holds a table of other numbers, see {path.name}. Give those again, or choose "
            "another folder."
        )


def prepare(table: Table, out: Path, device: str, screen: Any) -> dict[str, LinesFolder]:
    """Every prepared folder that the table needs, made where it is not there yet."""
    say = teller(screen)
    drawn = out / "drawn"
    if not (drawn / ABOUT).exists():
        say(f"drawing {table.lines} real lines")
        prepare_cursive(
            table.texts, drawn, count=table.lines, writers=table.writers, longest=table.longest,
            even=table.even,
        )  # fmt: skip
    sides = split_lines(LinesFolder(drawn).lines, "group").sides
    hands = len({line.group for line in sides["train"]})
    texts = {"texts": table.texts, "longest": table.longest, "device": device}
    if not (out / "written" / ABOUT).exists():
        say(f"having {len(sides['train'])} lines written in {hands} hands")
        prepare_written(
            table.hand, out / "written",
            count=len(sides["train"]), writers=hands, bias=table.bias, seed=1,
            even=table.even, **texts,
        )  # fmt: skip
    folders = {}
    for bias in table.legible_biases:
        path = out / f"legible-{bias:g}"
        if not (path / ABOUT).exists():
            say(f"having {table.legible_lines} lines written at bias {bias:g}, to be read")
            prepare_written(
                table.hand, path,
                count=table.legible_lines, writers=min(40, table.legible_lines), bias=bias,
                seed=2, **texts | {"texts": table.unseen},
            )  # fmt: skip
        folders[path.name] = LinesFolder(path)
    return folders | join(out, sides)


def join(out: Path, sides: dict[str, list[Line]]) -> dict[str, LinesFolder]:
    """The data of each row: its own training lines, and val and test of the real ones."""
    real = {side: placed(lines, "drawn", side) for side, lines in sides.items()}
    written = placed(LinesFolder(out / "written").lines, "written", "train")
    learned = {"real": real["train"], "synthetic": written, "both": [*real["train"], *written]}
    for row, lines in learned.items():
        path = out / "data" / row
        if not (path / ABOUT).exists():
            write_lines_folder(
                path, [*lines, *real["val"], *real["test"]],
                name=f"{row} → real", source_root=out, kind="closed-loop",
            )  # fmt: skip
    return {row: LinesFolder(out / "data" / row) for row in ROWS}


def placed(lines: Sequence[Line], folder: str, side: str) -> list[Line]:
    """Lines of a folder in OUT, as OUT has them."""
    return [replace(line, picture=f"{folder}/{line.picture}", split=side) for line in lines]


def train(
    table: Table,
    row: str,
    seed: int,
    folders: dict[str, LinesFolder],
    out: Path,
    device: torch.device,
    screen: Any,
) -> Path:
    """A reader's run, whole: begun, gone on with, or already there."""
    run = out / "runs" / f"{row}-{seed}"
    if (run / REPORT).exists():
        return run
    run.mkdir(parents=True, exist_ok=True)
    resume = (run / "checkpoint").exists()
    teller(screen)(f"{run.name}: {'going on' if resume else 'learning'}")
    run_lines_experiment(
        LinesExperiment(
            recipe=recipe_of(table, row, seed),
            data=folders[row],
            run=run,
            device=device,
            resume=resume,
            with_language=False,
            say=teller(screen),
        )
    )
    return run


def recipe_of(table: Table, row: str, seed: int) -> Recipe:
    """The reader's numbers; of twice the lines half the epochs, so that all learn as many steps."""
    settings = ["data.policy=nfc", "data.split=given", *table.settings, f"training.seed={seed}"]
    recipe = change_all(find_recipe(table.recipe), settings)
    if recipe.kind != "lines":
        raise InputError(f"{table.recipe}: reads no lines. Take ocr-line or htr-line.")
    if row != "both":
        return recipe
    return change_all(recipe, [f"training.epochs={max(1, recipe.training.epochs // 2)}"])


def scored(answers: Sequence[LineAnswer]) -> dict[str, Any]:
    """Pooled rates; the interval of the CER is by writer."""
    truths, reads = [each.truth for each in answers], [each.best_path for each in answers]
    score = score_text(truths, reads)
    interval = cer_interval(truths, reads, [each.group or "" for each in answers])
    return {
        "cer": score.cer,
        "interval": (interval.low, interval.high) if interval else None,
        "wer": score.wer,
        "exact": score.exact / score.lines,
        "n": score.lines,
    }


def by_script(answers: Sequence[LineAnswer]) -> dict[str, float | None]:
    """The CER of lines with Cyrillic letters, and of those with Latin ones alone."""
    found: dict[str, float | None] = {}
    for script, is_in in (("cyrillic", True), ("latin", False)):
        own = [a for a in answers if any("Ѐ" <= sign <= "ӿ" for sign in a.truth) == is_in]
        lettered = [a for a in own if any(map(str.isalpha, a.truth))]
        truths, reads = [a.truth for a in lettered], [a.best_path for a in lettered]
        found[script] = score_text(truths, reads).cer if lettered else None
    return found


def print_table(found: dict[str, Any], screen: Any) -> None:
    """Rows of the table, then legibility by bias."""
    n = found["n"]
    print(f"{'learned from':<14}{'lines':>7}  tested on {n['test']} real lines", file=screen)
    counts = {"real": n["train"], "synthetic": n["synthetic"]}
    counts["both"] = counts["real"] + counts["synthetic"]
    for row, scores in found["rows"].items():
        print(f"{row:<14}{counts[row]:>7}  {in_words(scores)}", file=screen)
    for bias, scores in found["legibility"].items():
        scripts = ", ".join(
            f"{script} {100 * statistics.mean(each[script] for each in scores):.2f} %"
            for script in ("latin", "cyrillic")
            if scores[0][script] is not None
        )
        print(f"written at bias {bias:<5} {in_words(scores)}: {scripts}", file=screen)


def in_words(scores: Sequence[dict[str, Any]]) -> str:
    """The mean over seeds, and what is known of its spread."""
    rates = [100 * each["cer"] for each in scores]
    spread = f" ± {statistics.stdev(rates):.2f} over {len(rates)} seeds" if len(rates) > 1 else ""
    if not spread and scores[0]["interval"]:
        low, high = scores[0]["interval"]
        spread = f" ({100 * low:.2f}–{100 * high:.2f})"
    return f"CER {statistics.mean(rates):.2f} %{spread}"


def teller(screen: Any) -> Any:
    """Says a line at once, whoever reads along."""
    return lambda text: print(text, file=screen, flush=True)


if __name__ == "__main__":
    main()
