"""The grading scales: what is asked, what is required, and what the vote does with them."""

import pytest

from retina_studio.domain import labels
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import scales, scales_of
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.domain.voting.vote import vote
from retina_studio.paths import resources

ATROPHY = new_shape("PPA", Ellipse(50, 50, 9, 9))


def graded(**grades):
    grading = Grading()
    for code, value in grades.items():
        grading = grading.with_grade(code, value)
    return grading


def test_every_value_has_a_title_and_the_dr_grades_have_the_guidelines_words():
    for scale in scales().values():
        assert len(scale.values) == len(scale.titles) == len(scale.hints)
        assert scale.group
    assert "Microaneurysms only" in scales()["dr"].hints[1]
    assert "20 intraretinal haemorrhages in each of 4 quadrants" in scales()["dr"].hints[3]


def test_scales_of_one_group_stand_together():
    for modality in ("fundus", "oct"):
        groups = [scale.group for scale in scales_of(modality)]
        assert sorted(set(groups), key=groups.index) == [
            g for g, b in zip(groups, ["", *groups], strict=False) if g != b
        ]


@pytest.mark.parametrize(
    ("code", "grades", "asked"),
    [
        ("dr", {}, True),
        ("irma", {}, False),
        ("irma", {"dr": 2}, False),
        ("irma", {"dr": 3}, True),
        ("venous_beading", {"dr": 4}, True),
        ("irma", {"dr": 2, "irma": 1}, True),  # given before: it can be taken back
        ("field", {"gradability": "good"}, False),
        ("field", {"gradability": "ungradable"}, True),
    ],
)
def test_a_scale_is_asked_under_its_condition(code, grades, asked):
    assert scales()[code].asked(grades) is asked


def test_gradability_alone_is_required_by_default():
    for modality in ("fundus", "oct"):
        assert Grading().missing(modality) == ["Gradability"]
        assert graded(gradability="usable").missing(modality) == []


def test_a_study_can_require_more():
    good = graded(gradability="good")
    assert good.missing("fundus", {"dr", "certainty"}) == ["Diabetic retinopathy", "Certainty"]
    assert good.missing("oct", {"dr", "oct"}) == ["OCT class"]
    assert good.missing("fundus", []) == []
    assert Grading().missing("fundus", ["dr"]) == ["Gradability", "Diabetic retinopathy"]
    with pytest.raises(RetinaError, match="'diabetes', which does not exist"):
        good.missing("fundus", ["diabetes"])


def test_a_required_scale_is_only_missed_where_it_is_asked():
    required = ["irma", "field"]
    assert graded(gradability="good", dr=2).missing("fundus", required) == []
    assert graded(gradability="usable", dr=3).missing("fundus", required) == [
        "Field definition",
        "IRMA, quadrants",
    ]
    assert graded(gradability="good", dr=3, irma=0).missing("fundus", required) == []


def test_ungradable_waives_everything_else():
    assert graded(gradability="ungradable").missing("fundus", scales().keys()) == []
    assert graded(gradability="ungradable", ppa=True).missing("fundus") == []


def test_atrophy_that_is_present_must_be_drawn():
    present = graded(gradability="good", ppa=True)
    assert present.missing("fundus") == ["Peripapillary atrophy: draw it, or answer none"]
    assert present.with_shape(ATROPHY).missing("fundus") == []
    assert present.with_grade("ppa", False).missing("fundus") == []
    assert graded(gradability="good", dr=1).missing("fundus") == []  # DR1 equals True, and is no such answer


@pytest.mark.parametrize(
    "code", [code for code, scale in scales().items() if not scale.voted and "fundus" in scale.modality]
)
def test_a_scale_that_is_not_voted_stops_nothing_and_is_kept(code):
    values = scales()[code].values
    gradings = {
        name: graded(gradability="good").with_grade(code, value)
        for name, value in zip("abc", [*values, *values], strict=False)
    }
    outcome = vote(gradings, "fundus", (100, 100))
    assert outcome.state == "settled"
    assert outcome.grades == {"gradability": "good"}
    assert outcome.votes[code] == {name: grading.grades[code] for name, grading in gradings.items()}


def test_the_unvoted_scales_are_remarks():
    unvoted = {code for code, scale in scales().items() if not scale.voted}
    assert unvoted == {"definition", "field", "fovea_visible", "venous_beading", "irma", "certainty"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('when = "dr=3|4"', 'when = "dr=3|5"', "is no answer on another scale"),
        ('when = "dr=3|4"', 'when = "rd=3"', "is no answer on another scale"),
        ('titles = ["No", "Yes or suspect"]', 'titles = ["No"]', "one title and one hint for each value"),
        ("voted = true", "vote = true", "wrong or missing keys: vote, voted"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path, monkeypatch, old, new, sentence):
    text = (resources() / "grades.toml").read_text()
    assert old in text
    (tmp_path / "grades.toml").write_text(text.replace(old, new, 1))
    monkeypatch.setattr(labels, "resources", lambda: tmp_path)
    with pytest.raises(RetinaError, match=sentence):
        scales.__wrapped__()
