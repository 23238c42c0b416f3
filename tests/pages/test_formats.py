"""What is written is read again as it was; what others wrote is read; what is broken says so."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.pages.alto import alto, pages_from_tree, read_alto
from kineograph.pages.hocr import hocr, read_hocr
from kineograph.pages.page_xml import page_xml, read_page_xml
from kineograph.pages.plain import page_json, plain_text
from kineograph.pages.text import Alternative, Block, PageText, TextLine, bounds
from kineograph.pages.write import SUFFIXES, WRITERS, read_lines_file, write_pages
from kineograph.pages.xml_tree import parse_tree
from tests.pages.written_pages import line, written


def saved(tmp_path, text, name="a.xml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def without_ids(page):
    """Lines are numbered anew by each form."""
    blocks = tuple(
        replace(block, lines=tuple(replace(each, id="") for each in block.lines))
        for block in page.blocks
    )
    return replace(page, blocks=blocks, warnings=(), number=1, dots_per_inch=None)


def test_page_xml_is_read_as_it_was_written(tmp_path):
    read = read_page_xml(saved(tmp_path, page_xml(written())))
    assert without_ids(read) == without_ids(written())
    assert read.lines[0].id == "line_1"


def test_alto_is_read_as_it_was_written(tmp_path):
    second = replace(written(), blocks=written().blocks[1:], number=4)
    pages = read_alto(saved(tmp_path, alto([written(), second])))
    assert [page.number for page in pages] == [3, 4]
    assert [without_ids(page) for page in pages] == [without_ids(written()), without_ids(second)]


def test_json_is_read_as_it_was_written(tmp_path):
    assert read_lines_file(saved(tmp_path, page_json([written()]), "a.json")) == (written(),)


def test_hocr_is_read_as_it_was_written_but_for_characters(tmp_path):
    (read,) = read_hocr(saved(tmp_path, hocr([written()])))
    assert (read.width_pixels, read.height_pixels, read.number) == (600, 500, 3)
    assert read.picture_name == "Seite 1.png"
    assert [block.kind for block in read.blocks] == [block.kind for block in written().blocks]
    for found, true in zip(read.lines, written().lines, strict=True):
        assert found.text == true.text and found.polygon == true.polygon
        assert np.allclose(found.baseline, true.baseline)
        assert [(w.text, w.polygon) for w in found.words] == [
            (w.text, w.polygon) for w in true.words
        ]
        assert all(w.confidence == 0.88 for w in found.words)


def test_plain_text_keeps_lines_and_hyphens():
    assert plain_text([written(), PageText(9, 9)]) == (
        "Die Waſſerſtraße ſu\u0364dlich\n<a> & \"b\" 'c' Zei-\n\nГород ёлка й 𝔉raktur 中文\n\f\n"
    )


@pytest.mark.parametrize("form", ["alto", "page", "json", "hocr"])
def test_lines_without_words_and_without_text(tmp_path, form):
    bare = TextLine(((5.0, 5.0), (50.0, 6.0), (50.0, 20.0), (5.0, 19.0)))
    lines = (bare, replace(bare, text="ohne Wörter"))
    write_pages(tmp_path / "a.xml", [PageText(90, 90, (Block(lines),), "a.png")], form)
    file = tmp_path / "a.xml"
    if form == "json":
        file = file.rename(tmp_path / "a.json")
    (page,) = read_lines_file(file)
    assert [each.text for each in page.lines] == ["", "ohne Wörter"]
    assert bounds(page.lines[0].polygon) == bounds(bare.polygon)


ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_any_text_survives_xml(words):
    text = " ".join(words)
    page = PageText(900, 900, (Block((line(text, 10, 10, width=800),)),), "a.png")
    for made in (page_xml(page), alto([page]), hocr([page])):
        root = parse_tree(made.encode(), "a.xml")
        found = [element.get("CONTENT") for element in root.iter("String")]
        found += [
            unicode.text
            for own in root.iter("Word")
            for unicode in own.findall("TextEquiv/Unicode")
        ]
        found += [e.text for e in root.iter("span") if e.get("class") == "ocrx_word"]
        assert found == words


def test_control_characters_do_not_break_the_file():
    page = PageText(90, 90, (Block((TextLine(((0.0, 0.0),) * 3, text="a\x00b\ud800c"),)),))
    assert "a\ufffdb\ufffdc" in page_xml(page)
    parse_tree(alto([page]).encode(), "a.xml")


def test_page_xml_has_the_parts_that_its_schema_asks_for():
    when = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    root = ElementTree.fromstring(page_xml(written(), when))
    space = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"
    assert root.tag == f"{space}PcGts"
    assert [child.tag.removeprefix(space) for child in root] == ["Metadata", "Page"]
    assert [each.text for each in root[0]] == ["Kineograph", *["2026-02-03T04:05:06"] * 2]
    names = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(names) == len(set(names))
    references = [each.get("regionRef") for each in root.iter(f"{space}RegionRefIndexed")]
    assert references == [region.get("id") for region in root.iter(f"{space}TextRegion")]
    for own in root.iter(f"{space}TextLine"):
        children = [child.tag.removeprefix(space) for child in own]
        order = ["Coords", "Baseline", "Word", "TextEquiv"]
        assert children == sorted(children, key=order.index)


def test_alto_has_the_parts_that_its_schema_asks_for():
    root = ElementTree.fromstring(alto([written(), written()]))
    space = "{http://www.loc.gov/standards/alto/ns-v4#}"
    parts = [child.tag.removeprefix(space) for child in root]
    assert parts == ["Description", "Tags", "Layout"]
    names = [each.get("ID") for each in root.iter() if each.get("ID")]
    assert len(names) == len(set(names))
    for own in root.iter(f"{space}TextLine"):
        children = [child.tag.removeprefix(space) for child in own]
        assert children[0] == "Shape" and children[1] == children[-1] == "String"
        assert children[2::2] == ["SP"] * (len(children) // 2 - 1)
    for each in root.iter():
        if each.tag.removeprefix(space) in {"TextBlock", "TextLine", "String", "SP", "Glyph"}:
            assert all(int(each.get(key)) >= 0 for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))


def with_alternatives(*texts):
    """A page of one line `Habe nun` that may be other texts, each with a share."""
    several = tuple(Alternative(text, 0.5 / 2**n) for n, text in enumerate(texts))
    own = replace(line("Habe nun", 20, 20), alternatives=several)
    return PageText(600, 500, (Block((own,)),), "a.png")


def test_alternatives_are_written_where_the_form_has_a_place_for_them(tmp_path):
    page = with_alternatives("Habe nun", "Hahe nun", "Habe nnn", "Habenun", "Hahe nnn")
    (again,) = read_lines_file(saved(tmp_path, page_json([page]), "a.json"))
    assert again == page
    root = ElementTree.fromstring(page_xml(page))
    space = root.tag.removesuffix("PcGts")
    (own,) = root.iter(f"{space}TextLine")
    assert [
        (each.get("index"), each.get("conf"), each.findtext(f"{space}Unicode"))
        for each in own.findall(f"{space}TextEquiv")
    ][:3] == [("0", "0.5", "Habe nun"), ("1", "0.25", "Hahe nun"), ("2", "0.125", "Habe nnn")]
    assert read_page_xml(saved(tmp_path, page_xml(page))).lines[0].text == "Habe nun"
    root = ElementTree.fromstring(alto([page]))
    space = root.tag.removesuffix("alto")
    words = list(root.iter(f"{space}String"))
    assert [[each.text for each in word.iter(f"{space}ALTERNATIVE")] for word in words] == [
        ["Hahe"],
        ["nnn"],  # Habenun is one word: of which of the two, nothing says
    ]
    order = [child.tag.removeprefix(space) for child in words[0]]
    assert order == ["Shape", "ALTERNATIVE", *["Glyph"] * 4]
    assert read_alto(saved(tmp_path, alto([page])))[0].lines[0].text == "Habe nun"
    for other in (plain_text([page]), hocr([page])):
        assert "Hahe" not in other


@pytest.mark.parametrize("form", ["alto", "page", "json"])
def test_an_empty_reading_with_alternatives_stays_empty(tmp_path, form):
    page = with_alternatives("", "a")
    empty = replace(page.lines[0], text="", words=())
    write_pages(tmp_path / "a", [replace(page, blocks=(Block((empty,)),))], form)
    path = (tmp_path / "a").rename(tmp_path / f"a{SUFFIXES[form]}")
    assert read_lines_file(path)[0].lines[0].text == ""


OTHERS_PAGE = """<?xml version="1.0"?>
<p:PcGts xmlns:p="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15"><p:Page
imageFilename="x.jpg" imageWidth="100" imageHeight="50"><p:ReadingOrder><p:OrderedGroup id="g">
<p:RegionRefIndexed index="1" regionRef="a"/><p:RegionRefIndexed index="0" regionRef="b"/>
</p:OrderedGroup></p:ReadingOrder><p:TextRegion id="a"><p:Coords points="0,0 9,0 9,9"/>
<p:TextLine id="l1"><p:Coords points="0,0 9,0 9,9"/><p:TextEquiv index="1"><p:Unicode>second
</p:Unicode></p:TextEquiv>
<p:TextEquiv index="0" conf="0.5"><p:Unicode>first</p:Unicode></p:TextEquiv>
</p:TextLine></p:TextRegion><p:TextRegion id="b">
<p:TextLine id="l2"><p:Coords points="1,1 9,1 9,9"/>
<p:Word id="w"><p:Coords points="1,1 9,1 9,9"/><p:TextEquiv><p:Unicode>aus</p:Unicode></p:TextEquiv>
</p:Word><p:Word id="v"><p:Coords points="1,1 9,1 9,9"/><p:TextEquiv><p:Unicode>Wörtern</p:Unicode>
</p:TextEquiv></p:Word></p:TextLine></p:TextRegion></p:Page></p:PcGts>"""

OTHERS_ALTO = """<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Layout>
<Page WIDTH="100" HEIGHT="50"><PrintSpace><TextBlock ID="b"><TextLine ID="l" BASELINE="8" HPOS="1"
VPOS="2" WIDTH="30" HEIGHT="8">
<String CONTENT="Zei" HPOS="1" VPOS="2" WIDTH="9" HEIGHT="8" WC="0.5"/>
<String CONTENT="len" HPOS="12" VPOS="2" WIDTH="9" HEIGHT="8" WC="1"/><HYP CONTENT="-"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""


def test_page_xml_of_others(tmp_path):
    page = read_page_xml(saved(tmp_path, OTHERS_PAGE))
    assert [each.text for each in page.lines] == ["aus Wörtern", "first"]
    assert [each.id for each in page.lines] == ["l2", "l1"]
    assert page.lines[1].confidence == 0.5 and page.lines[1].polygon[2] == (9.0, 9.0)


def test_alto_of_others(tmp_path):
    (page,) = read_alto(saved(tmp_path, OTHERS_ALTO))
    (only,) = page.lines
    assert only.text == "Zei len-" and only.confidence == 0.75
    assert only.baseline == ((1.0, 8.0), (31.0, 8.0))
    assert bounds(only.polygon) == (1, 2, 31, 10)


def test_one_bad_line_does_not_lose_the_others_where_problems_are_taken(tmp_path):
    problems = []
    broken = OTHERS_PAGE.replace('points="1,1 9,1 9,9"', 'points="1,1 9,1"', 1)
    broken = broken.replace('imageWidth="100"', "")
    (page,) = read_lines_file(saved(tmp_path, broken), problems)
    assert [each.id for each in page.lines] == ["l1"] and page.width_pixels == 0
    assert len(problems) == 2 and all("a.xml" in each for each in problems)
    problems.clear()  # a word without its place costs neither the line nor any of its text
    broken = OTHERS_ALTO.replace('HPOS="12"', "")
    (page,) = pages_from_tree(parse_tree(broken.encode(), "b.xml"), "b.xml", problems)
    assert [each.text for each in page.lines] == ["Zei len-"]
    assert [word.text for word in page.lines[0].words] == ["Zei"]
    assert problems == [
        "b.xml, line l: <String> has HPOS=None; a number of pixels is needed. Correct it."
    ]


def test_page_xml_of_tables_of_others_and_with_empty_transcriptions(tmp_path):
    cells = "".join(
        f'<TableCell id="c"><TextLine id="l{n}"><Coords points="0,0 9,0 9,9"/>{text}</TextLine>'
        "</TableCell>"
        for n, text in enumerate(
            [
                "<TextEquiv index='0'><Unicode> </Unicode></TextEquiv>"
                "<TextEquiv index='1'><Unicode>one</Unicode></TextEquiv>",
                "<Word><TextEquiv><Unicode>t</Unicode></TextEquiv></Word><Word><Glyph><TextEquiv>"
                "<Unicode>w</Unicode></TextEquiv></Glyph><Glyph><TextEquiv><Unicode>o</Unicode>"
                "</TextEquiv></Glyph></Word><TextEquiv><Unicode/></TextEquiv>",
            ]
        )
    )
    whole = f'<PcGts><Page imageWidth="9" imageHeight="9"><TableRegion>{cells}</TableRegion></Page>'
    page = read_page_xml(saved(tmp_path, f"{whole}</PcGts>"))
    assert [(each.id, each.text) for each in page.lines] == [("l0", "one"), ("l1", "t wo")]


def test_alto_words_without_places_and_some_spaces_told(tmp_path):
    line = (
        '<TextLine HPOS="1" VPOS="2" WIDTH="30" HEIGHT="8"><String CONTENT="a"/><SP/>'
        '<String CONTENT="b"/><String CONTENT="c"/><HYP/></TextLine>'
    )
    page = f'<alto><Page WIDTH="9" HEIGHT="9"><TextBlock>{line}</TextBlock></Page></alto>'
    ((only,),) = [each.lines for each in read_alto(saved(tmp_path, page))]
    assert only.text == "a b c-" and only.is_box
    assert [word.polygon for word in only.words] == [(), (), ()]


@pytest.mark.parametrize(("unit", "dots"), [("mm10", 254.0), ("inch1200", 1200.0)])
def test_alto_in_other_units_is_scaled_by_the_dots_per_inch(tmp_path, unit, dots):
    told = f"<Description><MeasurementUnit>{unit}</MeasurementUnit></Description><Layout>"
    file = saved(tmp_path, OTHERS_ALTO.replace("<Layout>", told))
    (same,) = read_alto(file, dots_per_inch=dots)
    assert same == read_alto(saved(tmp_path, OTHERS_ALTO, "b.xml"))[0]
    (double,) = read_alto(file, dots_per_inch=2 * dots)
    assert (double.width_pixels, double.height_pixels) == (200, 100)
    assert bounds(double.lines[0].polygon) == (2, 4, 62, 20)
    assert double.lines[0].baseline == ((2.0, 16.0), (62.0, 16.0))
    assert bounds(double.lines[0].words[1].polygon) == (24, 4, 42, 20)


PAGE_BREAKS = {
    "cut off": (OTHERS_PAGE[:500], r"no whole XML \(.*\)\. Export or copy it again\."),
    "no points": (OTHERS_PAGE.replace('points="0,0 9,0 9,9"', 'points="0,0 9"'), r"points '0,0 9'"),
    "words": (OTHERS_PAGE.replace('points="1,1', 'points="a,b'), r"points are pairs of numbers"),
    "two points": (
        OTHERS_PAGE.replace('points="1,1 9,1 9,9"', 'points="1,1 9,1"'),
        r"line l2: 2 points around the line; an outline has three or more",
    ),
    "no width": (OTHERS_PAGE.replace('imageWidth="100"', ""), r"<Page> has imageWidth=None; a num"),
    "no page": (OTHERS_PAGE.replace("p:Page", "p:Side"), r"<PcGts> without a <Page>; PAGE XML is"),
    "infinite": (OTHERS_PAGE.replace('"100"', '"inf"'), r"imageWidth='inf'; a number of pixels"),
}


@pytest.mark.parametrize("content, words", PAGE_BREAKS.values(), ids=PAGE_BREAKS)
def test_broken_page_xml_says_so_in_a_line(tmp_path, content, words):
    with pytest.raises(InputError, match=words) as told:
        read_page_xml(saved(tmp_path, content))
    assert "\n" not in str(told.value) and str(tmp_path) in str(told.value)


ALTO_BREAKS = {
    "cut off": (OTHERS_ALTO[:300], r"no whole XML"),
    "no place": (OTHERS_ALTO.replace('HPOS="12"', ""), r"line l: <String> has HPOS=None"),
    "not pixels": (
        OTHERS_ALTO.replace(
            "<Layout>",
            "<Description><MeasurementUnit>mm10</MeasurementUnit></Description><Layout>",
        ),
        r"is measured in mm10; places are read in pixels .* MeasurementUnit pixel\.",
    ),
    "no page": (OTHERS_ALTO.replace("Page", "Side"), r"<alto> without a <Page>; ALTO is <alto>"),
}


@pytest.mark.parametrize("content, words", ALTO_BREAKS.values(), ids=ALTO_BREAKS)
def test_broken_alto_says_so_in_a_line(tmp_path, content, words):
    with pytest.raises(InputError, match=words) as told:
        read_alto(saved(tmp_path, content))
    assert "\n" not in str(told.value)


def test_entities_are_refused_and_doctypes_are_not():
    bomb = b'<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    with pytest.raises(InputError, match=r"a\.xml: declares the entity 'x'; entities are not read"):
        parse_tree(bomb, "a.xml")
    file = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    with pytest.raises(InputError, match=r"declares the entity 'x'"):
        parse_tree(file, "a.xml")
    assert parse_tree(b'<!DOCTYPE html PUBLIC "a" "b"><html/>', "a.xml").tag == "html"
    with pytest.raises(InputError, match=r"elements lie 200 deep in each other; no page is like"):
        parse_tree(b"<a>" * 9000 + b"</a>" * 9000, "a.xml")


def test_forms_are_told_apart_by_their_content(tmp_path):
    for form in set(WRITERS) - {"text"}:
        file = tmp_path / f"a{SUFFIXES[form]}"
        write_pages(file, [written()], form)
        assert [each.text for each in read_lines_file(file)[0].lines][1] == written().lines[1].text
    with pytest.raises(InputError, match=r"begins with <svg>; lines are read from PAGE"):
        read_lines_file(saved(tmp_path, "<svg/>"))
    with pytest.raises(InputError, match=r"none\.xml: cannot be read \(No such file"):
        read_lines_file(tmp_path / "none.xml")
    with pytest.raises(InputError, match=r"no element of class ocr_page; hOCR has one a page"):
        read_lines_file(saved(tmp_path, "<html/>"))
    for content in ("{}", "[1]", "nothing", json.dumps({"pages": [{"blocks": 3}]})):
        with pytest.raises(InputError, match=r"a\.json: no pages in JSON as they are written here"):
            read_lines_file(saved(tmp_path, content, "a.json"))


def test_what_cannot_be_written_says_so(tmp_path):
    with pytest.raises(InputError, match=r"form 'altos' is not one of text, .*Did you mean 'alto'"):
        write_pages(tmp_path / "a", [written()], "altos")
    with pytest.raises(InputError, match=r"2 pages; a PAGE file holds one\. Write one file for"):
        write_pages(tmp_path / "a", [written()] * 2, "page")
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(InputError, match=r"cannot be written \(.*\)\. Check the folder"):
        write_pages(tmp_path / "folder" / "a.txt", [written()], "text")
