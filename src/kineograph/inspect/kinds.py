"""What can be looked into, by what a network is shown; another kind needs a file and a row here."""

from pathlib import Path

from kineograph.inspect.captions import open_captions
from kineograph.inspect.clips import open_clips
from kineograph.inspect.ink import open_ink
from kineograph.inspect.inspected import Kind
from kineograph.inspect.lines import open_lines
from kineograph.inspect.questions import open_questions
from kineograph.inspect.regions import open_regions
from kineograph.inspect.text import open_text
from kineograph.media.listing import clips_of, pictures_of
from kineograph.predict.pages import spread as pages_of


def files_of(files: list[Path]) -> list[Path]:
    """As they are: a folder of texts is one text."""
    return files


INSPECTED = {
    "clips": Kind("labels clips", ("--from-seconds",), clips_of, open_clips),
    "lines": Kind("reads lines of text", (), pages_of, open_lines),
    "captions": Kind("describes pictures", (), pictures_of, open_captions),
    "questions": Kind("answers questions", ("--question",), pictures_of, open_questions),
    "regions": Kind("describes regions", (), pictures_of, open_regions),
    "text": Kind("writes text", ("--cell",), files_of, open_text),
    "ink": Kind("writes by hand", ("--text", "--bias", "--seed"), files_of, open_ink),
}
