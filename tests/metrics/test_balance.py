"""What opens and closes in LaTeX, counted by hand."""

from hypothesis import given
from hypothesis import strategies as st

from kineograph.metrics.balance import (
    Balance,
    balance_brackets,
    balance_dollars,
    balance_environments,
    balance_latex,
)


def test_braces_close_in_their_order_and_escaped_ones_are_none():
    assert balance_brackets(r"\frac{a}{b} \{ not one \} }{", "}") == Balance(2, 1, 1)
    assert balance_brackets("((", ")") == Balance(0, 0, 2)
    assert balance_brackets("", "]").share is None


def test_an_environment_is_closed_by_its_own_name_and_the_innermost_first():
    good = r"\begin{proof}\begin{align} x \end{align}\end{proof}"
    assert balance_environments(good) == Balance(2, 0, 0)
    crossed = r"\begin{proof}\begin{align} x \end{proof}\end{align}"
    assert balance_environments(crossed) == Balance(0, 2, 0)
    assert balance_environments(r"\begin{lemma} cut off") == Balance(0, 0, 1)
    assert balance_environments(r"\end{lemma}") == Balance(0, 1, 0)


def test_a_formula_ends_in_its_paragraph():
    assert balance_dollars("$x$ costs \\$5 and $$y$$\n\nopen $z\n\nthen $a$") == Balance(3, 1, 0)
    assert balance_dollars("$x$ and $y") == Balance(1, 0, 1)


@given(st.recursive(st.just("x"), lambda inner: inner.map("{{{}}}".format) | st.tuples(inner, inner)
       .map("".join), max_leaves=20))  # fmt: skip
def test_what_was_built_balanced_is_balanced(text):
    assert balance_brackets(text, "}") == Balance(text.count("{"), 0, 0)


def test_all_kinds_have_names():
    assert list(balance_latex("")) == ["braces { }", "brackets [ ]", "environments", "dollars $ $"]
