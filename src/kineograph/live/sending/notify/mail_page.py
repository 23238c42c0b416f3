"""What stands in an alert by e-mail: the same facts as plain text and as HTML.

Programs that show mail know tables and styles written into each tag, and little more.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from kineograph.live.sending.message import BEGUN, LASTING, Enclosed, Message

BEGINNINGS = {
    "camera-away": "no pictures come from it",
    "camera-frozen": "its picture stands still",
}
ALARM, QUIET, TEST = "#b3261e", "#3d4852", "#0b559f"
SANS = "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
MONO = "ui-monospace,Consolas,Menlo,monospace"
TEST_WORDS = "A test: nothing was seen. If you read this, alerts reach you."


def as_text(message: Message, clip: Enclosed | None, named: Sequence[Enclosed]) -> str:
    """The mail without pictures."""
    lines = [f"{message.heading}: {_state(message)}", ""]
    if message.test:
        lines += [TEST_WORDS, ""]
    lines += [f"{name + ':':<12}{value}" for name, value in _facts(message)]
    if clip:
        lines += ["", f"Attached: {clip.name} ({_size(clip)})", f"  sha256 {clip.sha256}"]
    for file in named:
        lines += ["", f"{file.path}", f"  {_told(file)}"]
    return "\n".join([*lines, "", f"Key: {message.key}"]) + "\n"


def as_html(
    message: Message, clip: Enclosed | None, named: Sequence[Enclosed], picture: str
) -> str:
    """The mail as HTML; `picture` is the film strip's address, or empty."""
    colour = TEST if message.test else ALARM if message.event.get("kind") == "seen" else QUIET
    judged = " · a machine's judgement, not a proof" if message.event.get("kind") == "seen" else ""
    rows = [_banner(message, colour)]
    if message.test:
        rows.append(_row(f'<p style="margin:0;font-size:15px">{TEST_WORDS}</p>'))
    if picture:
        rows.append(
            '<tr><td style="padding:0;background:#14171b;line-height:0">'
            f'<img src="{escape(picture)}" width="600" alt="Pictures of what was seen, in order" '
            'style="display:block;width:100%;height:auto;border:0"></td></tr>'
        )
    rows.append(
        _row(_table(message) + (_bar(message, colour) if message.event.get("peak") else ""))
    )
    if clip or named:
        rows.append(_row(_files(clip, named), top=True))
    rows.append(
        '<tr><td style="padding:12px 24px 20px;font-size:12px;line-height:1.5;color:#5c6570">'
        f"Kineograph{judged} · {escape(message.key)}</td></tr>"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><meta name="color-scheme" content="light"></head>'
        '<body style="margin:0;padding:24px 8px;background:#eef0f3">'
        '<table role="presentation" align="center" width="600" cellpadding="0" cellspacing="0" '
        'style="width:100%;max-width:600px;border-collapse:separate;border-radius:10px;'
        f'overflow:hidden;background:#ffffff;color:#1a1d21;font-family:{SANS}">'
        + "".join(rows)
        + "</table></body></html>\n"
    )


def _state(message: Message) -> str:
    if message.test:
        return "sent by hand"
    if message.text("kind") == "camera-back":
        return "its pictures come again"
    if message.text("kind") in BEGINNINGS:
        return BEGINNINGS[message.text("kind")]
    if message.phase == BEGUN:
        return "it has begun"
    if message.phase == LASTING:
        return "it goes on"
    lasted = _lasted(message)
    return f"it is over, after {lasted}" if lasted else "it is over"


def _facts(message: Message) -> list[tuple[str, str]]:
    window, peak = message.text("window"), message.event.get("peak")
    start, end = message.time(), message.time("end_time")
    facts = [("Camera", message.text("camera"))]
    if window not in ("", "whole"):
        facts.append(("Window", window))
    if start:
        facts.append(("From", f"{_when(start)} {_zone(start)}"))
    if end and end != start:
        same_day = start is not None and start.date() == end.date()
        facts.append(("To", f"{end:%H:%M:%S}" if same_day else _when(end)))
    if peak:
        facts.append(("Confidence", f"{peak:.0%} at its highest"))
    return facts


def _lasted(message: Message) -> str:
    start, end = message.event.get("start_seconds"), message.event.get("end_seconds")
    if start is None or end is None or end <= start:
        return ""
    seconds = end - start
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def _when(time: datetime) -> str:
    return f"{time.day} {time:%B %Y, %H:%M:%S}"


def _zone(time: datetime) -> str:
    shift = f"{time:%z}"
    return f"(UTC{shift[:3]}:{shift[3:5]})"


def _size(file: Enclosed) -> str:
    kilobytes = file.size_bytes / 1000
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{max(1, round(kilobytes))} kB"


def _told(file: Enclosed) -> str:
    if file.problem:
        return f"cannot be read any more: {file.problem}"
    return f"not attached, {_size(file)}, sha256 {file.sha256}"


def _row(inner: str, top: bool = False) -> str:
    line = "border-top:1px solid #dfe3e8;" if top else ""
    return f'<tr><td style="padding:18px 24px;{line}">{inner}</td></tr>'


def _banner(message: Message, colour: str) -> str:
    mark = "TEST · " if message.test else ""
    return (
        f'<tr><td style="padding:20px 24px;background:{colour};color:#ffffff">'
        f'<div style="font-size:24px;line-height:1.2;font-weight:700">{mark}'
        f"{escape(message.heading)}</div>"
        f'<div style="margin-top:4px;font-size:15px;opacity:.92">{escape(message.text("camera"))} '
        f"· {escape(_state(message))}</div></td></tr>"
    )


def _table(message: Message) -> str:
    rows = "".join(
        f'<tr><td style="padding:3px 20px 3px 0;color:#5c6570;white-space:nowrap">{name}</td>'
        f'<td style="padding:3px 0;font-weight:600">{escape(value)}</td></tr>'
        for name, value in _facts(message)
    )
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" style="font-size:15px">'
        f"{rows}</table>"
    )


def _bar(message: Message, colour: str) -> str:
    """The confidence as a bar: two cells of a table, since mail knows no other way everywhere."""
    percent = min(100, max(1, round(100 * float(message.event["peak"]))))
    rest = f'<td style="background:#e6e9ed" width="{100 - percent}%"></td>' if percent < 100 else ""
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        'style="margin-top:14px;border-radius:4px;overflow:hidden;border-collapse:separate"><tr>'
        f'<td height="8" width="{percent}%" style="background:{colour};font-size:0;'
        f'line-height:8px">&nbsp;</td>{rest}</tr></table>'
    )


def _files(clip: Enclosed | None, named: Sequence[Enclosed]) -> str:
    hashed = f"font-family:{MONO};font-size:12px;color:#5c6570;overflow-wrap:anywhere"
    found = []
    if clip:
        found.append(
            f"<b>{escape(clip.name)}</b> is attached, {_size(clip)}"
            f'<div style="{hashed}">sha256 {clip.sha256}</div>'
        )
    for file in named:
        found.append(
            f'<span style="overflow-wrap:anywhere">{escape(str(file.path))}</span>'
            f'<div style="{hashed}">{escape(_told(file))}</div>'
        )
    return "".join(
        f'<div style="font-size:14px;line-height:1.6;margin-bottom:6px">{each}</div>'
        for each in found
    )
