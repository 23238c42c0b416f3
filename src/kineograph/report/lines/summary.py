"""What `--json` prints of a reader's run."""

import json
from pathlib import Path
from typing import Any

from kineograph.metrics.text import score_text


def summarise_lines(run: Path | str) -> dict[str, Any]:
    run = Path(run)
    rows = [json.loads(l) for l in (run / "predictions.jsonl").read_text().splitlines()]
    env = json.loads((run / "environment.json").read_text())

    def of(k):
        s = score_text([r["truth"] for r in rows], [r[k] for r in rows])
        return {"cer": s.cer, "wer": s.wer, "exact": s.exact / s.lines}

    return of("read") | {
        "best_path": of("best_path"),
        "language": (run / "language.lm").exists(),
        "interval": None,
        "policy": json.loads((run / "alphabet.json").read_text())["policy"],
        "protocol": {
            "n": len(rows),
            "groups": len({r["group"] for r in rows}),
            "data": env["data"]["name"],
            "split": env["data"]["split"]["how"],
        },
        "report": str(run / "report.html"),
    }
