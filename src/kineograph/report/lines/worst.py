from typing import Any


def draw_worst_lines(run: Any, answers: Any, pictures: Any) -> None:
    pass
