"""The verbs, one file each: they read options and call, nothing more.

Only typer and rich are imported here; each verb imports what it needs when it runs.
"""

import typer

from kineograph.commands.annotate import annotate
from kineograph.commands.compare import compare
from kineograph.commands.crossval import crossval
from kineograph.commands.demo import demo
from kineograph.commands.evaluate import evaluate
from kineograph.commands.export import export
from kineograph.commands.ink import ink
from kineograph.commands.inspect import inspect
from kineograph.commands.lm import lm
from kineograph.commands.predict import predict
from kineograph.commands.prepare import prepare
from kineograph.commands.recipes import recipes
from kineograph.commands.record import record
from kineograph.commands.review import review
from kineograph.commands.sample import sample
from kineograph.commands.search import search
from kineograph.commands.train import train
from kineograph.commands.tune_alerts import tune_alerts
from kineograph.commands.verify import verify
from kineograph.commands.watch import watch

app = typer.Typer(
    name="kineograph",
    help="Networks that read pictures in order: prepare, train, report, predict.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for verb in (
    demo, recipes, annotate, prepare, train, crossval, search, evaluate, compare, predict, inspect,
    sample, ink, export, watch, tune_alerts, verify, record, review, lm,
):  # fmt: skip
    app.command()(verb)
