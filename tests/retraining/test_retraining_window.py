"""One click in the real window, with the real engine, process and gate; the window is closed and opened meanwhile."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from retina_studio.gui.features.retraining import Retraining

LEFT = Qt.MouseButton.LeftButton
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    # The engine is meant to outlive the window that started it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard"),
]
_PATIENCE = 600_000  # ms


@pytest.fixture
def open_main(qapp, settled, monkeypatch, qtbot):
    from retina_studio.gui.app import make_application
    from retina_studio.gui.main_window import MainWindow

    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    make_application()
    opened = []

    def make():
        window = MainWindow(settled, settled.grader("Eva"))
        opened.append(window)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignal(window.image_shown, timeout=30_000):
            window.start()
        return window

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
    qtbot.wait(1)


def retraining_of(window, qtbot):
    window.actions["retrain"].trigger()
    feature = window.feature(Retraining)
    qtbot.waitUntil(lambda: feature.retraining is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not feature.retraining.is_busy, timeout=120_000)
    return feature.retraining


def test_one_click_trains_is_followed_and_is_judged(open_main, settled, registry, queue, qtbot):
    main = open_main()
    window = retraining_of(main, qtbot)
    plan = window.plan
    assert [model.stem for model in plan.models.chosen] == ["disc"]
    assert "22 images settled" in plan.holdings.totals.text()
    plan.choices.device.setCurrentIndex(plan.choices.device.findData("cpu"))
    QTest.mouseClick(plan.start_button, LEFT)
    qtbot.waitUntil(lambda: bool(window.runs.view.figures.curves), timeout=_PATIENCE)
    assert window.tabs.currentWidget() is window.runs
    assert main.feature(Retraining).indicator.isVisible()
    main.close()
    (run,) = queue.runs()
    assert run.state == "training"
    main = open_main()
    feature = main.feature(Retraining)
    qtbot.waitUntil(feature.indicator.isVisible, timeout=60_000)
    qtbot.waitUntil(lambda: queue.runs()[0].done, timeout=_PATIENCE)
    (run,) = queue.runs()
    assert run.state in {"promoted", "held back"}, run.reason
    window = retraining_of(main, qtbot)
    QTest.mouseClick(window.runs.verdict_button, LEFT)
    qtbot.waitUntil(lambda: window.verdict.judged is not None, timeout=60_000)
    assert window.verdict.judged.is_current == (run.state == "promoted")
    assert window.verdict.table.topLevelItemCount() == len(window.verdict.judged.verdict.checks)
    examples = window.runs.view.examples
    qtbot.waitUntil(lambda: not examples.strip.image.isNull(), timeout=60_000)
