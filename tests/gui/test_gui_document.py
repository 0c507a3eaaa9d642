"""The document: committed first, shown after; undo across restarts; refusals change nothing."""

import pytest
from sqlalchemy import event

from retina_studio.domain.edits import add_shapes, change_shape
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.document import Document

DISC = new_shape("OD", Ellipse(100, 100, 40, 30, 0))


@pytest.fixture
def make(full_study, qapp):
    """Opens the first image's grading in a new document, as a restart would."""

    def open_again():
        document = Document()
        document.open(full_study.session(full_study.images()[0], full_study.grader("Chen")))
        return document

    return open_again


@pytest.fixture
def full_disk(full_study):
    """Makes the study's next writes fail the way a full disk does."""

    def fill():
        engine = full_study.database.engine
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        event.listen(engine, "checkout", lambda bare, *_: bare.execute(f"PRAGMA max_page_count = {pages}"))

    return fill


def _titles(document):
    stack = document.undo_stack
    return [stack.text(place) for place in range(stack.count())], stack.index()


def test_an_edit_is_on_disk_before_anything_is_told(make, qtbot):
    document = make()
    seen = []
    document.changed.connect(lambda ids: seen.append((ids, dict(make().grading.shapes))))
    assert document.apply(add_shapes(DISC))
    assert seen == [({DISC.id}, {DISC.id: DISC})]
    assert document.is_saved


def test_undo_and_redo_tell_what_they_touch(make, qtbot):
    document = make()
    document.apply(add_shapes(DISC))
    document.set_grade("dr", 2)
    told = []
    document.changed.connect(lambda ids: told.append("shapes"))
    document.graded.connect(lambda: told.append("grades"))
    document.undo_stack.undo()
    document.undo_stack.undo()
    document.undo_stack.redo()
    assert told == ["grades", "shapes", "shapes"]
    assert document.grading.shapes == {DISC.id: DISC}
    assert document.grading.grades == {}


def test_history_and_redo_survive_a_restart(make):
    document = make()
    document.apply(add_shapes(DISC))
    document.apply(change_shape(DISC, DISC.with_geometry(DISC.geometry.moved(5, 5)), "Move"))
    document.set_grade("dr", 2)
    document.undo_stack.undo()
    again = make()
    assert _titles(again) == _titles(document)
    assert _titles(again)[1] == 2
    again.undo_stack.redo()
    assert again.grading.grades == {"dr": 2}
    again.undo_stack.setIndex(0)
    assert again.grading.shapes == {}
    assert make().grading.shapes == {}


def test_a_new_edit_drops_what_was_undone(make):
    document = make()
    document.apply(add_shapes(DISC))
    document.undo_stack.undo()
    document.set_comment("blurred")
    assert _titles(document) == (["Comment"], 1)
    assert _titles(make()) == (["Comment"], 1)


def test_grades_absent_and_comment_are_edits(make):
    document = make()
    assert document.set_grade("glaucoma", True)
    assert document.set_grade("glaucoma", None)
    assert document.set_absent("OC", True)
    assert document.set_absent("OC", True)
    assert document.set_comment("tilted disc")
    assert document.set_comment("tilted disc")
    assert document.undo_stack.count() == 4
    assert document.grading == make().grading


def test_the_indicator_counts_and_gives_the_time(make, qtbot):
    document = make()
    assert document.saved_text == "Saved · 0 edits"
    document.apply(add_shapes(DISC))
    assert document.saved_text.startswith("Saved ")
    assert document.saved_text.endswith(" · 1 edit")


def test_a_full_disk_refuses_the_edit_in_one_sentence(make, full_disk, qtbot):
    document = make()
    document.apply(add_shapes(DISC))
    full_disk()
    sentences = []
    document.failed.connect(sentences.append)
    many = [new_shape("MA", Ellipse(n % 300 + 1, 50, 2, 2)) for n in range(2000)]
    assert not document.apply(add_shapes(*many))
    assert document.saved_text == "Not saved"
    assert sentences == ["The disk is full, so this was not saved: free some space and do it again."]
    assert document.grading.shapes == {DISC.id: DISC}
    assert _titles(document) == ([f"Add {DISC.label}"], 1)


def test_an_undo_that_cannot_be_saved_leaves_the_stack_with_the_study(make, full_study, qtbot):
    document = make()
    document.apply(add_shapes(DISC))
    document.set_grade("dr", 1)
    # Another window of the same grader has already undone both: this window's undo does not fit any more.
    other = make()
    other.undo_stack.setIndex(0)
    document.undo_stack.setIndex(0)
    qtbot.waitUntil(lambda: document.undo_stack.index() == 0)
    assert [entry.undone for entry in document.session.history()] == [True, True]


def test_submitting_needs_the_required_grades(make):
    document = make()
    sentences = []
    document.failed.connect(sentences.append)
    document.apply(add_shapes(DISC))
    assert not document.submit()
    assert sentences == ["Before you submit, still to do: Gradability."]
    assert document.is_saved
    document.set_grade("gradability", "good")
    assert document.submit()
    assert not document.editable
    assert not document.apply(add_shapes(new_shape("MA", Ellipse(5, 5, 2, 2))))
    assert "reopen" in sentences[-1]
    assert document.is_saved
    assert document.undo_stack.count() == 0
    assert document.reopen()
    assert document.editable
    assert document.grading.shapes == {DISC.id: DISC}
    assert document.apply(add_shapes(new_shape("MA", Ellipse(5, 5, 2, 2))))


def test_nothing_is_open(qapp):
    document = Document()
    assert not document.editable
    assert document.saved_text == ""
    assert document.proposals() == []
    assert not document.submit()
    assert not document.apply(add_shapes(DISC))
