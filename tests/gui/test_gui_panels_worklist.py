"""The worklist: its menu of filters, small pictures from workers, volumes, and thousands of rows."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from retina_studio.domain.proposal import Proposal
from retina_studio.gui.features.ordering import Ordering
from retina_studio.gui.features.thumbnails import Thumbnails
from retina_studio.gui.panels.worklist import WorklistPanel
from retina_studio.gui.panels.worklist_rows import ENTRY, second_line
from retina_studio.study.records import ImageRecord, WorklistEntry


def names(panel):
    model = panel.view.model()
    return [model.index(row, 0).data().partition(",")[0] for row in range(model.rowCount())]


def choose(panel, words):
    menu = panel.filter_button.menu()
    next(action for action in menu.actions() if action.text().partition("\t")[0] == words).trigger()


def entry(number, **fields):
    values = {"modality": "fundus", "eye": "OD", "bscan": 0, "bscans": 0, **fields}
    image = ImageRecord(
        id=number,
        name=f"image-{number:05d}",
        file="",
        sha256=f"{number:064x}",
        patient="",
        split="",
        width=10,
        height=10,
        **values,
    )
    return WorklistEntry(image, "open")


def test_the_menu_filters_by_state_kind_and_eye(hand):
    panel = hand.window.worklist
    choose(panel, "OCT B-scans")
    assert names(panel) == ["a_OS", "scan"]  # the image being graded stays
    choose(panel, "All kinds")
    choose(panel, "Left eyes")
    assert names(panel) == ["a_OS"]
    choose(panel, "Both eyes")
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.press(hand.window.submit_button)
    hand.open("b_OD")
    choose(panel, "Submitted")
    assert names(panel) == ["a_OS", "b_OD"]
    hand.open("scan")
    assert names(panel) == ["a_OS", "b_OD", "c", "scan"]
    checked = [action.text() for action in panel.filter_button.menu().actions() if action.isChecked()]
    assert checked == ["All states\t4", "All kinds", "Both eyes"]


def test_a_b_scan_of_a_volume_says_its_place():
    assert second_line(entry(1, modality="oct", bscan=12, bscans=49)) == "open · B-scan 12/49 · right eye"
    assert second_line(entry(1, eye="")) == "open"


def test_small_pictures_come_from_workers_and_can_be_put_away(hand, full_study):
    thumbnails, panel = hand.window.feature(Thumbnails), hand.window.worklist
    hand.qtbot.waitUntil(lambda: len(thumbnails._made) == 4 and thumbnails.is_idle, timeout=5000)
    hand.qtbot.wait(50)
    with_pictures = panel.view.viewport().grab().toImage()
    picture = thumbnails._made[full_study.image("b_OD").id].toImage()
    pixels = cv2.imread(str(full_study.image_file(full_study.image("b_OD"))))
    middle = picture.pixelColor(picture.width() // 2, picture.height() // 2)
    expected = cv2.resize(pixels, (4, 3), interpolation=cv2.INTER_AREA).mean(axis=(0, 1))
    assert np.abs(np.array([middle.blue(), middle.green(), middle.red()]) - expected).max() < 110
    hand.press(panel.thumbnail_button)
    hand.qtbot.wait(50)
    without = panel.view.viewport().grab().toImage()
    assert without != with_pictures
    assert panel.view.sizeHintForRow(0) < 50


def test_the_choice_of_small_pictures_is_remembered(hand, open_window, full_study):
    hand.press(hand.window.worklist.thumbnail_button)
    hand.window.close()
    assert not open_window(full_study).worklist.thumbnail_button.isChecked()


def test_a_file_that_cannot_be_read_leaves_its_plate_empty(open_window, full_study, qtbot):
    image = full_study.image("c")
    full_study.image_file(image).write_bytes(b"no image")
    thumbnails = open_window(full_study).feature(Thumbnails)
    qtbot.waitUntil(lambda: len(thumbnails._made) == 4, timeout=5000)
    assert thumbnails._made[image.id] is None


@pytest.fixture
def long_list(application, qtbot):
    panel = WorklistPanel()
    qtbot.addWidget(panel)
    panel.show_entries([entry(n, eye="OS" if n % 2 else "OD") for n in range(5000)])
    panel.resize(284, 430)
    panel.show()
    return panel


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_five_thousand_rows_are_filtered_and_scrolled_without_stutter(long_list, qtbot):
    asked = []
    long_list.show_thumbnails(lambda image: asked.append(image.id))
    qtbot.wait(50)
    assert 0 < len(set(asked)) < 20  # only the rows in sight
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        choose(long_list, "Left eyes")
        seconds.append(time.perf_counter() - started)
        choose(long_list, "Both eyes")
    assert min(seconds) < 0.1
    QTest.keyClicks(long_list.filter_field, "image-0499")
    assert len(names(long_list)) == 10
    view = long_list.view
    long_list.filter_field.clear()
    view.scrollToBottom()
    qtbot.wait(50)
    assert view.indexAt(QPoint(20, view.viewport().height() - 10)).row() == 4999
    assert 4999 in asked
    assert view.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


@pytest.fixture
def informative(full_study):
    """A model is sure of the first two images, and not of the third."""
    full_study.set_setting("random_share", 0, "Chen")
    for image, chances in zip(full_study.images(), ((0.9, 0.1), (0.95, 0.05), (0.5, 0.5)), strict=False):
        said = dict(enumerate(chances))
        offer = Proposal("lesion", "ab" * 32, (), {}, {"dr": max(said, key=said.get)}, {"dr": said})
        full_study.add_proposal(image, offer)
    return full_study


def order(window, words):
    menu = window.worklist.order_button.menu()
    next(action for action in menu.actions() if action.text() == words).trigger()


def is_ordered(window):
    return lambda: window.feature(Ordering).is_idle


def test_the_most_informative_come_first_with_their_reasons_and_nothing_is_opened(
    informative, open_window, qtbot
):
    window = open_window(informative)
    panel = window.worklist
    heights = panel.view.visualRect(panel.view.model().index(0, 0)).height()
    order(window, "Most informative first")
    qtbot.waitUntil(is_ordered(window), timeout=20_000)
    assert names(panel) == ["c", "a_OS", "b_OD", "scan"]
    assert panel.view.currentIndex().data(ENTRY).image == window.image == informative.image("a_OS")
    first = panel.view.model().index(0, 0)
    assert "DR0 or DR1: the model is unsure" in first.data(Qt.ItemDataRole.ToolTipRole)
    assert "unsure" in first.data()
    qtbot.waitUntil(lambda: panel.view.visualRect(first).height() > heights, timeout=5000)
    QTest.keyClicks(panel.filter_field, "unsure")
    assert names(panel) == ["c", "a_OS"]  # the image being graded stays
    panel.filter_field.clear()
    order(window, "Assigned order")
    qtbot.waitUntil(is_ordered(window), timeout=20_000)
    assert names(panel) == ["a_OS", "b_OD", "c", "scan"]
    assert not panel.gives_reasons


def test_the_order_is_kept_and_a_new_window_begins_with_its_first_image(informative, open_window, qtbot):
    window = open_window(informative)
    order(window, "Most informative first")
    qtbot.waitUntil(is_ordered(window), timeout=20_000)
    again = open_window(informative)
    qtbot.waitUntil(is_ordered(again), timeout=20_000)
    assert again.image == informative.image("c")
    assert [a.data() for a in again.worklist.order_button.menu().actions() if a.isChecked()] == [
        "informative"
    ]


def test_news_leave_the_order_and_the_reasons(informative, open_window, qtbot):
    window = open_window(informative)
    order(window, "Most informative first")
    qtbot.waitUntil(is_ordered(window), timeout=20_000)
    window.worklist.set_state(informative.image("b_OD"), "in progress")
    window.worklist.update_entries(informative.worklist(window.grader))
    assert names(window.worklist) == ["c", "a_OS", "b_OD", "scan"]
    assert "unsure" in window.worklist.view.model().index(0, 0).data()


def test_thousands_of_rows_are_put_in_order_without_a_stutter(qtbot):
    panel = WorklistPanel()
    qtbot.addWidget(panel)
    panel.show_entries([entry(number) for number in range(12_000)])
    panel.select("image-00007")
    wanted = [replace(entry(number), informative="rare: NV") for number in reversed(range(12_000))]
    panel._model.set_state(entry(9).image, "submitted")
    start = time.process_time()
    panel.rearrange("informative", wanted)
    assert time.process_time() - start < 0.3  # generous: of this thread, on a loaded machine
    assert panel.view.currentIndex().data(ENTRY).image.name == "image-00007"
    assert panel.view.currentIndex().row() == 12_000 - 8
    assert panel.view.model().index(12_000 - 10, 0).data(ENTRY).state == "submitted"
