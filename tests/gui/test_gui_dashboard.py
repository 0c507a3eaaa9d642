"""The agreement dashboard, worked with mouse and keys on a study that three graders have graded."""

import json

import pytest
from board_study import disputed_study, submit
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.gui.features.agreeing import Agreeing
from retina_studio.study.agreement import study_agreement
from retina_studio.study.agreement_names import concerning

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")


@pytest.fixture
def disputed(study, tmp_path):
    return disputed_study(study, tmp_path / "in", ("first", "second"))


@pytest.fixture
def open_dashboard(application, qtbot):
    from retina_studio.gui.dashboard.window import DashboardWindow

    opened = []

    def make(study, name="Weber"):
        window = DashboardWindow(study, study.grader(name))
        opened.append(window)
        window.resize(1280, 800)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignal(window.shown, timeout=20_000):
            window.start()
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    qtbot.wait(1)


def page(window, title):
    window.tabs.setCurrentIndex([p.title for p in window.pages].index(title))
    return window.pages[window.tabs.currentIndex()]


def test_a_click_on_a_dot_picks_its_grader_in_every_chart(open_dashboard, disputed, qtbot):
    window = open_dashboard(disputed)
    drawings = page(window, "Drawings")
    number = next(
        n for n, dot in enumerate(drawings.chart.dots) if (dot.grader, dot.group) == ("Okafor", "OD")
    )
    qtbot.wait(100)  # the chart is laid out when it is painted
    place = drawings.chart.place_of(number)
    expected = drawings.chart.at(place).grader
    QTest.mouseMove(drawings.chart.viewport(), place)
    QTest.mouseClick(drawings.chart.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert window.cast.picked == expected
    assert [b.text() for b in window.legend.buttons if b.isChecked()] == [window.cast.picked]
    grades = page(window, "Grades")
    assert grades.cast.picked == window.cast.picked
    QTest.mouseClick(
        grades.chart, LEFT, Qt.KeyboardModifier.NoModifier, grades.chart.place_of("Chen", "Silva")
    )
    assert window.cast.picked == "Chen"
    assert grades.chart.cell("Silva", "Chen").words.endswith("2 images")


def test_the_table_sorts_and_is_copied(open_dashboard, disputed):
    table = page(open_dashboard(disputed), "Drawings")
    table.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    values = [row.cells[3].key for row in table.table.figures.rows]
    assert values == sorted(values, reverse=True)
    QTest.mouseClick(table.copy_button, LEFT)
    lines = QApplication.clipboard().text().split("\n")
    assert lines[0].split("\t")[:4] == ["Grader", "Label", "Images", "Dice"]
    assert len(lines) == 1 + len(values)


def test_names_can_be_hidden(open_dashboard, disputed):
    window = open_dashboard(disputed)
    window.actions["hide_names"].trigger()
    assert [b.text() for b in window.legend.buttons] == [
        f"Grader {n}" for n in sorted(int(b.text().split()[1]) for b in window.legend.buttons)
    ]
    for title in [p.title for p in window.pages]:
        text = page(window, title).table.figures.text(range(len(page(window, title).table.figures.rows)))
        assert not any(name in text for name in ("Chen", "Okafor", "Silva"))
    window.actions["hide_names"].trigger()


def test_a_grader_sees_their_own_figures_and_no_name_of_another(open_dashboard, disputed):
    window = open_dashboard(disputed, "Chen")
    assert not window.actions["hide_names"].isVisible()
    assert {entry.grader for entry in window.agreement.labels} == {"Chen"}
    assert {entry.first for entry in window.agreement.consensus} == {"Chen"}
    text = json.dumps(window.agreement.to_dict())
    assert "Okafor" not in text
    assert "Silva" not in text
    assert concerning(study_agreement(disputed), "Nobody").pairs == ()


def test_says_that_the_vote_is_out_of_date_and_votes(open_dashboard, disputed, qtbot):
    submit(disputed, disputed.images()[0], "Chen", 2)
    window = open_dashboard(disputed)
    assert "1 images" in window.notice.text.text()
    with qtbot.waitSignal(window.shown, timeout=20_000):
        QTest.mouseClick(window.notice.button, LEFT)
    assert not window.notice.isVisible()
    assert page(window, "Repeats").stage.currentWidget().text() == "No hidden repeat has been graded yet."


def test_writes_each_form_of_report(open_dashboard, disputed, qtbot, tmp_path):
    window = open_dashboard(disputed)
    window.actions["export"].trigger()
    dialog = window.dialog
    QTest.keyClicks(dialog.place.text, str(tmp_path / "report"))
    for number, start in enumerate((b"<!doctype", b"%PDF", b"what", b"{")):
        dialog.form_box.setCurrentIndex(number)
        with qtbot.waitSignal(dialog.settled, timeout=60_000):
            QTest.mouseClick(dialog.start_button, LEFT)
        assert dialog.said.text() == f"Written: {dialog.out}"
        assert dialog.out.read_bytes().lstrip(b"\xef\xbb\xbf").startswith(start)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_an_empty_study_says_so_and_the_window_opens_from_the_menu(open_window, full_study, qtbot):
    window = open_window(full_study)
    window.actions["agreement"].trigger()
    dashboard = window.feature(Agreeing).dashboard
    qtbot.waitUntil(lambda: "No image has been voted on yet" in dashboard.waiting.text(), timeout=20_000)
    assert not dashboard.actions["export"].isEnabled()
    QTest.mouseMove(dashboard, QPoint(5, 5))
    QTest.keyClick(dashboard, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.feature(Agreeing).dashboard is None)
