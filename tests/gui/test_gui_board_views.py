"""The board's views: linked, blended, dimmed, the item marked in all of them; blinded; read-only for graders."""

import pytest
from board_study import LEFT, NAMES, NO_KEY, BoardHand, disputed_study
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit

from retina_studio.gui.board.readings import columns_for

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")
K = Qt.Key


@pytest.fixture
def board(open_board, disputed):
    return open_board(disputed)


@pytest.fixture
def hand(board, qtbot):
    return BoardHand(board, qtbot)


@pytest.fixture
def views(board):
    def shown():
        return [pane.view for pane in board.parts.readings.shown()]

    return shown


def wheel(view, notches):
    spot = QPointF(view.width() / 3, view.height() / 3)
    event = QWheelEvent(
        spot,
        view.mapToGlobal(spot),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NO_KEY,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def middle(view):
    return view.view.to_image(view.width() / 2, view.height() / 2)


def same_place(views):
    x, y = middle(views[0])
    return all(
        middle(view) == pytest.approx((x, y), abs=0.5)
        and view.view.scale == pytest.approx(views[0].view.scale)
        for view in views
    )


def test_shows_three_readings_and_the_consensus(board, views):
    titles = [pane.title.text() for pane in board.parts.readings.shown()]
    assert titles == ["Reading A", "Reading B", "Reading C", "Consensus so far"]


def test_zooming_and_dragging_one_view_moves_all(board, views):
    wheel(views()[1], 3)
    assert same_place(views())
    zoomed = middle(views()[0])
    view = views()[2]
    QTest.mousePress(view, LEFT, NO_KEY, QPoint(100, 100))
    QTest.mouseMove(view, QPoint(60, 80))
    QTest.mouseRelease(view, LEFT, NO_KEY, QPoint(60, 80))
    assert middle(views()[0]) != pytest.approx(zoomed, abs=1)
    assert same_place(views())


def test_views_go_to_the_item_in_focus_and_mark_its_place_in_all(board, hand, views):
    hand.focus("MA")
    assert same_place(views())
    assert middle(views()[0]) == pytest.approx((100, 80), abs=1)
    assert all(view.frame_box is not None for view in views())
    drew = [reading.name == "Chen" for reading in board.case.readings]
    assert [bool(view.focused) for view in views()[:3]] == drew


def test_a_grade_shows_the_whole_image(board, hand, views):
    hand.focus("MA")
    hand.key(K.Key_P)
    assert board.item.code == "dr"
    assert all(view.is_fitted for view in views())


def test_each_view_says_what_its_reading_says(board, hand):
    hand.focus("dr")
    answers = {
        reading.name: pane.answer.text()
        for reading, pane in zip(board.case.readings, board.parts.readings.panes, strict=True)
    }
    assert answers == {"Chen": "DR1 mild", "Okafor": "DR2 moderate", "Silva": "DR3 severe"}


def test_what_is_not_in_focus_is_dimmed(hand, views):
    overlay = views()[0].layers[0][1]
    hand.focus("dr")
    assert not overlay.opacity
    hand.focus("MA")
    assert overlay.opacity["HaEx"] < 0.5


def test_b_blends_all_readings_into_one_view_in_their_own_colours(board, hand, views):
    hand.focus("MA")
    hand.key(K.Key_B)
    assert [pane.title.text() for pane in board.parts.readings.shown()] == [
        "All readings",
        "Consensus so far",
    ]
    layers = [layer for layer, _ in views()[0].layers]
    assert [layer.letter for layer in layers] == ["A", "B", "C"]
    assert len({layer.pen.colour for layer in layers}) == 3
    assert len(views()[0].focused) == 1
    hand.key(K.Key_B)
    assert len(views()) == 4


def test_c_hides_the_consensus(board, hand, views):
    hand.key(K.Key_C)
    assert len(views()) == 3
    assert not board.parts.readings.consensus.isVisible()


def test_one_at_a_time_tab_goes_through_the_readings_in_place(board, hand, views, qtbot):
    hand.focus("MA")
    hand.key(K.Key_O)
    qtbot.wait(5)
    first = views()
    assert len(first) == 1
    place = middle(first[0])
    hand.key(K.Key_Tab)
    qtbot.wait(5)
    assert views()[0] is not first[0]
    assert views()[0].hasFocus()
    assert middle(views()[0]) == pytest.approx(place, abs=1)


def test_tab_goes_from_view_to_view_and_f6_leaves_them(board, hand, views):
    assert views()[0].hasFocus()
    hand.key(K.Key_Tab)
    assert views()[1].hasFocus()
    hand.key(K.Key_Backtab)
    assert views()[0].hasFocus()
    hand.key(K.Key_F6)
    assert board.parts.items.view.hasFocus()


def test_space_goes_to_the_next_open_item_in_the_views_but_presses_a_button(board, hand):
    hand.key(K.Key_Space)
    assert board.item.code == "MA"
    board.parts.items.detail.drop.setFocus()
    hand.key(K.Key_Space)
    hand.saved()
    assert hand.item("MA").decision.action == "drop"


def test_a_click_on_a_disputed_place_puts_it_in_focus(board, hand, views):
    hand.focus("dr")
    view = views()[0]
    hand.click(view, view.to_widget(300, 200).toPoint())
    assert board.item.code == "CWS"


def test_average_is_shown_dashed_before_it_is_decided(board, hand, views):
    item = hand.focus("fovea")
    assert views()[3].result == item.average  # the consensus shows it all the time
    assert views()[0].result == ()
    board.parts.items.detail.average.setFocus()
    assert views()[0].result == item.average
    board.parts.items.view.setFocus()
    assert views()[0].result == ()


def test_h_shows_where_the_readings_disagree(board, hand, views, qtbot):
    hand.focus("dr")
    hand.key(K.Key_X)  # no shapes in the way
    qtbot.waitUntil(lambda: board.parts.readings.is_current)
    bare = views()[0].grab().toImage()
    hand.key(K.Key_H)
    qtbot.waitUntil(lambda: views()[0].offers.cam is not None, timeout=5000)
    heated = views()[0].grab().toImage()
    spot = views()[0].to_widget(300, 200).toPoint()  # one drew a spot here
    agreed = views()[0].to_widget(200, 150).toPoint()  # inside everybody's disc
    assert heated.pixelColor(spot) != bare.pixelColor(spot)
    assert heated.pixelColor(agreed) == bare.pixelColor(agreed)
    faint = heated.pixelColor(spot)
    board.parts.heat_opacity.setFocus()
    hand.key(K.Key_End)
    assert views()[0].offers.opacity == 1.0
    assert views()[0].grab().toImage().pixelColor(spot) != faint
    board.parts.readings.take_focus()
    hand.key(K.Key_H)
    assert views()[0].offers.cam is None


def test_g_shows_the_image_enhanced_in_all_views(board, hand, views, qtbot):
    hand.key(K.Key_G)
    qtbot.waitUntil(lambda: views()[0].ground.enhanced is not None, timeout=5000)
    assert len({id(view.ground.enhanced) for view in views()}) == 1
    hand.key(K.Key_G)
    assert views()[0].ground.enhanced is None


def texts(board):
    kinds = (QLabel, QAbstractButton, QComboBox, QLineEdit)
    found = [widget for kind in kinds for widget in board.findChildren(kind)]
    words = [
        text
        for widget in found
        for text in (
            widget.accessibleName(),
            widget.toolTip(),
            widget.currentText() if isinstance(widget, QComboBox) else widget.text(),
        )
    ]
    lists = (board.parts.queue.view, board.parts.items.view)
    words += [f"{row.title} {row.note} {row.tip}" for view in lists for row in view.rows.rows]
    return [*words, board.windowTitle(), board.parts.banner.text.text()]


def test_no_grader_is_named_until_the_person_asks(board, hand):
    for code in ("dr", "MA", "fovea"):
        hand.focus(code)
        assert not [text for text in texts(board) for name in NAMES if name in text]
    board.actions["names"].trigger()
    assert all(any(name in text for text in texts(board)) for name in NAMES)


def test_every_control_has_a_name_and_a_tip(board, hand):
    hand.focus("MA")
    controls = [widget for kind in (QAbstractButton, QComboBox) for widget in board.findChildren(kind)]
    shown = [w for w in controls if w.isVisible() and w.objectName() != "qt_toolbar_ext_button"]
    shown = [w for w in shown if not isinstance(w.parent(), QLineEdit)]
    assert len(shown) > 20
    assert [w for w in shown if not w.accessibleName() or not w.toolTip()] == []


def test_a_grader_sees_other_readings_and_decides_nothing(open_board, disputed, qtbot):
    board = open_board(disputed, "Silva", disputed.images()[0])
    hand = BoardHand(board, qtbot)
    assert len(board.case.readings) == 3
    assert not board.parts.queue.isVisible()
    assert not [text for text in texts(board) for name in ("Chen", "Okafor") if name in text]
    hand.focus("MA")
    for key in (K.Key_D, K.Key_A, K.Key_1, K.Key_U, K.Key_R):
        hand.key(key)
    hand.saved()
    assert not board.is_drawing
    assert not any(item.decision for item in board.case.items)
    titles = [pane.title.text() for pane in board.parts.readings.panes]
    assert sum("yours" in title for title in titles) == 1
    detail = board.parts.items.detail
    for button in detail.choices:
        hand.click(detail, button.mapTo(detail, QPoint(20, 8)))
    hand.saved()
    assert not any(item.decision for item in board.case.items)
    assert not board.actions["names"].isVisible()


def test_the_menu_opens_the_board_for_adjudicators_and_the_readings_for_graders(
    open_window, disputed, qtbot, study
):
    from retina_studio.gui.features.adjudicating import Adjudicating

    window = open_window(disputed, "Weber")
    assert window.actions["adjudicate"].isVisible()
    assert not window.actions["other_readings"].isVisible()
    window.actions["adjudicate"].trigger()
    board = window.feature(Adjudicating).board
    qtbot.waitUntil(lambda: board.picture is not None, timeout=5000)
    window.close()
    assert window.feature(Adjudicating).board is None
    grader = open_window(disputed, "Chen")
    assert not grader.actions["adjudicate"].isVisible()
    assert grader.actions["other_readings"].isEnabled()
    grader.document.reopen()
    assert not grader.actions["other_readings"].isEnabled()


def test_the_list_of_images_is_filtered_by_name_reason_and_state(open_board, study, tmp_path, qtbot):
    board = open_board(disputed_study(study, tmp_path / "in", ("first", "second")))
    queue = board.parts.queue
    assert queue.view.rows.rows[0].note == "1 grade, MA, CWS, fovea"
    queue.search.setFocus()
    QTest.keyClicks(queue.search, "no such reason")
    qtbot.waitUntil(lambda: queue.images == ["first"])  # the one that is shown stays
    queue.search.clear()
    QTest.keyClicks(queue.search, "cotton")
    qtbot.waitUntil(lambda: queue.images == ["first", "second"])
    queue.which.setCurrentIndex(queue.which.findData("done"))
    assert queue.images == ["first"]


@pytest.mark.parametrize(
    ("count", "room", "columns"),
    [(4, (800, 600), 2), (2, (800, 800), 1), (3, (1200, 300), 3), (1, (300, 300), 1)],
)
def test_panes_stand_so_that_the_image_is_largest(count, room, columns):
    assert columns_for(count, room, (300, 200)) == columns


def test_size_is_remembered(application, disputed, qtbot):
    from retina_studio.gui.board.window import BoardWindow

    for size in ((980, 700), None):
        board = BoardWindow(disputed, disputed.grader("Weber"))
        if size:
            board.resize(*size)
            board.show()
        else:
            assert (board.width(), board.height()) == (980, 700)
        board.close()
        board.deleteLater()
