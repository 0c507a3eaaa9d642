import json

import pytest
from sqlalchemy import select

from retina_studio.cli import main
from retina_studio.domain.edits import SetAbsent, SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Shape
from retina_studio.study.access import visible_gradings
from retina_studio.study.assigning import assign, take_next
from retina_studio.study.certification import (
    certification_results,
    certifications,
    certified_graders,
    give_certification,
    make_certification,
)
from retina_studio.study.schema import AssignmentRow, AuditRow
from retina_studio.study.scoring import Test as Answered
from retina_studio.study.scoring import parsed_marks, passes, score, usual_marks
from retina_studio.study.verify import study_problems

SIZE = (200, 300)


def disc(x=50.0, radius=20.0):
    return Shape("OD", Ellipse(x, 50, radius, radius), f"OD{x}")


def lesion(x, y=100.0):
    return Shape("MA", Ellipse(x, y, 4, 4), f"MA{x}")


def grading(*shapes, **grades):
    return Grading({shape.id: shape for shape in shapes}, grades)


def answered(reference, answer):
    return Answered(reference, answer, "fundus", SIZE)


def test_scores_are_what_they_say():
    known = grading(disc(), lesion(20), lesion(60), lesion(100), lesion(140), dr=2)
    given = grading(disc(70), lesion(21), lesion(60), lesion(200), dr=2)
    other = answered(grading(disc(), dr=1), grading(disc(), dr=3))
    marks = parsed_marks(["dice OD=0.9", "sensitivity MA=0.5", "precision  MA =0.5", "percent dr=0.5"])
    scores = score([answered(known, given), other], marks)
    one = score([answered(known, given)], marks)
    assert one == {
        "dice OD": pytest.approx(0.391, abs=0.02),
        "sensitivity MA": 0.5,
        "precision MA": 0.6667,
        "percent dr": 1,
    }
    assert scores["dice OD"] == pytest.approx((one["dice OD"] + 1) / 2, abs=1e-3)
    assert scores["percent dr"] == 0.5
    assert not passes(scores, marks)
    assert passes(scores, {**marks, "dice OD": 0.6})


def test_kappa_is_weighted_for_what_has_an_order():
    near = [answered(grading(dr=a), grading(dr=b)) for a, b in ((0, 0), (1, 2), (2, 2), (4, 3))]
    far = [answered(grading(dr=a), grading(dr=b)) for a, b in ((0, 0), (1, 4), (2, 2), (4, 1))]
    marks = {"kappa dr": 0.5, "percent dr": 0.5}
    assert score(near, marks)["percent dr"] == score(far, marks)["percent dr"] == 0.5
    assert score(near, marks)["kappa dr"] > 0.8
    assert score(far, marks)["kappa dr"] < 0


def test_silence_is_wrong_and_what_no_image_tells_has_no_score():
    tests = [answered(grading(disc(), dr=0), Grading())]
    marks = {"dice OD": 0.5, "percent dr": 0.5, "dice OC": 0.5, "percent glaucoma": 0.5}
    assert score(tests, marks) == {"dice OD": 0.0, "percent dr": 0.0}
    assert not passes({}, marks)


def test_none_is_an_answer_too():
    none = Grading(absent=frozenset({"PPA", "NV"}))
    drawn = grading(Shape("PPA", Ellipse(50, 50, 5, 5), "p"), Shape("NV", Ellipse(50, 50, 5, 5), "n"))
    marks = {"dice PPA": 0.5, "precision NV": 0.5, "sensitivity NV": 0.5}
    assert score([answered(none, none)], marks) == {"dice PPA": 1.0}
    assert score([answered(none, drawn)], marks) == {"dice PPA": 0.0, "precision NV": 0.0}


def test_the_usual_marks_speak_of_what_is_known():
    assert usual_marks([(grading(disc(), lesion(5), dr=1, certainty="low"), "fundus")]) == {
        "percent dr": 0.8,
        "dice OD": 0.8,
        "sensitivity MA": 0.6,
    }


@pytest.mark.parametrize(
    "text", ["dice dr=0.5", "kappa MA=0.5", "speed OD=1", "dice OD=2", "dice OD=nan", "dice OD", "x"]
)
def test_marks_that_mean_nothing_are_refused(text):
    with pytest.raises(RetinaError, match="mark"):
        parsed_marks([text])


@pytest.fixture
def known(peopled):
    """A set of two images whose answers Eve gave: DR1 and DR3, and a disc in the first."""
    eve = peopled.add_grader("Eve", "adjudicator")
    for name, dr in (("p1_OD", 1), ("p1_OS", 3)):
        session = peopled.session(peopled.image(name), eve)
        answer(session, dr)
        if name == "p1_OD":
            session.apply(add_shapes(Shape("OD", Ellipse(20, 20, 8, 8), "known")))
        session.submit()
    make_certification(peopled, "Start", eve, {"percent dr": 1.0, "dice OD": 0.8}, "Eve")
    return peopled


def answer(session, dr, *shapes):
    session.apply(SetGrade("gradability", None, "good"))
    session.apply(SetGrade("dr", None, dr))
    if shapes:
        session.apply(add_shapes(*shapes))


def take(study, name, grades, radius=8.0):
    """Do the test as it stands in the worklist."""
    grader = study.grader(name)
    for image, dr in grades.items():
        session = study.session(study.image(image), grader)
        answer(session, dr, *([Shape("OD", Ellipse(20, 20, radius, 8), "own")] if image == "p1_OD" else []))
        session.submit()


def test_a_due_date_that_is_none_is_refused_and_others_are_kept_in_one_form(known):
    ada = known.grader("Ada")
    with pytest.raises(RetinaError, match="not a date"):
        give_certification(known, "Start", [ada], due="next week")
    give_certification(known, "Start", [ada], due="20261231")
    assert {entry.due for entry in known.worklist(ada) if entry.purpose} == {"2026-12-31"}


def test_a_set_is_kept_with_its_answers(known):
    (kept,) = certifications(known)
    assert (kept.name, kept.images) == ("Start", ("p1_OD", "p1_OS"))
    assert kept.marks == {"percent dr": 1.0, "dice OD": 0.8}
    assert study_problems(known) == []


def test_who_answers_right_is_certified_and_who_does_not_is_not(known):
    assert give_certification(known, "Start", [known.grader("Ada"), known.grader("Ben")], "2026-12-31") == 4
    ada = known.grader("Ada")
    reasons = {entry.image.name: entry.reason for entry in known.worklist(ada)}
    assert set(reasons) == {"p1_OD", "p1_OS", "p2_OD"}
    take(known, "Ada", {"p1_OD": 1})
    assert certification_results(known) == []
    take(known, "Ada", {"p1_OS": 3})
    take(known, "Ben", {"p1_OD": 1, "p1_OS": 2}, radius=3.0)
    first, second = certification_results(known)
    assert (first.certification, first.grader, first.passed) == ("Start", "Ada", True)
    assert first.scores == {"percent dr": 1.0, "dice OD": 1.0}
    assert (second.grader, second.passed, second.scores["percent dr"]) == ("Ben", False, 0.5)
    assert second.scores["dice OD"] < 0.8
    assert certified_graders(known) == {"Ada"}
    with known.database.reading() as session:
        trail = [
            json.loads(t) for t in session.scalars(select(AuditRow.detail).where(AuditRow.what == "certify"))
        ]
    assert [entry["passed"] for entry in trail] == [True, False]


def test_who_failed_tries_again_and_what_was_handed_in_stays(known):
    ben = known.grader("Ben")
    give_certification(known, "Start", [ben])
    assert give_certification(known, "Start", [ben]) == 0
    take(known, "Ben", {"p1_OD": 0, "p1_OS": 0})
    with pytest.raises(RetinaError, match="for a certificate"):
        known.session(known.image("p1_OD"), ben).reopen()
    assert give_certification(known, "Start", [ben]) == 2
    assert certified_graders(known) == set()
    take(known, "Ben", {"p1_OD": 1, "p1_OS": 3})
    assert [result.passed for result in certification_results(known)] == [False, True]
    assert certified_graders(known) == {"Ben"}


def test_nobody_sees_the_answers_and_they_do_not_vote(known):
    ada = known.grader("Ada")
    give_certification(known, "Start", [ada])
    assert visible_gradings(known, ada, known.image("p1_OD")) == {}
    take(known, "Ada", {"p1_OD": 1, "p1_OS": 3})
    assert visible_gradings(known, known.grader("Eve"), known.image("p1_OD")).keys() == {"Eve"}


def test_where_certificates_are_asked_for_only_who_has_one_is_given_images(known):
    known.set_setting("certification_required", True, "Eve")
    with pytest.raises(RetinaError, match="certify them"):
        assign(known)
    give_certification(known, "Start", [known.grader("Ada")])
    take(known, "Ada", {"p1_OD": 1, "p1_OS": 3})
    report = assign(known)
    assert (report.by_grader, report.short) == ({"Ada": 1}, ("p2_OD",))
    with pytest.raises(RetinaError, match="Ben cannot be given"):
        take_next(known, known.grader("Ben"))
    with known.database.reading() as session:
        purposes = list(session.scalars(select(AssignmentRow.purpose).where(AssignmentRow.purpose != "")))
    assert sorted(purposes) == ["certification", "certification", "initial"]


def test_wrong_sets_are_refused(known):
    eve = known.grader("Eve")
    for name, references, marks, words in (
        ("Start", eve, None, "already"),
        ("", eve, None, "printable"),
        ("B", known.grader("Ada"), None, "no image with a known answer"),
        ("B", {"nowhere": grading(dr=1)}, None, "no image 'nowhere'"),
        ("B", {"p1_OD": Grading()}, None, "nothing|no grade"),
        ("B", eve, {"dice dr": 0.5}, "no mark"),
    ):
        with pytest.raises(RetinaError, match=words):
            make_certification(known, name, references, marks)
    with pytest.raises(RetinaError, match="no certification set 'C'"):
        give_certification(known, "C", [eve])
    with pytest.raises(RetinaError, match="has left"):
        give_certification(known, "Start", [known.grader_leaves("Ada", "Eve")])
    assert [entry.name for entry in certifications(known)] == ["Start"]


def test_answers_may_come_from_anywhere(peopled):
    made = make_certification(peopled, "Files", {"p2_OD": grading(disc(20, 8), dr=1)})
    assert (made.images, made.marks) == (("p2_OD",), {"percent dr": 0.8, "dice OD": 0.8})
    give_certification(peopled, "Files", [peopled.grader("Ada")])
    session = peopled.session(peopled.image("p2_OD"), peopled.grader("Ada"))
    answer(session, 1)
    session.apply(SetAbsent("OD", True))
    session.submit()
    assert certification_results(peopled)[0].scores == {"percent dr": 1.0, "dice OD": 0.0}


def run(capsys, study, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["certification", str(study.folder), *arguments])
    said = capsys.readouterr()
    assert not end.value.code, said.err
    return said.out


def test_the_commands(known, capsys):
    run(capsys, known, "make", "Second", "--answers-of", "Eve", "--mark", "kappa dr=0.7")
    assert "Second: 2 images; kappa dr 0.7" in run(capsys, known)
    assert run(capsys, known, "give", "Second", "Ada", "Ben") == "4 given.\n"
    take(known, "Ada", {"p1_OD": 1, "p1_OS": 3})
    assert "passed" in run(capsys, known, "results")
    results = json.loads(run(capsys, known, "results", "--json"))
    assert {result["certification"] for result in results} == {"Start", "Second"}
