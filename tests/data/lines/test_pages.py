import math
import re

import cv2
import numpy as np
import pytest

from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import cut_line, cut_region
from kineograph.data.prepare.pages import ALTO as AS_ALTO
from kineograph.data.prepare.pages import PAGE_XML, prepare_pages
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture, save

PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
 <Page imageFilename="p1.png" imageWidth="600" imageHeight="300"><TextRegion id="r1">
  <TextLine id="l1"><Coords points="50,40 349,40 349,87 50,87"/>
   <Baseline points="60,74 330,74"/><TextEquiv index="1"><Unicode>falsch</Unicode></TextEquiv>
   <TextEquiv index="0"><Unicode>Habe nun, ach</Unicode></TextEquiv></TextLine>
  <TextLine id="l2"><Coords points="50,140 349,140 349,187 50,187"/>
   <Word id="w1"><TextEquiv><Unicode>Juristerei</Unicode></TextEquiv></Word>
   <Word id="w2"><TextEquiv><Unicode>und</Unicode></TextEquiv></Word></TextLine>
  <TextLine id="l3"><Coords points="50,200 349,200 349,247 50,247"/></TextLine>
  <TextLine id="l4"><Coords points="1,1"/><TextEquiv><Unicode>x</Unicode></TextEquiv></TextLine>
  <TextLine id="l5"><Coords points="900,40 1349,40 1349,87 900,87"/>
   <TextEquiv><Unicode>outside</Unicode></TextEquiv></TextLine>
 </TextRegion></Page></PcGts>"""

ALTO = """<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">
 <Description><MeasurementUnit>pixel</MeasurementUnit><sourceImageInformation>
 <fileName>scans/p1.png</fileName></sourceImageInformation></Description>
 <Layout><Page WIDTH="600" HEIGHT="300"><PrintSpace><TextBlock>
  <TextLine ID="l1" HPOS="50" VPOS="40" WIDTH="300" HEIGHT="48" BASELINE="74">
   <String CONTENT="Habe"/><SP/><String CONTENT="nun,"/><String CONTENT="ach"/></TextLine>
  <TextLine ID="l2" BASELINE="60 174 330 174"><Shape><Polygon
   POINTS="50 140 349 140 349 187 50 187"/></Shape>
   <String CONTENT="Juri"/><HYP CONTENT="-"/></TextLine>
  <TextLine ID="l3"><String CONTENT="nowhere"/></TextLine>
 </TextBlock></PrintSpace></Page></Layout></alto>"""


def page():
    picture = np.full((300, 600), 235, np.uint8)
    picture[40:88, 50:350] = line_picture("Habe nun, ach", width=300)
    picture[140:188, 50:350] = line_picture("Juristerei und", width=300, seed=1)
    picture[200:248, 50:350] = line_picture("leider auch", width=300, seed=2)
    return picture


@pytest.fixture
def source(tmp_path):
    save(tmp_path / "src" / "p1.png", page())
    return tmp_path / "src"


def test_page_xml_is_read_line_by_line_and_cut_as_drawn(source, tmp_path):
    (source / "page").mkdir()
    (source / "page" / "p1.xml").write_text(PAGE, encoding="utf-8")
    done = prepare_pages(source, tmp_path / "out", form=PAGE_XML)
    lines = done.data_folder.lines
    assert [line.text for line in lines] == ["Habe nun, ach", "Juristerei und"]
    assert {line.group for line in lines} == {"p1"}
    np.testing.assert_array_equal(done.cache[lines[0]], page()[40:88, 50:350])
    np.testing.assert_array_equal(done.cache[lines[1]], page()[140:188, 50:350])
    told = "\n".join(done.problems)
    assert len(done.problems) == 3
    assert "p1.xml l3: no text. Write it, or remove the line." in told
    assert "p1.xml, line l4: 1 points around the line; an outline has three or more." in told
    assert "p1.png: the line lies outside of the page of 600x300 pixels" in told


def test_alto_is_read_by_box_and_by_polygon(source, tmp_path):
    (source / "p1.xml").write_text(ALTO, encoding="utf-8")
    done = prepare_pages(source, tmp_path / "out", form=AS_ALTO)
    lines = done.data_folder.lines
    assert [line.text for line in lines] == ["Habe nun, ach", "Juri-"]
    np.testing.assert_array_equal(done.cache[lines[0]], page()[40:88, 50:350])
    np.testing.assert_array_equal(done.cache[lines[1]], page()[140:188, 50:350])
    assert done.problems == [
        "p1.xml, line l3: <TextLine> has HPOS=None; a number of pixels is needed. Correct it."
    ]
    assert lines[0].polygon == ((50, 40), (349, 40), (349, 87), (50, 87))
    assert lines[0].baseline is None and lines[1].baseline == ((60, 174), (330, 174))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<PcGts><Page", "no whole XML"),
        ("<html/>", "<html> without a <Page>; PAGE XML is <PcGts> with one. Export it again."),
        ("<PcGts/>", "<PcGts> without a <Page>; PAGE XML is <PcGts> with one. Export it again."),
        (ALTO, "<alto> without a <Page>; PAGE XML is <PcGts> with one."),
        (PAGE.replace("p1.png", "p9.png"), "its picture p9.png is not beside it. Put it there."),
    ],
)
def test_a_broken_page_is_one_line_and_the_next_one_is_read(source, tmp_path, written, words):
    (source / "p1.xml").write_text(PAGE, encoding="utf-8")
    (source / "p2.xml").write_text(written, encoding="utf-8")
    done = prepare_pages(source, tmp_path / "out", form=PAGE_XML)
    assert len(done.data_folder.lines) == 2
    (told,) = [line for line in done.problems if line.startswith("p2.xml")]
    assert words in told and "\n" not in told


@pytest.mark.parametrize("form", [PAGE_XML, AS_ALTO])
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY x0 "Habe"><!ENTITY x1 "&x0;&x0;&x0;&x0;&x0;&x0;&x0;&x0;"><!ENTITY x "&x1;&x1;">',
        '<!ENTITY x SYSTEM "secret.txt">',
        '<!ENTITY % y SYSTEM "secret.txt"> %y; <!ENTITY x "Habe">',
    ],
    ids=["bomb", "another file", "another file's declarations"],
)
def test_entities_are_refused_and_no_other_file_is_read(source, tmp_path, form, declared):
    (source / "secret.txt").write_text("secret", encoding="utf-8")
    good = PAGE if form == PAGE_XML else ALTO
    (source / "p1.xml").write_text(good, encoding="utf-8")
    start = good.index("?>") + 2
    bad = f"{good[:start]}<!DOCTYPE a [{declared}]>{good[start:]}".replace("Habe nun, ach", "&x;")
    (source / "p2.xml").write_text(bad, encoding="utf-8")
    done = prepare_pages(source, tmp_path / "out", form=form)
    (told,) = [line for line in done.problems if line.startswith("p2.xml")]
    assert "declares the entity" in told and "entities are not read" in told
    assert len(done.data_folder.lines) == 2
    assert "secret" not in repr(done.data_folder.lines)


def in_units(unit, per_inch, dots=300):
    """ALTO with every place in another unit, as a library's scanner of `dots` wrote it."""

    def measured(found):
        numbers = [str(float(each) * per_inch / dots) for each in found[2].split()]
        return f'{found[1]}="{" ".join(numbers)}"'

    places = r"(HPOS|VPOS|WIDTH|HEIGHT|BASELINE|POINTS)=\"([^\"]*)\""
    return re.sub(places, measured, ALTO).replace(">pixel<", f">{unit}<")


@pytest.mark.parametrize(("unit", "per_inch"), [("mm10", 254), ("inch1200", 1200)])
def test_alto_in_other_units_is_read_by_the_dots_per_inch_of_its_picture(tmp_path, unit, per_inch):
    for name, text in (("pixels", ALTO), ("units", in_units(unit, per_inch))):
        save(tmp_path / name / "p1.png", page(), dpi=(300, 300))
        (tmp_path / name / "p1.xml").write_text(text, encoding="utf-8")
    pixels, units = (
        prepare_pages(tmp_path / name, tmp_path / f"{name}-out", form=AS_ALTO)
        for name in ("pixels", "units")
    )
    assert units.data_folder.lines == pixels.data_folder.lines
    assert len(units.data_folder.lines) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "is measured in mm10; places are read in pixels of the picture, whose dots per inch"),
        ({"dpi": (72, 72)}, "at the 72 dots per inch of its picture the page has 144x72 pixels"),
    ],
)
def test_alto_in_millimetres_is_refused_where_the_picture_does_not_say_how_many(
    tmp_path, options, words
):
    save(tmp_path / "src" / "p1.png", page(), **options)
    (tmp_path / "src" / "p1.xml").write_text(in_units("mm10", 254), encoding="utf-8")
    with pytest.raises(InputError) as told:
        prepare_pages(tmp_path / "src", tmp_path / "out", form=AS_ALTO)
    assert f"p1.xml: {words}" in str(told.value) and "\n" not in str(told.value)


def test_of_several_pages_in_a_file_with_one_picture_the_first_is_read(source, tmp_path):
    second = (
        '<Page><TextBlock><TextLine HPOS="1" VPOS="1" WIDTH="9" HEIGHT="9"/></TextBlock></Page>'
    )
    (source / "p1.xml").write_text(ALTO.replace("</Page>", f"</Page>{second}"), encoding="utf-8")
    done = prepare_pages(source, tmp_path / "out", form=AS_ALTO)
    assert len(done.data_folder.lines) == 2
    assert done.problems[-1] == (
        "p1.xml: 2 pages and one picture, so only the first is read. Write a file for each page."
    )


def test_the_folder_itself_may_be_called_as_exports_call_theirs(tmp_path):
    save(tmp_path / "page" / "p1.png", page())
    (tmp_path / "page" / "p1.xml").write_text(PAGE, encoding="utf-8")
    done = prepare_pages(tmp_path / "page", tmp_path / "out", form=PAGE_XML)
    assert [line.group for line in done.data_folder.lines] == ["p1", "p1"]


def test_an_upright_box_of_a_fraction_is_as_wide_as_it_says(source, tmp_path):
    moved = ALTO.replace('HPOS="50" VPOS="40"', 'HPOS="50.4" VPOS="39.6"')
    (source / "p1.xml").write_text(moved.replace(">pixel<", ">px<"), encoding="utf-8")
    done = prepare_pages(source, tmp_path / "out", form=AS_ALTO)
    assert done.data_folder.lines[0].polygon == ((50, 40), (349, 40), (349, 87), (50, 87))


@pytest.mark.parametrize("degrees", [-20, -3, 5, 90])
def test_a_slanted_line_is_turned_until_its_baseline_is_level(degrees):
    straight = line_picture("Habe nun, ach", height=48, width=300)
    page = np.full((700, 700), 235, np.uint8)
    page[326:374, 200:500] = straight
    turn = cv2.getRotationMatrix2D((349.5, 349.5), -degrees, 1.0)
    slanted = cv2.warpAffine(page, turn, (700, 700), flags=cv2.INTER_CUBIC, borderValue=235)

    def placed(*points):
        return tuple(tuple(int(round(value)) for value in turn @ (x, y, 1.0)) for x, y in points)

    corners = placed((200, 326), (499, 326), (499, 373), (200, 373))
    cut = cut_line(slanted, Line("p.png", "Habe", corners, placed((205, 360), (495, 360))))
    assert abs(cut.shape[0] - 48) <= 3 and abs(cut.shape[1] - 300) <= 3
    ink = np.argwhere(cut < 130)
    truth = np.argwhere(straight < 130)
    middle = truth.mean(axis=0) - (24, 150)
    np.testing.assert_allclose(ink.mean(axis=0) - np.array(cut.shape) / 2, middle, atol=2)
    np.testing.assert_allclose(ink.std(axis=0), truth.std(axis=0), atol=1.5)
    assert math.isclose(len(ink), len(truth), rel_tol=0.15)


@pytest.mark.parametrize("degrees", [0, 30, 180])
def test_top_is_told_from_bottom_whichever_end_of_a_baseline_is_drawn_first(degrees):
    page = np.full((700, 700), 235, np.uint8)
    page[326:374, 200:500] = line_picture("Habe nun, ach", height=48, width=300)
    turn = cv2.getRotationMatrix2D((349.5, 349.5), -degrees, 1.0)
    turned = cv2.warpAffine(page, turn, (700, 700), borderValue=235)
    ends = [(205, 360, 1), (495, 360, 1)]
    corners = [(200, 326, 1), (499, 326, 1), (499, 373, 1), (200, 373, 1)]
    polygon = tuple(tuple(np.rint(turn @ point).astype(int).tolist()) for point in corners)
    baseline = tuple(tuple(np.rint(turn @ point).astype(int).tolist()) for point in ends)
    one, other = (cut_region(turned, polygon, way) for way in (baseline, baseline[::-1]))
    np.testing.assert_array_equal(one, other)
    left = (page[326:374, 200:350] < 130).sum()
    assert (one[:, : one.shape[1] // 2] < 130).sum() == pytest.approx(left, rel=0.15)


def test_what_lies_outside_of_a_polygon_is_paper():
    page = np.full((100, 300), 230, np.uint8)
    page[:, 100:110] = 0  # a rule crosses both lines
    page[60:, :] = 10  # the next line's ink
    triangle = ((0, 0), (299, 0), (0, 80))
    cut = cut_line(page, Line("p.png", "a", triangle))
    assert cut[5, 105] == 0 and cut[70, 250] == 230 and cut[79, 299] == 230
    partly = cut_line(page, Line("p.png", "a", ((-20, 0), (50, 0), (50, 40), (-20, 40))))
    assert partly.shape == (41, 71) and set(np.unique(partly)) == {230}
