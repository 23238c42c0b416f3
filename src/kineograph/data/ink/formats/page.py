"""Ink as one HTML page that plays the pen: no script from elsewhere, no network.

Strokes are drawn one after the other at the pen's pace; a click plays them again. Who asks for less
motion sees the whole at once.
"""

from html import escape

from kineograph.data.ink.formats.sheet import Sheet, length_mm
from kineograph.data.ink.formats.svg import INK, path_of

PACE_MM = 70.0  # a second, of a quick hand
LIFT_SECONDS = 0.06  # from one stroke to the next

STYLE = """
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f7f4ec; }
svg { width: min(94vw, %(wide)s); height: auto; cursor: pointer; }
path { fill: none; stroke: %(ink)s; stroke-width: %(pen)s; stroke-linecap: round;
  stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  body { background: #17191d; } path { stroke: #e9e4d6; }
}
@media (prefers-reduced-motion: no-preference) {
  path { stroke-dasharray: 1 2; stroke-dashoffset: 1.02; visibility: hidden;
    animation: write var(--for) linear var(--at) forwards; }
}
@keyframes write {
  from { stroke-dashoffset: 1.02; visibility: visible; }
  to { stroke-dashoffset: 0; visibility: visible; }
}
"""
AGAIN = """
const drawing = document.querySelector("svg");
drawing.addEventListener("click", () => drawing.replaceWith(drawing.cloneNode(true)));
document.addEventListener("click", (event) => {
  const other = event.target.closest("svg");
  if (other && other !== drawing) other.replaceWith(other.cloneNode(true));
});
"""


def page_of(sheet: Sheet, text: str) -> str:
    """The page. Raises nothing: any text is escaped."""
    at, paths = 0.3, []
    for stroke in sheet.strokes:
        seconds = max(0.03, length_mm(stroke) / PACE_MM)
        timing = f"--at:{at:.2f}s;--for:{seconds:.2f}s"
        paths.append(f'<path pathLength="1" style="{timing}" d="{path_of(stroke)}"/>')
        at += seconds + LIFT_SECONDS
    style = STYLE % {"wide": f"{3 * sheet.wide_mm:.0f}mm", "ink": INK, "pen": f"{sheet.pen_mm:.3g}"}
    drawn = "\n".join(paths)
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8">\n<title>{escape(text[:80])}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{style}</style></head>\n<body>\n"
        f'<svg viewBox="0 0 {sheet.wide_mm:.2f} {sheet.high_mm:.2f}" role="img" '
        f'aria-label="{escape(text)}">\n{drawn}\n</svg>\n<script>{AGAIN}</script>\n</body></html>\n'
    )
