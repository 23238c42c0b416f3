"""What came out: a row a cell, a table a system, one picture, and the page that holds them."""

import re
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.cells.bakeoff import BASE, RATES, SEARCH_SEED, Record
from benchmarks.cells.systems import SYSTEMS, System
from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "mingru": "minGRU", "convlstm": "ConvLSTM"}
COLOURS = {
    "rnn": "#7f7f7f",
    "lstm": "#1f77b4",
    "gru": "#d95f02",
    "mingru": "#1b9e77",
    "convlstm": "#7570b3",
}


def rows_of(system: System, records: Sequence[Record]) -> list[dict[str, Any]]:
    """One row a cell: means and deviations over seeds, and differences to the LSTM seed by seed."""
    cells = list(dict.fromkeys(record["cell"] for record in records))
    base = _by_seed(records, BASE, "time")
    rows = []
    for cell in sorted(cells, key=list(NAMES).index):
        timed = [r for r in records if r["cell"] == cell and r["column"] == "time"]
        ended = [r for r in timed if r["test"] is not None]
        own = {record["seed"]: record["test"] for record in ended}
        pairs = [own[seed] - base[seed] for seed in own if seed in base]
        at_its_steps = _by_seed(records, cell, "steps")
        sign = 1 if system.measure.higher_is_better else -1
        rate, at_edge = _rate(system, records, cell)
        rows.append(
            {
                "cell": cell,
                "units": next(r["units"] for r in records if r["cell"] == cell),
                "weights": next(r["weights"] for r in records if r["cell"] == cell),
                "rate": rate,
                "rate_at_edge": at_edge,
                "tests": list(own.values()),
                "failed": len(timed) - len(ended),
                "pairs": [] if cell == BASE else pairs,
                "better": sum(sign * pair > 0 for pair in pairs),
                "equal_steps": list((own if cell == BASE else at_its_steps).values()),
                "steps_per_second": _mean([r["steps"] / r["seconds"] for r in ended]),
                "step_microseconds": _mean([r["step_microseconds"] for r in ended]),
            }
        )
    return rows


def markdown(system: System, records: Sequence[Record], seconds: float) -> str:
    """The system's heading, its data in words and its table."""
    measure = system.measure
    rows = rows_of(system, records)
    better = "higher" if measure.higher_is_better else "lower"
    steps = any(row["equal_steps"] for row in rows if row["cell"] != BASE)
    heads = ["cell", "units", "weights", "rate", f"{measure.name} ({better} is better)"]
    heads += ["against LSTM, by seed", "at the LSTM's steps"][: 2 if steps else 1]
    heads += ["steps/s", "µs a step"]
    lines = [f"| {' | '.join(heads)} |", "|---" + "|--:" * (len(heads) - 1) + "|"]
    for row in rows:
        edge = "\\*" if row["rate_at_edge"] else ""
        cells = [NAMES[row["cell"]], str(row["units"]), f"{row['weights']:,}"]
        cells.append(f"{row['rate']:g}{edge}" if row["rate"] else "none")
        cells += [_spread(row["tests"], measure.digits, row["failed"]), _pairs(row, measure.digits)]
        cells += [_spread(row["equal_steps"], measure.digits)] if steps else []
        cells += [_number(row["steps_per_second"], 1), _number(row["step_microseconds"], 0)]
        lines.append(f"| {' | '.join(cells)} |")
    count = max((len(row["tests"]) + row["failed"] for row in rows), default=0)
    return (
        f"### {system.title}\n\n"
        f"Data: {records[0]['data']}. Training: {seconds:g} seconds of one core; {count} seeds. "
        f"A step: {system.step_is}.\n\n" + "\n".join(lines) + "\n"
    )


def draw(found: dict[str, list[Record]], path: Path) -> None:
    """Validation against the training's seconds, a panel a system; thin lines are single seeds."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(2, len(found))
    height = -(-len(found) // columns)
    figure = Figure(figsize=(5.2 * columns, 3.6 * height), layout="constrained")
    panels = figure.subplots(height, columns, squeeze=False).flatten()
    for panel, (name, records) in zip(panels, found.items(), strict=False):
        measure = SYSTEMS[name].measure
        for cell, curves in _curves(records):
            colour, name_shown = COLOURS[cell], NAMES[cell]
            for curve in curves:
                panel.plot(*zip(*curve, strict=True), color=colour, linewidth=0.6, alpha=0.5)
            mean = [
                tuple(map(statistics.fmean, zip(*looks, strict=True)))
                for looks in zip(*curves, strict=False)  # a slow one may have fewer
            ]
            panel.plot(*zip(*mean, strict=True), color=colour, label=name_shown, marker="o", ms=3)
        panel.set_title(SYSTEMS[name].title, fontsize=10, loc="left")
        panel.set_xlabel("seconds of one core, training")
        panel.set_ylabel(f"{measure.name}, validation")
        panel.grid(alpha=0.25)
        panel.spines[["top", "right"]].set_visible(False)
        panel.legend(frameon=False, fontsize=8)
    for panel in panels[len(found) :]:
        panel.set_axis_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure).print_png(str(path), metadata={"Software": None})


def write_page(page: Path, figures: str) -> None:
    """Put the figures between the page's two marks; what people wrote around them stays."""
    text = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise InputError(
            f"{page}: has no place for the figures. Write {BEGIN} and {END} into it, once each."
        )
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    write_text_whole(page, between.sub(lambda _: f"{BEGIN}\n\n{figures}\n{END}", text))


def _by_seed(records: Sequence[Record], cell: str, column: str) -> dict[int, float]:
    return {
        r["seed"]: r["test"]
        for r in records
        if r["cell"] == cell and r["column"] == column and r["test"] is not None
    }


def _rate(system: System, records: Sequence[Record], cell: str) -> tuple[float | None, bool]:
    """The rate that the search chose, and whether it is the least or greatest of all tried."""
    chosen = [r["rate"] for r in records if r["cell"] == cell and r["column"] == "time"]
    tried = sorted(r["rate"] for r in records if r["cell"] == cell and r["seed"] == SEARCH_SEED)
    if not chosen:
        return None, False
    return chosen[0], len(tried) == len(RATES) and chosen[0] in (tried[0], tried[-1])


def _curves(records: Sequence[Record]) -> Iterator[tuple[str, list[list[tuple[float, float]]]]]:
    for cell in NAMES:
        curves = [
            [(seconds, value) for seconds, _, value in record["looks"]]
            for record in records
            if record["cell"] == cell and record["column"] == "time" and record["val"] is not None
        ]
        if curves:
            yield cell, curves


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _number(value: float | None, digits: int) -> str:
    return "none" if value is None else f"{value:,.{digits}f}"


def _spread(values: Sequence[float], digits: int, failed: int = 0) -> str:
    """Mean ± deviation over seeds; one seed has none."""
    if not values:
        return f"{failed} failed" if failed else "–"
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.{digits}f}{deviation}" + (
        f", {failed} failed" if failed else ""
    )


def _pairs(row: dict[str, Any], digits: int) -> str:
    if not row["pairs"]:
        return "–"
    mean = statistics.fmean(row["pairs"])
    deviation = f" ± {statistics.stdev(row['pairs']):.{digits}f}" if len(row["pairs"]) > 1 else ""
    return f"{mean:+.{digits}f}{deviation}; better in {row['better']} of {len(row['pairs'])}"
