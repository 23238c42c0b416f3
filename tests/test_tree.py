"""README's tree is the real tree, every file says its purpose, and none has outgrown its room."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "kineograph"


def files() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if p.read_text(encoding="utf-8").strip()]


def test_readme_shows_every_file_and_no_other():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = re.search(r"```text\nsrc/kineograph/\n(.*?)```", readme, re.DOTALL)
    assert tree, "README.md has no tree that begins with src/kineograph/"
    shown, folders = set(), {}
    for line in tree[1].splitlines():
        found = re.match(r"( +)(\S+)", line)
        if not found:
            continue
        depth, name = len(found[1]) // 2, found[2]
        folders[depth] = name.rstrip("/")
        parents = [folders[d] for d in range(1, depth)]
        if name.endswith(".py"):
            shown.add("/".join([*parents, name]))
    real = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py")}
    real = {name for name in real if not name.endswith("__init__.py")}
    assert shown == real, f"missing: {sorted(real - shown)}; gone: {sorted(shown - real)}"


def test_every_file_begins_with_its_purpose():
    silent = [p for p in files() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert not silent


def test_no_file_over_400_lines_and_no_function_over_60():
    long = []
    for path in files():
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > 400:
            long.append(f"{path.name}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60:
                long.append(
                    f"{path.name}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
                )
    assert not long, "\n".join(long)


def test_no_drawer():
    drawers = {"util", "utils", "misc", "common", "helper", "helpers", "base"}
    assert not [p for p in PACKAGE.rglob("*") if p.stem in drawers]
