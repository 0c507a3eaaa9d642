"""The most informative images first: the same images, in another order, each with its reason."""

import pytest
from typer.testing import CliRunner

from retina_studio.cli import app
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Ellipse, Shape
from retina_studio.study.assigning import assign
from retina_studio.study.informative import UNTOLD, informative_worklist, read_merits
from retina_studio.study.schema import GistRow
from retina_studio.study.verify import study_problems


def offer(study, name, chances, labels=(), weights="ab"):
    shapes = tuple(Shape(label, Ellipse(9, 9, 2, 2), f"{name}-{label}") for label in labels)
    grade = max(chances, key=chances.get)
    scores = {shape.id: 0.95 for shape in shapes}
    said = Proposal("lesion", weights * 32, shapes, scores, {"dr": grade}, {"dr": chances})
    study.add_proposal(study.image(name), said)


SURE, UNSURE = {0: 0.99, 1: 0.01}, {1: 0.5, 2: 0.5}


@pytest.fixture
def asked(peopled):
    """Three images; a model is unsure of the last and sure of the first two."""
    peopled.set_setting("random_share", 0, "Ada")
    offer(peopled, "p1_OD", SURE)
    offer(peopled, "p1_OS", SURE)
    offer(peopled, "p2_OD", UNSURE, labels=["NV"])
    return peopled


def listed(study, who="Ada"):
    return [(entry.image.name, entry.informative) for entry in informative_worklist(study, study.grader(who))]


def test_what_the_model_is_unsure_of_comes_first_and_says_why(asked):
    assert listed(asked) == [
        ("p2_OD", "rare: DR1; DR1 or DR2: the model is unsure"),
        ("p1_OD", ""),
        ("p1_OS", ""),
    ]


def test_no_image_is_left_out_and_what_is_submitted_comes_last(asked, hand_in):
    hand_in(asked, "p2_OD", "Ada", dr=1)
    assert [name for name, _ in listed(asked)] == ["p1_OD", "p1_OS", "p2_OD"]
    assert [name for name, _ in listed(asked, "Ben")] == ["p2_OD", "p1_OD", "p1_OS"]
    plain = asked.worklist(asked.grader("Ada"))
    assert {entry.image for entry in plain} == {
        entry.image for entry in informative_worklist(asked, asked.grader("Ada"))
    }


def test_newer_weights_have_the_last_word(asked):
    offer(asked, "p2_OD", SURE, weights="cd")
    offer(asked, "p1_OS", UNSURE, weights="cd")
    assert listed(asked)[0][0] == "p1_OS"


def test_where_graders_differed_they_are_expected_to_differ(asked, hand_in):
    image = asked.image("p2_OD").id
    with asked.database.reading() as session:
        before = read_merits(session)[image].disagreement
    for who, grade in (("Ada", 1), ("Ben", 2), ("Cleo", 3)):
        hand_in(asked, "p2_OD", who, dr=grade)
    with asked.database.reading() as session:
        assert read_merits(session)[image].disagreement > before


def test_a_share_by_chance_is_this_persons_own_and_stays(asked):
    asked.set_setting("random_share", 1, "Ada")
    assert {reason for _, reason in listed(asked)} == {"random share"}
    assert listed(asked) == listed(asked)
    with pytest.raises(RetinaError, match="0 to 1"):
        asked.set_setting("random_share", 2, "Ada")


def test_blind_first_the_reason_does_not_tell_what_the_model_says(asked, hand_in):
    asked.set_setting("blind_first", True, "Ada")
    asked.add_grader("Zoe", "adjudicator")
    assert {reason for _, reason in listed(asked)} == {UNTOLD}
    assert listed(asked, "Zoe")[0][1].endswith("the model is unsure")
    hand_in(asked, "p2_OD", "Ada", dr=1)
    assert "unsure" not in str(listed(asked))


def test_a_damaged_row_says_nothing(asked):
    with asked.database.transaction() as session:
        for row, content in zip(session.query(GistRow), ("{", '{"grades": 3}', "[]"), strict=True):
            row.content = content
    assert [name for name, _ in listed(asked)] == ["p1_OD", "p1_OS", "p2_OD"]


def test_images_can_be_given_in_this_order(asked):
    assign(asked, per_image=3, order="informative")
    for who in ("Ada", "Ben", "Cleo"):
        given = asked.worklist(asked.grader(who))
        assert given[0].image.name == "p2_OD"
        assert len(given) == 3
    assert study_problems(asked) == []


def test_given_in_this_order_on_the_command_line(asked):
    done = CliRunner().invoke(app, ["assign", str(asked.folder), "--order", "informative"])
    assert done.exit_code == 0, done.output
    assert asked.worklist(asked.grader("Ben"))[0].image.name == "p2_OD"
