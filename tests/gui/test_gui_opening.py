"""A large grading is loaded in a worker: what can be seen and done before, and what becomes of it when one leaves."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import update

from retina_studio.domain.edits import add_shapes, remove_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.schema import ShapeRow

LESION = new_shape("MA", Ellipse(50, 50, 8, 8))


@pytest.fixture
def large_study(full_study):
    """The second image has 700 shapes: too many to be loaded at once."""
    shapes = [new_shape("MA", Ellipse(20 + n % 350, 20 + n // 4, 3, 3)) for n in range(700)]
    session = full_study.session(full_study.images()[1], full_study.grader("Chen"))
    session.apply(add_shapes(*shapes))
    session.apply(remove_shapes(shapes[0]))
    return full_study


@pytest.fixture
def desk(open_window, large_study):
    return open_window(large_study)


def leave_for(window, name):
    window.worklist.select(name)
    return window.document


def test_a_large_grading_arrives_with_its_shapes_and_history(desk, qtbot):
    document = leave_for(desk, "b_OD")
    assert document.session is None
    qtbot.waitUntil(lambda: len(document.grading.shapes) == 699)
    assert len(desk.canvas.scene) == 699
    assert document.undo_stack.count() == document.undo_stack.index() == 2
    desk.actions["undo"].trigger()
    assert len(document.grading.shapes) == len(desk.canvas.scene) == 700


def test_a_small_grading_is_there_at_once(desk):
    assert leave_for(desk, "c").session is not None


def test_until_it_is_loaded_nothing_can_be_changed_and_the_banner_says_why(desk, qtbot):
    document = leave_for(desk, "b_OD")
    assert not document.editable
    assert not document.put(add_shapes(LESION))
    assert "Loading" in desk.banner.text.text()
    desk.choose_label("MA")
    QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, pos=desk.canvas.rect().center())
    QTest.keyClick(desk.canvas, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert "not loaded yet" in desk.status.currentMessage()
    qtbot.waitUntil(lambda: document.editable)
    assert desk.banner.text.text() == ""
    assert document.put(add_shapes(LESION))


def test_leaving_meanwhile_shows_the_other_image_and_nothing_of_the_left_one(desk, qtbot):
    leave_for(desk, "b_OD")
    document = leave_for(desk, "c")
    qtbot.wait(300)
    assert document.session.image.name == "c"
    assert not document.grading.shapes


def test_coming_back_meanwhile_loads_it_once_more(desk, qtbot):
    leave_for(desk, "b_OD")
    leave_for(desk, "c")
    document = leave_for(desk, "b_OD")
    qtbot.waitUntil(lambda: document.session is not None)
    assert document.session.image.name == "b_OD"


def test_a_window_may_close_meanwhile(desk):
    leave_for(desk, "b_OD")
    assert desk.close()


def test_a_damaged_shape_is_one_sentence_and_the_other_images_can_be_graded(desk, large_study, qtbot):
    with large_study.database.transaction() as session:
        session.execute(update(ShapeRow).values(form='{"id": "broken'))
    document = leave_for(desk, "b_OD")
    qtbot.waitUntil(lambda: "damaged" in desk.banner.text.text())
    assert document.session is None
    assert leave_for(desk, "c").editable
