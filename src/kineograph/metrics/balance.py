"""What must be closed in LaTeX, and whether it is: braces, dollars, environments.

A text that was cut anywhere has openings that nobody could close, so those still open at its end
are counted apart from those that are wrong.
"""

import re
from dataclasses import dataclass

ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}\n]*)\}")
ESCAPED = re.compile(r"\\.", re.DOTALL)
PAIRS = {"}": "{", "]": "[", ")": "("}


@dataclass(frozen=True)
class Balance:
    """Of one kind of pair: closed as they should be, closed without or before their turn, open."""

    matched: int
    wrong: int
    open: int

    @property
    def share(self) -> float | None:
        """Matched among all that were closed; None where nothing was."""
        closed = self.matched + self.wrong
        return self.matched / closed if closed else None


def balance_brackets(text: str, closing: str) -> Balance:
    """Of one kind of brackets, escaped ones left out: "}", "]" or ")"."""
    opening, depth, matched, wrong = PAIRS[closing], 0, 0, 0
    for character in ESCAPED.sub("", text):
        if character == opening:
            depth += 1
        elif character == closing and depth:
            depth, matched = depth - 1, matched + 1
        elif character == closing:
            wrong += 1
    return Balance(matched, wrong, depth)


def balance_environments(text: str) -> Balance:
    r"""Of \begin{name} and \end{name}, the innermost first. An end of another name is wrong, and
    closes what it names, if that is open.
    """
    stack: list[str] = []
    matched = wrong = 0
    for kind, name in ENVIRONMENT.findall(text):
        if kind == "begin":
            stack.append(name)
        elif stack and stack[-1] == name:
            stack.pop()
            matched += 1
        else:
            wrong += 1
            if name in stack:
                del stack[len(stack) - 1 - stack[::-1].index(name) :]
    return Balance(matched, wrong, len(stack))


def balance_dollars(text: str) -> Balance:
    """Of $ … $ and $$ … $$: formulas that end in their paragraph, and those that do not."""
    matched = wrong = open_ = 0
    paragraphs = re.split(r"\n\s*\n", ESCAPED.sub("", text))
    for place, paragraph in enumerate(paragraphs):
        for mark in ("$$", "$"):
            count = paragraph.count(mark)
            paragraph = paragraph.replace(mark, "") if mark == "$$" else paragraph
            matched += count // 2
            last = place == len(paragraphs) - 1
            open_ += count % 2 if last else 0
            wrong += 0 if last else count % 2
    return Balance(matched, wrong, open_)


def balance_latex(text: str) -> dict[str, Balance]:
    """All kinds, by name."""
    return {
        "braces { }": balance_brackets(text, "}"),
        "brackets [ ]": balance_brackets(text, "]"),
        "environments": balance_environments(text),
        "dollars $ $": balance_dollars(text),
    }
