"""predictions.jsonl: every answer of a run, one JSON object a line; a report needs no network.

A label per clip is a word and one probability a class; a label per frame is a list of words and
a list of probabilities a class.
"""

import json
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

Label = str | Sequence[str]
Probability = float | Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a network answered to one clip, beside the truth; shapes are checked here, once."""

    id: str
    video: str
    start_seconds: float = 0.0
    end_seconds: float | None = None
    person: str | None = None
    group: str | None = None
    split: str | None = "test"
    fold: str | None = None  # of a cross-validation: "fold-01"
    seed: int | None = None
    copy_of: str | None = None  # the id of the original, where a mirrored copy is tested
    truth: Label
    answer: Label
    probabilities: Mapping[str, Probability]  # label -> probability; empty where none was kept

    def __post_init__(self) -> None:
        if isinstance(self.truth, str) != isinstance(self.answer, str):
            raise InputError(
                f"answer {self.id}: truth {_kind(self.truth)}, answer {_kind(self.answer)}. "
                "Give both a word (one label a clip) or both a list (one label a frame)."
            )
        if not self.per_frame:
            wrong = [k for k, value in self.probabilities.items() if isinstance(value, Sequence)]
        else:
            if len(self.truth) != len(self.answer):
                raise InputError(
                    f"answer {self.id}: {len(self.truth)} frames have a truth, {len(self.answer)} "
                    "an answer. Give one answer a frame."
                )
            wrong = [
                label
                for label, values in self.probabilities.items()
                if not isinstance(values, Sequence) or len(values) != len(self.truth)
            ]
        if wrong:
            needed = f"a list of {len(self.truth)}" if self.per_frame else "one number"
            raise InputError(
                f"answer {self.id}: the probabilities of {wrong[0]!r} are not {needed}. "
                "Give one for each label asked."
            )

    @property
    def per_frame(self) -> bool:
        """Whether every frame has its own label."""
        return not isinstance(self.truth, str)

    @property
    def truths(self) -> list[str]:
        """The truth as a list: one a frame, or the clip's only one."""
        return [self.truth] if isinstance(self.truth, str) else list(self.truth)

    @property
    def answers(self) -> list[str]:
        """The answer as a list: one a frame, or the clip's only one."""
        return [self.answer] if isinstance(self.answer, str) else list(self.answer)

    def probabilities_of(self, label: str) -> list[float] | None:
        """The probabilities of one label as a list beside `truths`; None where none were kept."""
        if not self.probabilities:
            return None
        found = self.probabilities.get(
            label, 0.0 if not self.per_frame else [0.0] * len(self.truth)
        )
        return list(found) if isinstance(found, Sequence) else [float(found)]


def _kind(label: Label) -> str:
    return "a word" if isinstance(label, str) else f"a list of {len(label)}"


FIELDS = tuple(field.name for field in fields(Answer))
RARE = ("fold", "seed", "copy_of")  # written only where they say something


def _plain(value: Probability) -> float | list[float]:
    return [float(v) for v in value] if isinstance(value, Sequence) else float(value)


def _line(answer: Answer) -> str:
    row = {name: getattr(answer, name) for name in FIELDS}
    row = {name: value for name, value in row.items() if value is not None or name not in RARE}
    for name in ("truth", "answer"):
        row[name] = row[name] if isinstance(row[name], str) else list(row[name])
    row["probabilities"] = {label: _plain(value) for label, value in answer.probabilities.items()}
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise InputError(
            f"answer {answer.id}: a probability or a time is not a finite number. "
            "Look for a diverged training in log.jsonl."
        ) from None


def write_answers(path: Path | str, answers: Iterable[Answer]) -> Path:
    """Write answers to a JSONL file, whole or not at all; returns its path."""
    path = Path(path)
    text = "".join(_line(answer) + "\n" for answer in answers)
    write_text_whole(path, text)
    return path


def read_answers(path: Path | str, notes: list[str] | None = None) -> list[Answer]:
    """Read answers from a JSONL file.

    A last line that was cut short (a stopped run, a full disk) is left out with a word: added to
    `notes` where given, else a warning. Any other bad line is an InputError with its number.
    """
    return [_answer(row, where) for row, where in read_rows(Path(path), notes)]


def read_rows(path: Path, notes: list[str] | None = None) -> Iterator[tuple[object, str]]:
    """Each line of a JSONL file of answers as JSON, and where it stands, for what must be said.

    Raises InputError, and treats a last line that was cut short, as `read_answers` says.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Run `kineograph evaluate` on this run first.")
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield json.loads(line), f"{path}, line {number}"
        except json.JSONDecodeError as error:
            # only the last line can be half written, and then no line end follows it
            if number < len(lines):
                raise InputError(
                    f"{path}, line {number}: not JSON ({error.msg}). Mend or remove the line."
                ) from None
            _say(f"{path.name}: the last line is cut short and was left out.", notes)


def _say(word: str, notes: list[str] | None) -> None:
    if notes is None:
        warnings.warn(word, stacklevel=3)
    else:
        notes.append(word)


def _answer(row: object, where: str) -> Answer:
    if not isinstance(row, dict):
        raise InputError(f"{where}: not a JSON object. One answer a line: {', '.join(FIELDS)}.")
    missing = [name for name in ("id", "truth", "answer") if name not in row]
    if missing:
        raise InputError(f"{where}: no {missing[0]!r}. One answer a line: {', '.join(FIELDS)}.")
    known = {name: row[name] for name in FIELDS if name in row}  # newer files may say more
    known["probabilities"] = known.get("probabilities") or {}
    known["video"] = known.get("video") or known["id"]
    known["start_seconds"] = known.get("start_seconds") or 0.0
    if not (_is_label(known["truth"]) and _is_label(known["answer"])):
        raise InputError(f"{where}: truth and answer are words or lists of words. Mend the line.")
    if not isinstance(known["probabilities"], dict):
        raise InputError(f"{where}: probabilities are given by label. Mend the line.")
    if not math.isfinite(sum(_numbers(known["probabilities"]))):
        raise InputError(f"{where}: a probability is not a finite number. Evaluate the run again.")
    return Answer(**known)


def _is_label(value: object) -> bool:
    words = value if isinstance(value, list) else [value]
    return all(isinstance(word, str) for word in words)


def _numbers(probabilities: Mapping[str, Probability]) -> list[float]:
    found: list[float] = []
    for value in probabilities.values():
        found.extend(value if isinstance(value, Sequence) else [value])
    return found
