"""The agreement of a study as a page, a document, a table and values."""

import csv
import json
import xml.etree.ElementTree as ET

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.exchange.agreement_report import write_agreement
from retina_studio.exchange.agreement_sections import figure, sections
from retina_studio.study.agreement_values import (
    DriftPoint,
    GradeAgreement,
    GradingTime,
    LabelAgreement,
    Overlap,
    RevealChanges,
    ScaleAgreement,
    StudyAgreement,
)
from retina_studio.study.estimates import Estimate

NAMES = ("Dr <Ada> & $o$n", "=Ben", "Cleo")


def some(value, n=40):
    return Estimate(value, value - 0.05, value + 0.05, n)


@pytest.fixture
def agreement():
    pairs = [(a, b) for number, a in enumerate(NAMES) for b in NAMES[number + 1 :]]
    return StudyAgreement(
        study="s1",
        at="2026-11-22T10:00:00+00:00",
        images=40,
        gradings=120,
        blind=False,
        period="month",
        graders=NAMES,
        labels=tuple(
            LabelAgreement(name, code, some(0.91), some(0.84), 30, 4, 3, some(0.88), some(0.9))
            for name in NAMES
            for code in ("OD", "MA")
        ),
        scales=(ScaleAgreement("dr", some(0.7), some(0.61)),),
        pairs=tuple(GradeAgreement(a, b, "dr", some(0.8), some(-0.02), some(0.75)) for a, b in pairs),
        overlaps=tuple(Overlap(a, b, "OD", some(0.93)) for a, b in pairs),
        consensus=tuple(
            GradeAgreement(n, "consensus", "dr", some(0.9), some(0.8), some(0.85)) for n in NAMES
        ),
        drift=tuple(
            DriftPoint(name, start, 9, 0.9, None) for name in NAMES for start in ("2026-09-01", "2026-10-01")
        ),
        times=tuple(GradingTime(name, 40, 75.0, 50.0, 120.0) for name in NAMES),
        reveals=(RevealChanges("Cleo", 10, 3, some(0.3, 10)),),
        repeat_grades=(GradeAgreement("Cleo", "Cleo", "dr", some(0.9), some(0.8), some(0.8)),),
        repeat_overlaps=(Overlap("Cleo", "Cleo", "OD", Estimate(None, None, None, 0)),),
    )


def test_the_page_shows_every_figure_and_takes_names_for_text(agreement, tmp_path):
    write_agreement(agreement, tmp_path / "new" / "report.html")
    page = (tmp_path / "new" / "report.html").read_text("utf-8")
    assert "Dr &lt;Ada&gt; &amp; $o$n" in page
    assert "<Ada>" not in page
    assert "0.910 (0.860–0.960)" in page
    assert page.count("<svg") == 4  # drawings, one matrix, one drift, times
    for svg in page.split("<svg")[1:]:
        ET.fromstring("<svg" + svg[: svg.index("</svg>")] + "</svg>")  # noqa: S314 - our own


def test_the_table_has_one_figure_a_line_and_no_formula(agreement, tmp_path):
    write_agreement(agreement, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kappa = next(
        r for r in rows if r["figure"] == "kappa" and r["second"] == "Cleo" and r["first"] == "'=Ben"
    )
    assert (float(kappa["value"]), float(kappa["low"]), kappa["of"]) == (-0.02, -0.07, "dr")
    assert {row["what"] for row in rows} == {"drawing", "grade", "repeat", "drift", "seconds", "reveal"}
    nothing = next(row for row in rows if row["what"] == "repeat" and row["figure"] == "dice")
    assert (nothing["value"], nothing["images"]) == ("", "0")


def test_the_document_and_the_values(agreement, tmp_path):
    write_agreement(agreement, tmp_path / "report.pdf")
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    tables = sum(len(section.rows) for section in sections(agreement))
    assert tables == 28
    assert content.count(b"/Type /Page ") == 1 + 3 + 4  # what it is, tables, charts
    write_agreement(agreement, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["pairs"][0]["quadratic"]["value"] == 0.75


def test_another_ending_is_refused(agreement, tmp_path):
    with pytest.raises(RetinaError, match=r"report\.doc must end in \.html, \.pdf, \.csv, \.json"):
        write_agreement(agreement, tmp_path / "report.doc")


def test_a_figure_in_words():
    assert figure(Estimate(None, None, None, 0)) == "—"
    assert figure(Estimate(0.5, None, None, 1), 2) == "0.50"
