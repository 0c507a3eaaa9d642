"""The table of grades and measurements, and grades from a table."""

import csv
import math

import pytest
from exchange_examples import HEIGHT, WIDTH, graded, layer, record

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.exchange import tables
from retina_studio.exchange.files import csv_rows, csv_table


def square(left, top, side):
    return Polygon(((left, top), (left + side, top), (left + side, top + side), (left, top + side)))


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(tmp_path, *layers):
    tables.write_labels(tmp_path / "labels.csv", iter(layers))
    return rows_of(tmp_path / "labels.csv")


def read(tmp_path, text, image=None, name="labels.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    image = image or record()
    founds = [found for found in tables.read_labels(path) if image.name in found.names]
    return [found.read(image) for found in founds]


@pytest.fixture
def grading():
    return graded(
        ("OD", Ellipse(20, 30, 6, 10)),
        ("OC", Ellipse(20, 30, 3, 5)),
        ("fovea", Point(60, 30)),
        ("iHE", square(50, 10, 4)),
        ("iHE", square(52, 12, 4)),  # overlaps the other by 2 x 2
        ("iHE", square(65, 40, 4)),
        grades={"dr": 2, "ppa": False, "gradability": "good"},
        comment="Mrs. Doe",
    )


def test_measures_of_a_grader(tmp_path, grading):
    image = record(spacing=(0.01, 0.02), eye="OS")
    (row,) = write(tmp_path, layer(grading, image=image))
    assert (row["image"], row["grader"], row["patient"], row["eye"], row["dr"]) == (
        "a",
        "Ada",
        "P-1",
        "OS",
        "2",
    )
    assert (row["ppa"], row["glaucoma"]) == ("false", "")
    assert (row["iHE_answer"], row["iHE_count"], row["iHE_area_px"]) == ("drawn", "3", str(16 + 16 - 4 + 16))
    assert float(row["iHE_area_mm2"]) == pytest.approx(44 * 0.0002)
    assert (row["iHE_superonasal"], row["iHE_inferotemporal"]) == ("2", "1")
    assert (row["MA_answer"], row["MA_count"], row["MA_area_px"]) == (
        "none",
        "0",
        "0",
    )  # the DR grade says so
    assert (row["PPA_answer"], row["drusen_answer"], row["drusen_count"]) == ("none", "", "")
    assert (row["fovea_answer"], row["fovea_x"], row["fovea_y"]) == ("drawn", "60", "30")
    assert float(row["vcdr"]) == pytest.approx(0.5)
    assert float(row["disc_fovea_dd"]) == pytest.approx(2.0)
    assert "Doe" not in (tmp_path / "labels.csv").read_text()


def test_what_is_not_known_is_blank(tmp_path):
    (row,) = write(tmp_path, layer(graded(("MA", Ellipse(5, 5, 2, 2)))))
    blank = (
        "MA_area_mm2",
        "MA_superonasal",
        "OD_answer",
        "OD_count",
        "fovea_x",
        "vcdr",
        "disc_fovea_dd",
        "dr",
    )
    assert [row[column] for column in blank] == [""] * len(blank)
    assert row["MA_count"] == "1"


def test_the_consensus_counts_its_planes_and_what_does_not_comply(tmp_path):
    grading = graded(("MA", square(5, 5, 4)), ("MA", square(20, 20, 4)))
    ids = list(grading.shapes)
    plane = grading.mask("MA", HEIGHT, WIDTH) * 255
    entry = layer(grading, grader="consensus", planes={"MA": plane}, violating=frozenset(ids[:1]))
    rows = write(tmp_path, layer(grading), entry)
    assert [row["MA_not_compliant"] for row in rows] == ["0", "1"]
    assert [row["MA_area_px"] for row in rows] == ["32", "32"]


def test_no_cell_is_a_formula(tmp_path):
    for name in ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "'=1"):
        (row,) = write(tmp_path, layer(graded(grades={"dr": 1}), image=record(name), grader=name))
        assert row["image"] == row["grader"] == "'" + name
        (found,) = tables.read_labels(tmp_path / "labels.csv")
        assert found.names[0] == name
    table = [["-1.5", -1.5, "'", "''a", "\t=1", 'a,b\n"c"']]
    assert csv_table(table).startswith(b"'-1.5,-1.5,'',")
    assert csv_rows(csv_table(table)) == [["-1.5", "-1.5", "'", "''a", "\t=1", 'a,b\n"c"']]


def test_grades_come_in(tmp_path):
    text = "\ufeffimage,dr,ppa,glaucoma,gradability,split\r\na.jpg,3,yes,0,Usable,train\r\n\r\n"
    (grading,) = read(tmp_path, text)
    assert grading.grades == {"dr": 3, "ppa": True, "glaucoma": False, "gradability": "usable"}
    assert type(grading.grades["ppa"]) is bool
    assert type(grading.grades["dr"]) is int


def test_a_blank_grades_nothing(tmp_path):
    (grading,) = read(tmp_path, "image,dr,ppa\na,, \n")
    assert not grading.grades


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "first line must name image"),
        ("image,dr_grade\na,1\n", "first line must name image and one of"),
        ("dr\n1\n", "first line must name image"),
        ("image,dr,dr\na,1,2\n", "a column is there twice"),
        ("image,dr\na\n", "line 2 has 1 cells"),
        ("image,dr\na,5\n", "line 2: '5' is not a Diabetic retinopathy grade"),
        ("image,dr\na,nan\n", "'nan' is not a"),
        ("image,dr\na,1e999\n", "'1e999' is not a"),
        ("image,oct\na,cnv\n", "OCT class is not a grade of fundus images"),
        ('image,dr\n"a,1\n', "written wrongly"),
        ("image,dr\na," + "1" * 200_000, "written wrongly"),
        (b"image,dr\n\xff\xfe,1\n", "not in UTF-8"),
    ],
)
def test_a_wrong_table_is_one_sentence(tmp_path, text, sentence):
    with pytest.raises(RetinaError, match=rf"^labels\.csv[^\n]*{sentence}[^\n]*\.$"):
        read(tmp_path, text)


def test_a_value_that_is_no_number_is_never_written(tmp_path):
    (row,) = write(tmp_path, layer(graded(("OD", Point(5, 5)), ("fovea", Point(5, 5)))))
    assert row["disc_fovea_dd"] == ""
    values = [float(cell) for cell in row.values() if cell.replace(".", "").isdigit()]
    assert all(math.isfinite(value) for value in values)
