import shutil
from collections import Counter
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from kineograph.data.lines.corpus import BUILT_IN, LineTexts, read_corpus
from kineograph.data.lines.degrade import degrade
from kineograph.data.lines.fonts import draw_text, find_fonts, read_font
from kineograph.data.prepare.cursive import prepare_cursive
from kineograph.data.prepare.drawn_lines import whole_number
from kineograph.data.prepare.fonts import prepare_fonts
from kineograph.errors import InputError

OURS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # DejaVu is there, whatever is installed


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    home = tmp_path_factory.mktemp("fonts")
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSerif.ttf", "cmr10.ttf"):
        shutil.copy(OURS / name, home)
    return home


def test_fonts_know_their_family_and_characters(fonts):
    found, problems = find_fonts(fonts)
    assert not problems
    by_name = {font.path.name: font for font in found}
    assert (
        by_name["DejaVuSans-Bold.ttf"].family == by_name["DejaVuSans.ttf"].family == "DejaVu Sans"
    )
    assert not by_name["DejaVuSerif.ttf"].lacks("Größe, щёлкни ſo")
    assert by_name["cmr10.ttf"].lacks("да a") == {"д", "а"}


def test_lines_are_drawn_only_where_every_character_is(fonts, tmp_path):
    (tmp_path / "text.txt").write_text("мой дядя самых правил " * 5, encoding="utf-8")
    done = prepare_fonts(fonts, tmp_path / "out", corpus=str(tmp_path / "text.txt"), count="24")
    lines = done.data_folder.lines
    cyrillic = [line for line in lines if any("а" <= letter <= "я" for letter in line.text)]
    assert len(lines) == 24 and len(cyrillic) > 12
    assert {line.group for line in cyrillic} == {"DejaVu Sans", "DejaVu Serif"}
    assert all(not read_font(fonts / line.source).lacks(line.text) for line in lines)
    assert {done.cache[line].shape[0] for line in lines} == {48}
    assert all(np.ptp(done.cache[line]) > 40 for line in lines)
    again = prepare_fonts(fonts, tmp_path / "two", corpus=str(tmp_path / "text.txt"), count="24")
    for one, other in zip(lines, again.data_folder.lines, strict=True):
        np.testing.assert_array_equal(done.cache[one], again.cache[other])


def test_a_folder_of_drawn_lines_can_be_moved_and_made_again(fonts, tmp_path):
    prepare_fonts(fonts, tmp_path / "out", count=3)
    (tmp_path / "out").rename(tmp_path / "moved")
    shutil.rmtree(tmp_path / "moved" / "cache")
    from kineograph.data.lines.folder import LinesFolder

    cache, problems = LinesFolder(tmp_path / "moved").build_cache()
    assert len(cache) == 3 and not problems
    with pytest.raises(InputError, match="prepared as fonts, and this is cursive"):
        prepare_cursive(BUILT_IN, tmp_path / "moved", count=2)


def test_what_no_font_has_is_named_once(fonts, tmp_path):
    (tmp_path / "text.txt").write_text("漢字 " * 3 + "habe nun ach " * 30, encoding="utf-8")
    done = prepare_fonts(fonts, tmp_path / "out", corpus=str(tmp_path / "text.txt"), count=60)
    assert "4 fonts of 3 families" in done.data_folder.notes
    assert any("no font has 字 (U+5B57" in problem for problem in done.problems)
    assert len(done.problems) == len(set(done.problems)) <= 3
    (fonts / "broken.ttf").write_bytes(b"no font")
    _, problems = find_fonts(fonts)
    (fonts / "broken.ttf").unlink()
    assert len(problems) == 1 and problems[0].startswith("broken.ttf: not a font that can be read")
    (tmp_path / "greek.txt").write_text("漢字漢字", encoding="utf-8")
    with pytest.raises(InputError, match="none of its 4 fonts has the letters of"):
        prepare_fonts(fonts, tmp_path / "none", corpus=str(tmp_path / "greek.txt"))
    with pytest.raises(InputError, match="there is no font in it"):
        find_fonts(tmp_path)


@pytest.mark.parametrize("text", ["Habe nun, ach!", "щёлкни", "Ägypten", "gjpqy"])
def test_nothing_of_a_text_is_cut_off(fonts, text):
    font = read_font(fonts / "DejaVuSerif.ttf")
    for seed in range(6):
        ink = draw_text(text, font, 48, np.random.default_rng(seed))
        border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
        assert border.max() < 0.3 and ink.max() == 1.0 and 20 < ink.shape[0] < 96
        page = degrade(ink, np.random.default_rng(seed))
        assert page.dtype == np.uint8 and np.ptp(page) > 40


def test_handwriting_is_prepared_by_writer(tmp_path):
    done = prepare_cursive(BUILT_IN, tmp_path / "out", count="12", writers="3", longest="20")
    assert len(done.data_folder.lines) == 12 and not done.problems
    assert {line.group for line in done.data_folder.lines} <= {f"writer {n:03}" for n in range(3)}
    assert max(len(line.text) for line in done.data_folder.lines) <= 20
    (tmp_path / "text.txt").write_text("漢字漢字", encoding="utf-8")
    with pytest.raises(InputError, match="no line can be read.*no letter is drawn for 字"):
        prepare_cursive(tmp_path / "text.txt", tmp_path / "none", count=5)


def test_texts_are_drawn_as_long_as_wanted_and_in_every_script():
    texts = LineTexts(read_corpus(BUILT_IN), longest=30)
    drawn = [texts.draw(np.random.default_rng(seed)) for seed in range(300)]
    assert all(0 < len(text) <= 30 and text == " ".join(text.split()) for text in drawn)
    every = set("".join(drawn))
    assert every >= set("абвегд") | set("äüß") | set("0123456789") | set("abcdeA")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda at: read_corpus(at / "no.txt"), "no such file. Name a text file, or built-in."),
        (lambda at: read_corpus(at / "empty.txt"), "it is empty. Put in the texts"),
        (lambda at: read_corpus(at / "latin.txt"), "it is not UTF-8 text"),
        (lambda at: LineTexts(["a"], longest=3), "longest 3 characters"),
        (lambda at: whole_number("count", "many", 1), "count 'many' is not a whole number"),
        (lambda at: whole_number("count", "0", 1), "count 0: it is 1 or more"),
    ],
)
def test_what_cannot_be_drawn_of_is_told(tmp_path, make, words):
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "latin.txt").write_bytes("müßig".encode("latin-1"))
    with pytest.raises(InputError, match=words):
        make(tmp_path)


@pytest.mark.parametrize(
    ("text", "some"), [("Мой дядя самых честных правил", True), ("აბგ დევ ზთი", False)]
)
def test_lines_in_capitals_are_drawn_only_of_texts_that_have_capitals(text, some):
    texts, rng = LineTexts([text]), np.random.default_rng(0)
    drawn = [texts.draw(rng) for _ in range(300)]
    capitals = [line for line in drawn if line.isupper() and any(map(str.isalpha, line))]
    assert bool(capitals) == some


def test_even_words_have_every_letter_of_their_language_as_often():
    texts = LineTexts(["the quick fox jumps oh so often to the end", "ёж и юла"], 24, even=1.0)
    drawn = [texts.draw(np.random.default_rng(seed)) for seed in range(400)]
    counts = Counter("".join(drawn).replace(" ", ""))
    for letters in ("thequickfoxjmpsnd", "ёжиюла"):
        own = [counts[letter] for letter in set(letters)]
        assert min(own) > 0.5 * max(own), letters
    assert not any(set(line) & set("ёж") and set(line) & set("the") for line in drawn)
    assert all(0 < len(line) <= 24 for line in drawn)
