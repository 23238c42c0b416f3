from pathlib import Path


def write_lines_report(run: Path) -> Path:
    return run / "report.html"
