"""Antiqua lines for a reader of Fraktur: old German books set whole works, and Latin, in Antiqua.

    python examples/fraktur/draw_antiqua.py data/archiscribe data/antiqua

The words are those of the archiscribe corpus's training side alone, spelled as Antiqua spells them
(ſs for ß, »…« for „…“) in half of the works. The fonts are Debian's: fonts-cmu, fonts-oldstandard,
fonts-gfs-didot, fonts-adf-baskervald, fonts-ebgaramond, fonts-linuxlibertine, fonts-junicode.
"""

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

from kineograph.data.lines.folder import LinesFolder
from kineograph.data.prepare.fonts import prepare_fonts

FONTS = Path("/usr/share/fonts")
FILES = [
    "cmunrm.ttf",
    "cmunti.ttf",
    "cmunbx.ttf",
    "cmunsl.ttf",
    "cmunbi.ttf",
    "OldStandard-Regular.ttf",
    "OldStandard-Italic.ttf",
    "OldStandard-Bold.ttf",
    "GFSDidot.otf",
    "GFSDidotItalic.otf",
    "GFSDidotBold.otf",
    "GFSDidotBoldItalic.otf",
    "BaskervaldADFStd.otf",
    "BaskervaldADFStd-Italic.otf",
    "BaskervaldADFStd-Bold.otf",
    "BaskervaldADFStd-Heavy.otf",
    "EBGaramond08-Regular.otf",
    "EBGaramond08-Italic.otf",
    "EBGaramond12-Regular.otf",
    "EBGaramond12-Italic.otf",
    "EBGaramond12-Bold.otf",
    "LinLibertine_R.otf",
    "LinLibertine_RI.otf",
    "LinLibertine_RB.otf",
    "LinLibertine_DR.otf",
    "JunicodeTwoBeta-Regular.otf",
    "JunicodeTwoBeta-Italic.otf",
    "JunicodeTwoBeta-Medium.otf",
    "JunicodeTwoBeta-Bold.otf",
    "JunicodeTwoBeta-SemiExpanded.otf",
    "JunicodeTwoBeta-Condensed.otf",
]
AS_ANTIQUA = str.maketrans({"ß": "ſs", "⸗": "-", "„": "»", "“": "«"})


def corpus_of(folder: LinesFolder) -> str:
    """A paragraph for each work of the training side, every second one spelled as it stands."""
    works: dict[str, list[str]] = defaultdict(list)
    for line in folder.lines:
        if line.split == "train":
            works[line.group or ""].append(line.text)
    paragraphs = []
    for number, work in enumerate(sorted(works)):
        text = " ".join(works[work])
        paragraphs.append(text.translate(AS_ANTIQUA))
        if number % 2:
            paragraphs.append(text)
    return "\n\n".join(paragraphs)


def link_fonts(folder: Path) -> None:
    """The fonts named above, in one folder; says which are not installed."""
    for name in FILES:
        found = sorted(FONTS.rglob(name))
        if found:
            (folder / name).symlink_to(found[0])
        else:
            print(f"{name}: not installed, so not drawn with")


def main() -> None:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path, help="archiscribe, prepared")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=1500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fonts, corpus = Path(folder, "fonts"), Path(folder, "corpus.txt")
        fonts.mkdir()
        link_fonts(fonts)
        corpus.write_text(corpus_of(LinesFolder(given.lines)), encoding="utf-8")
        done = prepare_fonts(
            fonts,
            given.out,
            corpus=str(corpus),
            count=given.count,
            longest=70,
            height=40,
            name="drawn Antiqua",
            overwrite=True,
        )
    print(f"{len(done.data_folder.lines)} lines in {given.out}")


if __name__ == "__main__":
    main()
