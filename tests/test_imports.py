"""The floors of the house: a room imports only from rooms below its own, and no two in a circle."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "kineograph"

FLOORS = (
    {"errors", "whole_file"},
    {"held_file"},
    {"media", "nets", "metrics"},
    {"pages"},
    {"data", "decoding"},
    {"tasks"},
    {"training"},
    {"recipes"},
    {"export", "report"},
    {"predict", "evaluation"},
    {"live", "inspect"},
    {"studio"},
    {"commands"},
    {"__main__"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ONLY = {
    "nets": {"torch", "timm"},
    "metrics": {"numpy", "sklearn", "rapidfuzz"},
}  # what these rooms may use from outside
STANDARD = {
    "collections",
    "contextlib",
    "dataclasses",
    "difflib",
    "functools",
    "itertools",
    "math",
    "re",
    "statistics",
    "typing",
    "unicodedata",
}


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Full names that a file imports, also inside functions, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: import by full name: kineograph.…"
            yield node.module or "", node.lineno
            if node.module == "kineograph":
                yield from ((f"kineograph.{alias.name}", node.lineno) for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_room_stands_on_a_floor():
    rooms = {room_of(p) for p in PACKAGE.rglob("*.py")} - {"__init__"}
    assert rooms <= set(FLOOR), f"name the floor of {rooms - set(FLOOR)} in tests/test_imports.py"


def test_imports_only_go_down():
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = room_of(path)
        if room == "__init__":
            continue
        for name, line in imported(path):
            first, *rest = name.split(".")
            to = rest[0] if first == "kineograph" and rest else None
            if to in FLOOR and to != room and FLOOR[to] >= FLOOR[room]:
                wrong.append(f"{path.relative_to(PACKAGE)}:{line}: {room} imports {to}")
    assert not wrong, "\n".join(wrong)


def test_timm_is_imported_by_one_file_and_only_when_it_is_asked_for():
    files = {path for path in PACKAGE.rglob("*.py") if "timm" in dict(imported(path))}
    assert [path.name for path in files] == ["pretrained.py"]
    (file,) = files
    top = ast.parse(file.read_text(encoding="utf-8")).body
    assert "timm" not in [
        a.name for node in top if isinstance(node, ast.Import) for a in node.names
    ]


def test_networks_need_torch_alone_and_scores_numpy_alone():
    wrong = []
    for room, allowed in ONLY.items():
        for path in sorted((PACKAGE / room).rglob("*.py")):
            for name, line in imported(path):
                first, *rest = name.split(".")
                own = first == "kineograph" and (not rest or rest[0] in {room, "errors"})
                if not own and first not in allowed | STANDARD:
                    wrong.append(f"{path.relative_to(PACKAGE)}:{line}: {room} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_circle_of_imports_between_files():
    graph = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(["kineograph", *path.relative_to(PACKAGE).with_suffix("").parts])
        top = ast.parse(path.read_text(encoding="utf-8")).body  # what runs when it is imported
        graph[name.removesuffix(".__init__")] = {
            full
            for node in top
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kineograph")
            for full in [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        }
    circles, done = [], set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circles.append(" → ".join([*way[way.index(name) :], name]))
        elif name in graph and name not in done:
            for other in graph[name] - {name}:
                visit(other, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    assert not circles, "\n".join(circles)
