"""The review by keyboard: Tab, A, R and E on the canvas, in bulk, by score; with real keys on a real study."""

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.domain.edits import add_shapes
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.features.reviewing import Reviewing
from retina_studio.gui.panels.offers import LABEL, SCORE
from retina_studio.study.verify import study_problems

Key = Qt.Key
HASH = "cd" * 32
LESIONS = (("MA", 60, 60, 0.9), ("MA", 120, 60, 0.3), ("HaEx", 180, 60, 0.7), ("MA", 240, 60, 0.6))


def _offer(study, lesions=LESIONS, model="lesion", weights=HASH):
    origin = proposal_origin(model, weights)
    shapes = [new_shape(code, Ellipse(x, y, 5, 4), origin) for code, x, y, _ in lesions]
    scores = {shape.id: lesion[3] for shape, lesion in zip(shapes, lesions, strict=True)}
    study.add_proposal(study.images()[0], Proposal(model, weights, tuple(shapes), scores))
    return shapes


@pytest.fixture
def offered(full_study):
    return _offer(full_study)


@pytest.fixture
def window(offered, open_window, full_study):
    return open_window(full_study)


@pytest.fixture
def review(hand):
    hand.canvas.setFocus()
    return hand.window.feature(Reviewing)


def _history(hand):
    return len(hand.window.document.session.history())


def test_tab_goes_round_the_open_proposals_and_esc_leaves(hand, review, offered):
    assert review.offer is None
    places = []
    for _ in range(5):
        hand.key(Key.Key_Tab)
        places.append(offered.index(review.offer.shape))
    assert places == [0, 1, 2, 3, 0]
    hand.key(Key.Key_Backtab, hand.SHIFT)
    assert review.offer.shape == offered[3]
    assert hand.canvas.offers.chosen == offered[3].id
    assert hand.canvas.hasFocus()
    hand.key(Key.Key_Escape)
    assert review.offer is None
    hand.key(Key.Key_E)
    assert hand.canvas.tool.name == "ellipse"


def test_deciding_by_keys_brings_up_the_next(hand, review, offered):
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_A)
    assert hand.shapes == [offered[0]]
    assert review.offer.shape == offered[1]
    hand.key(Key.Key_R)
    assert hand.shapes == [offered[0]]
    assert review.offer.shape == offered[2]
    decisions = {o.shape.id: o.decision for o in hand.window.proposal_panel.table.offers}
    assert [decisions[shape.id] for shape in offered] == ["accepted", "rejected", "", ""]
    hand.key(Key.Key_A)
    hand.key(Key.Key_A)
    assert review.offer is None
    assert "decided" in hand.window.status.currentMessage()
    hand.key(Key.Key_Tab)  # nothing is open: the key moves the focus, as everywhere
    assert not hand.canvas.hasFocus()


def test_edit_takes_the_shape_shows_its_handles_and_tab_goes_on(hand, review, offered):
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_E)
    assert hand.shapes == [offered[0]]
    assert hand.canvas.selection == {offered[0].id}
    assert hand.canvas.tool.name == "select"
    assert review.offer is None
    hand.key(Key.Key_Right)
    assert hand.shapes[0].geometry.x == 61
    assert hand.shapes[0].origin == offered[0].origin
    hand.key(Key.Key_Tab)
    assert review.offer.shape == offered[1]


def test_all_of_a_label_is_one_step_either_way(hand, review, offered, full_study):
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_A, hand.SHIFT)
    assert {shape.label for shape in hand.shapes} == {"MA"}
    assert (len(hand.shapes), _history(hand)) == (3, 1)
    assert review.offer.shape.label == "HaEx"
    hand.key(Key.Key_Z, hand.CTRL)
    assert hand.shapes == []
    hand.key(Key.Key_Tab)
    hand.window.proposal_panel.choose(offered[1].id)
    hand.key(Key.Key_R, hand.SHIFT)
    assert hand.shapes == []
    assert [o.shape.label for o in hand.window.proposal_panel.open_offers] == ["HaEx"]
    assert study_problems(full_study) == []


def test_accepting_all_takes_the_best_of_a_single_label_and_never_what_is_drawn(
    open_window, full_study, qtbot
):
    first = _offer(full_study, (("OD", 200, 150, 0.8),), "disc")
    second = _offer(full_study, (("OD", 205, 150, 0.95), ("MA", 60, 60, 0.5)), "glaucoma")
    window = open_window(full_study)
    QTest.keyClick(window.canvas, Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert set(window.document.grading.shapes) == {shape.id for shape in second}
    assert "OD" in window.status.currentMessage()
    window.document.undo_stack.undo()
    own = new_shape("OD", Ellipse(210, 150, 30, 30))
    window.document.apply(add_shapes(own))
    QTest.keyClick(window.canvas, Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    assert set(window.document.grading.shapes) == {own.id, second[1].id}
    assert first[0].id not in window.document.grading.shapes


def test_weak_proposals_are_hidden_and_not_taken(hand, review, offered):
    panel = hand.window.proposal_panel
    panel.least.setValue(50)
    assert panel.table.rowCount() == 3
    assert "1 hidden" in panel.summary.text()
    assert offered[1] not in hand.canvas.offers.shapes
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_Tab)
    assert review.offer.shape == offered[2]
    hand.key(Key.Key_Y, hand.SHIFT)
    assert offered[1].id not in hand.window.document.grading.shapes
    assert len(hand.shapes) == 3
    panel.least.setValue(0)
    assert [offer.shape for offer in panel.open_offers] == [offered[1]]
    assert "hidden" not in panel.summary.text()


def test_what_a_hidden_label_offers_is_neither_gone_to_nor_taken(hand, review, offered):
    hand.press(hand.window.label_panel.visible_button("MA"))
    hand.canvas.setFocus()
    hand.key(Key.Key_Tab)
    assert review.offer.shape == offered[2]
    hand.key(Key.Key_Y, hand.SHIFT)
    assert hand.shapes == [offered[2]]


def test_the_table_sorts_by_score_and_label(hand, offered):
    panel = hand.window.proposal_panel
    header = panel.view.horizontalHeader()

    def click(column):
        header.sectionClicked.emit(column)
        return [offer.shape for offer in panel.table.offers]

    by_score = [offered[place] for place in (0, 2, 3, 1)]
    assert click(SCORE) == by_score
    assert click(SCORE) == by_score[::-1]
    assert click(SCORE) == offered
    assert [shape.label for shape in click(LABEL)] == ["MA", "MA", "MA", "HaEx"]


def test_a_proposal_out_of_sight_is_brought_into_it(hand, review, offered):
    hand.canvas.show_around((300, 200, 340, 240))
    before = hand.canvas.view
    hand.key(Key.Key_Tab)
    spot = hand.canvas.to_widget(60, 60).toPoint()
    assert hand.canvas.rect().contains(spot)
    assert hand.canvas.view.scale == before.scale  # large enough as it is: only moved
    shown = hand.canvas.view
    hand.key(Key.Key_Escape)
    hand.key(Key.Key_Tab)
    assert hand.canvas.view == shown


def test_a_polygon_under_way_keeps_its_keys(hand, review):
    hand.tool("polygon", "MA")
    hand.click((200, 200))
    hand.key(Key.Key_Tab)
    assert review.offer is None


def test_a_submitted_grading_is_not_reviewed(hand, review):
    hand.press(hand.window.grading_panel.button("gradability", "ungradable"))
    hand.press(hand.window.submit_button)
    hand.canvas.setFocus()
    hand.key(Key.Key_Tab)
    assert review.offer is None


def test_two_thousand_proposals_filter_at_once(open_window, full_study, qtbot):
    rng = np.random.default_rng(1)
    spots = rng.uniform((10, 10), (390, 290), (2000, 2))
    codes = rng.choice(["MA", "iHE", "HaEx"], 2000)
    _offer(
        full_study,
        [(str(c), *map(float, s), float(p)) for c, s, p in zip(codes, spots, rng.random(2000), strict=True)],
    )
    window = open_window(full_study)
    panel = window.proposal_panel
    assert len(window.canvas.offers.shapes) == 2000
    times = []
    for value in range(5, 95, 6):
        start = time.thread_time()  # of this thread, however busy the machine is
        panel.least.setValue(value)
        times.append(time.thread_time() - start)
        qtbot.wait(1)
    assert panel.table.rowCount() == sum(score >= 0.89 for score in (o.score for o in panel._offers))
    assert np.median(times) < 0.05
    panel.accept_all()
    assert len(window.document.grading.shapes) == panel.table.rowCount()
