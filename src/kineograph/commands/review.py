"""kineograph review EVIDENCE: say of each alert whether it was right, on a page or by its id."""

from pathlib import Path
from typing import Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen


def review(
    evidence: Annotated[
        Path, typer.Argument(metavar="EVIDENCE", help="A folder that kineograph watch wrote.")
    ],
    list_alerts: Annotated[
        bool, typer.Option("--list", help="Print alerts and marks; open nothing.")
    ] = False,
    mark: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="ID VERDICT",
            help="right, wrong, unsure, open, or label:WORD; a part of the id will do.",
        ),
    ] = None,
    labels: Annotated[
        str, typer.Option(metavar="LABEL,…", help="Offered beside those that the network knows.")
    ] = "",
    key: Annotated[
        Path | None, typer.Option(help="The journal's private key, if it lies elsewhere.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Mark alerts right or wrong, on a page for this machine alone; the evidence stays as it is."""
    screen = Screen(as_json)
    from kineograph.studio.desk import look

    if mark:
        _mark(screen, evidence, key, mark)
    elif not list_alerts and not as_json:
        names = [name.strip() for name in labels.split(",") if name.strip()]
        _serve(screen, evidence, key, names, port, no_browser)
    state = look(evidence)
    if list_alerts:
        _list(screen, state)
    _sum_up(screen, evidence, state)
    screen.result({"folder": str(evidence), **state})


def _mark(screen: Screen, evidence: Path, key: Path | None, mark: tuple[str, str]) -> None:
    """One alert, by its id or a part of it."""
    from kineograph.studio.desk import Desk, find, parse_verdict

    desk = Desk(evidence, key)
    try:
        alert = find(desk.alerts, mark[0])
        review = desk.mark(alert.id, *parse_verdict(mark[1]))
        truly = f", it was {review.label}" if review.label else ""
        screen.say(f"{alert.id}: {review.verdict}{truly}")
    finally:
        if said := desk.close():
            screen.say(said)


def _serve(
    screen: Screen, evidence: Path, key: Path | None, labels: list[str], port: int, no_browser: bool
) -> None:
    """The page, until Ctrl-C."""
    import webbrowser

    from kineograph.studio.auth import new_token
    from kineograph.studio.desk import Desk
    from kineograph.studio.listen import listen, serve
    from kineograph.studio.review_server import make_review_app

    desk = Desk(evidence, key)
    try:
        listener = listen(port)
        token, number = new_token(), listener.getsockname()[1]
        app = make_review_app(desk, labels=labels, token=token, port=number)
        address = f"http://127.0.0.1:{number}/#{token}"
        screen.say(f"{evidence}: {len(desk.alerts)} alerts, {len(desk.reviews)} reviewed.")
        screen.say(f"Open  {address}")
        screen.say("Every mark is saved at once. Ctrl-C ends the server.")
        serve(app, listener, lambda: no_browser or webbrowser.open(address))
    finally:
        if said := desk.close():
            screen.say(said)


def _list(screen: Screen, state: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("id", "camera", "label", "peak", "mark"):
        table.add_column(column, justify="right" if column == "peak" else "left")
    for alert in state["alerts"]:
        truly = f", it was {alert['true_label']}" if alert["true_label"] else ""
        said = "" if alert["verdict"] == "open" else alert["verdict"] + truly
        table.add_row(alert["id"], alert["camera"], alert["label"], f"{alert['peak']:.0%}", said)
    screen.show(table)


def _sum_up(screen: Screen, evidence: Path, state: dict[str, Any]) -> None:
    """Precision so far, of each camera and label, and what to do with it."""
    for row in state["precision"]:
        judged = row["right"] + row["wrong"]
        if judged:
            low, high = row["interval"]
            screen.say(
                f"{row['camera']}, {row['label']}: {row['right']} of {judged} right, "
                f"{row['precision']:.0%} (95 %: {low:.0%} to {high:.0%})"
            )
    left = state["all"]["open"]
    alerts = len(state["alerts"])
    screen.say(f"{evidence}: {alerts} alert{'' if alerts == 1 else 's'}, {left} not reviewed.")
    if state["all"]["right"] + state["all"]["wrong"]:
        screen.say(f"Learn from them: kineograph prepare reviewed {evidence} data/reviewed")
