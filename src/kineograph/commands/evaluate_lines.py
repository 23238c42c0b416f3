"""kineograph evaluate, for runs that read lines."""

from pathlib import Path

from kineograph.commands.console import Screen


def evaluate_lines(
    screen: Screen, run: str, data: Path, side: str | None, out: Path | None, device: str
) -> None:
    """Read prepared lines, or one side of them, and write the report."""
    from kineograph.commands.evaluate import evaluation_folder
    from kineograph.commands.train_lines import print_lines_outcome
    from kineograph.data.lines.folder import LinesFolder
    from kineograph.evaluation.lines.again import evaluate_lines_again
    from kineograph.recipes.reader import load_reader
    from kineograph.report.lines.summary import summarise_lines
    from kineograph.training.reproduce import choose_device

    folder, trained = LinesFolder(data), load_reader(run)
    target = out or evaluation_folder(trained.folder, data, side or "lines")
    report = evaluate_lines_again(
        trained,
        folder,
        side,
        target,
        device=choose_device(device),
        stage=screen.stage,
        say=screen.say,
    )
    found = summarise_lines(target)
    print_lines_outcome(screen, found)
    screen.say(f"Report: {report}")
    screen.result(found)
