"""The adjudication board, worked as a senior would: by keys, item after item."""

import pytest
from board_study import NAMES, BoardHand, disputed_study, submit
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from sqlalchemy import select

from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.consensus import stored_outcome
from retina_studio.study.schema import AuditRow, DecisionRow
from retina_studio.study.verify import study_problems

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")
K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def board(open_board, disputed):
    return open_board(disputed)


@pytest.fixture
def hand(board, qtbot):
    return BoardHand(board, qtbot)


def test_lists_what_is_disputed_with_its_first_open_item_in_focus(board, hand):
    assert [item.code for item in board.case.items] == ["dr", "MA", "CWS", "fovea"]
    assert board.item.code == "dr"
    assert board.parts.queue.images == ["first"]
    assert board.parts.queue.view.rows.rows[0].badge == "4"


def test_goes_through_all_items_by_keys_alone(board, hand, disputed):
    hand.key(hand.number_of("Okafor"))  # DR2
    assert board.item.code == "MA"
    hand.key(K.Key_D)
    assert board.item.code == "CWS"
    hand.key(K.Key_A)
    assert board.item.code == "fovea"
    hand.key(hand.number_of("Chen"))
    hand.saved()
    outcome = stored_outcome(disputed, board.case.image)
    assert outcome.state == "settled"
    assert outcome.grades["dr"] == 2
    assert outcome.labels["MA"] == "none"
    assert outcome.labels["CWS"] == "mask"
    assert outcome.points["fovea"] == (60, 60)
    assert board.parts.banner.isVisible()
    assert "4 items decided" in board.parts.banner.text.text()
    assert "DR2" in board.parts.banner.text.text()
    assert board.parts.queue.view.rows.rows[0].state == "done"


def test_k_asks_which_reading_and_its_letter_answers(board, hand):
    hand.focus("MA")
    hand.key(K.Key_K)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, {"A": K.Key_A, "B": K.Key_B, "C": K.Key_C}[hand.letter_of("Chen")])
    hand.saved()
    decision = hand.item("MA").decision
    assert (decision.action, decision.grader, decision.by) == ("keep", "Chen", "Weber")


def test_a_value_no_reading_gave_can_be_chosen(board, hand):
    hand.focus("dr")
    button = board.parts.items.detail.choices[4]
    assert "DR4" in button.accessibleName()
    hand.click(button)
    hand.saved()
    assert board.case.outcome.grades["dr"] == 4


def test_the_decision_and_the_way_it_was_made_are_in_the_trail(board, hand, disputed):
    hand.focus("MA")
    hand.key(K.Key_W)
    hand.type("vessel")
    hand.key(K.Key_Return)
    hand.key(K.Key_D)
    hand.saved()
    with disputed.database.reading() as session:
        row = session.scalars(select(DecisionRow)).one()
        told = session.scalars(select(AuditRow).where(AuditRow.what == "decide")).one()
    assert (row.action, row.reason, row.state) == ("drop", "vessel", "active")
    assert told.who == "Weber"


def test_the_reason_stays_and_is_offered_again(board, hand, open_board, disputed):
    hand.key(K.Key_W)
    hand.type("artefact 7")
    hand.key(K.Key_Escape)
    hand.focus("MA")
    hand.key(K.Key_D)
    hand.key(K.Key_D)
    hand.saved()
    assert {hand.item(code).decision.reason for code in ("MA", "CWS")} == {"artefact 7"}
    again = open_board(disputed)
    reasons = again.parts.items.detail.reason
    assert reasons.itemText(0) == "artefact 7"
    assert reasons.findText("outside the guideline") > 0
    assert reasons.text == ""


def test_letters_typed_as_reason_decide_nothing(board, hand):
    hand.focus("MA")
    hand.key(K.Key_W)
    hand.type("drawn 1 a")
    hand.saved()
    assert board.parts.items.detail.reason.text == "drawn 1 a"
    assert not any(item.decision for item in board.case.items)


def test_asks_for_a_reason_where_the_study_wants_one(open_board, disputed, qtbot):
    disputed.set_setting("reason_required", True, "Weber")
    board = open_board(disputed)
    hand = BoardHand(board, qtbot)
    hand.focus("MA")
    hand.key(K.Key_D)
    assert not board.judging.decider.busy
    assert "reason" in board.statusBar().currentMessage()
    hand.type("vessel")  # the keyboard is in the reason already
    hand.key(K.Key_Return)
    hand.key(K.Key_D)
    hand.saved()
    assert hand.item("MA").decision.reason == "vessel"


def test_withdraws_the_last_decision_and_goes_back_to_it(board, hand, disputed):
    hand.focus("MA")
    hand.key(K.Key_D)
    hand.saved()
    assert board.item.code == "CWS"
    hand.key(K.Key_U)
    assert board.item.code == "MA"
    hand.saved()
    assert hand.item("MA").decision is None
    with disputed.database.reading() as session:
        assert session.scalars(select(DecisionRow.state)).all() == ["withdrawn"]
    hand.key(K.Key_Z, CTRL)
    assert "no decision" in board.statusBar().currentMessage()


def test_an_item_decided_before_can_be_withdrawn_by_going_to_it(board, hand):
    hand.focus("MA")
    hand.key(K.Key_D)
    hand.key(K.Key_D)
    hand.saved()
    hand.focus("MA")
    hand.key(K.Key_U)
    hand.saved()
    assert hand.item("MA").decision is None
    assert hand.item("CWS").decision is not None


def test_redraws_with_the_tools_of_the_desk(board, hand, qtbot):
    hand.focus("CWS")
    hand.key(K.Key_R)
    assert board.is_drawing
    assert not board.actions["drop"].isEnabled()
    canvas = board.parts.redraw.canvas
    qtbot.wait(20)  # it goes to the item once it has its size
    hand.key(K.Key_E)
    hand.drag(canvas, (285, 190), (315, 212))
    hand.key(K.Key_Return)
    assert not board.is_drawing
    hand.saved()
    decision = hand.item("CWS").decision
    assert decision.action == "redraw"
    assert decision.geometries[0].x == pytest.approx(300, abs=1)
    assert board.actions["drop"].isEnabled()


def test_a_drawing_can_start_from_the_average_be_undone_and_given_up(board, hand, qtbot):
    hand.focus("CWS")
    hand.key(K.Key_R)
    qtbot.wait(20)
    hand.key(K.Key_S)
    drawn = list(board.parts.redraw.scratch.grading.shapes.values())
    assert [shape.geometry for shape in drawn] == list(hand.item("CWS").average)
    hand.key(K.Key_Right)
    moved = next(iter(board.parts.redraw.scratch.grading.shapes.values()))
    assert moved.geometry.x == drawn[0].geometry.x + 1
    hand.key(K.Key_Z, CTRL)
    assert next(iter(board.parts.redraw.scratch.grading.shapes.values())) == drawn[0]
    hand.key(K.Key_Escape)  # lets the selection go
    hand.key(K.Key_Escape)
    assert not board.is_drawing
    assert hand.item("CWS").decision is None


def test_an_empty_drawing_is_not_taken(board, hand):
    hand.focus("CWS")
    hand.key(K.Key_R)
    hand.key(K.Key_Return)
    assert board.is_drawing
    assert "Draw something" in board.statusBar().currentMessage()


def test_a_point_is_redrawn_as_a_point(board, hand, qtbot):
    hand.focus("fovea")
    hand.key(K.Key_R)
    qtbot.wait(20)
    canvas = board.parts.redraw.canvas
    assert canvas.tool.name == "point"
    hand.click(canvas, canvas.to_widget(150, 120).toPoint())
    hand.key(K.Key_Return)
    hand.saved()
    assert board.case.outcome.points["fovea"] == pytest.approx((150, 120), abs=1)


def test_a_stale_item_is_told_and_the_board_shows_what_there_is(board, hand, disputed, qtbot):
    again = new_shape("MA", Ellipse(100, 80, 6, 5))
    submit(disputed, board.case.image, "Silva", 3, [again])  # now two drew it: nothing is disputed there
    hand.focus("MA")
    with qtbot.waitSignal(board.case_shown, timeout=5000):
        hand.key(K.Key_D)
    hand.saved()
    assert "Not decided" in board.parts.banner.text.text()
    assert "changed" in board.parts.banner.text.text()
    readings = {reading.name: reading.grading for reading in board.case.readings}
    assert len(readings["Silva"].labelled("MA")) == 1
    with disputed.database.reading() as session:
        assert session.scalars(select(DecisionRow)).all() == []


def test_a_lost_database_is_told_and_decides_nothing(board, hand, monkeypatch):
    from retina_studio.domain.errors import RetinaError
    from retina_studio.gui.board import deciding

    def refuse(*_):
        raise RetinaError("The study's database cannot be reached: try again.")

    monkeypatch.setattr(deciding, "decide", refuse)
    hand.focus("MA")
    hand.key(K.Key_D)
    hand.saved()
    assert "cannot be reached" in board.parts.banner.text.text()
    assert board.item.code == "MA"
    assert board.parts.items.view.rows.rows[1].state == "open"


def test_closing_waits_for_what_was_just_decided(board, hand, disputed):
    hand.focus("MA")
    hand.key(K.Key_D)
    hand.key(K.Key_A)
    board.close()
    outcome = stored_outcome(disputed, board.case.image)
    assert [item.code for item in outcome.items if item.decision] == ["MA", "CWS"]


def test_goes_on_to_the_next_image_by_itself(open_board, study, tmp_path, qtbot):
    board = open_board(disputed_study(study, tmp_path / "in", ("first", "second")))
    hand = BoardHand(board, qtbot)
    board.judging.going_on.setInterval(50)
    assert board.actions["auto_next"].isChecked()
    with qtbot.waitSignal(board.image_shown, timeout=5000):
        for _ in range(4):
            hand.key(hand.number_of("Okafor"))
    assert board.case.image.name == "second"
    assert board.parts.queue.view.chosen == "second"
    hand.key(K.Key_PageUp)
    qtbot.waitUntil(lambda: board.case is not None and board.case.image.name == "first")
    assert board.case.outcome.state == "settled"


def test_an_image_that_was_settled_before_can_be_opened_and_its_decision_withdrawn(
    board, hand, open_board, disputed, qtbot
):
    for key in (hand.number_of("Okafor"), K.Key_D, K.Key_A, hand.number_of("Chen")):
        hand.key(key)
    hand.saved()
    board.close()
    from retina_studio.gui.board.window import BoardWindow

    later = BoardWindow(disputed, disputed.grader("Weber"))
    qtbot.addWidget(later)
    with qtbot.waitExposed(later):
        later.show()
    later.start()
    qtbot.waitUntil(lambda: "Nothing is waiting" in later.parts.banner.text.text())
    assert later.parts.queue.images == []
    which = later.parts.queue.which
    which.setFocus()
    for _ in range(2):
        QTest.keyClick(which, K.Key_Down)
    assert later.parts.queue.images == ["first"]
    with qtbot.waitSignal(later.image_shown, timeout=5000):
        QTest.mouseClick(later.parts.queue.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 20))
    later.activateWindow()
    qtbot.waitUntil(later.isActiveWindow)
    later.parts.readings.take_focus()
    again = BoardHand(later, qtbot)
    again.focus("MA")
    again.key(K.Key_U)
    again.saved()
    assert stored_outcome(disputed, later.case.image).state == "adjudication"
    assert later.parts.queue.view.rows.rows[0].state == "open"
    later.close()


def test_showing_names_is_in_the_trail_once_an_image(board, hand, disputed, qtbot):
    names = board.actions["names"]
    for _ in range(3):
        names.trigger()

    def told():
        with disputed.database.reading() as session:
            return session.scalars(select(AuditRow).where(AuditRow.what == "show names")).all()

    qtbot.waitUntil(lambda: len(told()) == 1)
    assert (told()[0].who, told()[0].subject) == ("Weber", f"image:{board.case.image.id}")
    hand.key(K.Key_F5)
    qtbot.waitUntil(lambda: board.case is not None and not board._jobs)
    assert len(told()) == 1
    assert study_problems(disputed) == []


def test_who_looks_around_is_not_taken_to_the_next_image(open_board, study, tmp_path, qtbot):
    board = open_board(disputed_study(study, tmp_path / "in", ("first", "second")))
    hand = BoardHand(board, qtbot)
    for _ in range(4):
        hand.key(hand.number_of("Okafor"))
    qtbot.waitUntil(board.judging.going_on.isActive, timeout=5000)
    view = board.parts.readings.panes[0].view
    hand.drag(view, (100, 100), (120, 130))
    assert not board.judging.going_on.isActive()


def test_what_breaks_the_guideline_is_listed_and_waits_for_the_person(board, hand):
    hand.focus("dr")
    hand.click(board.parts.items.detail.choices[0])  # DR0, though exudates were agreed on
    hand.key(K.Key_D)
    hand.key(K.Key_D)
    hand.key(hand.number_of("Chen"))
    hand.saved()
    assert board.case.outcome.state == "settled"
    assert "against the guideline" in board.parts.banner.text.text()
    assert "Hard exudate" in board.parts.banner.text.text()
    assert not board.judging.going_on.isActive()


def test_a_grading_is_returned_with_a_comment(board, hand, disputed, qtbot):
    image = board.case.image
    hand.key(K.Key_R, CTRL)
    dialog = QApplication.activeModalWidget()
    assert not any(name in dialog.reading.itemText(n) for name in NAMES for n in range(3))
    dialog.reading.setCurrentIndex(dialog.reading.findData("Silva"))
    QTest.keyClicks(dialog.comment, "Look at the fovea again.")
    hand.click(dialog.buttons.button(dialog.buttons.StandardButton.Ok))
    qtbot.waitUntil(
        lambda: disputed.session(image, disputed.grader("Silva")).state == "returned", timeout=5000
    )
    assert disputed.session(image, disputed.grader("Silva")).note == "Look at the fovea again."
    qtbot.waitUntil(lambda: board.case is not None and len(board.case.readings) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: not board._jobs)
    assert board.parts.queue.view.rows.rows[0].state == "away"
    assert (board.case.outcome, board.case.items) == (None, ())
    assert study_problems(disputed) == []


def test_the_keys_sheet_lists_every_action_with_a_key(board, hand):
    from PySide6.QtWidgets import QLabel

    from retina_studio.gui.board.commands import SPECS
    from retina_studio.gui.board.sheet import BoardSheet

    hand.key(K.Key_F1)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, BoardSheet)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {spec.text for spec in SPECS if spec.keys} <= words
    sheet.close()


def test_no_two_actions_share_a_key():
    from retina_studio.gui.board.commands import SPECS

    keys = [key for spec in SPECS for key in spec.keys]
    assert len(keys) == len(set(keys))
