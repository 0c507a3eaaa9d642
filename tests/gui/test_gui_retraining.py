"""The window of retraining on recorded runs, worked with mouse and keys; what they are asked is in the real queue."""

import pytest
from filelock import FileLock
from PySide6.QtCore import QDateTime, QPoint, Qt
from PySide6.QtTest import QTest
from recorded_runs import STORE, begin_training, epoch, judge, plan_of, tell
from tiny_weights import tiny_weights, two_discs

from retina_studio import paths
from retina_studio.gui.features.models import Models
from retina_studio.gui.features.retraining import Retraining
from retina_studio.gui.features.voting import Voting
from retina_studio.gui.jobs import finish_jobs
from retina_studio.inference.registry import Registry
from retina_studio.retraining.home import home_of, is_begun
from retina_studio.retraining.queue import Queue
from retina_studio.store.write import snapshot_path

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")


@pytest.fixture
def staffed(full_study):
    full_study.add_grader("Lind", "engineer")
    return full_study


@pytest.fixture
def home(staffed):
    """Another program works through the queue: what is recorded is only looked at."""
    home = home_of(staffed)
    with FileLock(home / "engine.lock"):
        yield home


@pytest.fixture
def queue(home):
    return Queue(home)


@pytest.fixture
def open_retraining(open_window, qtbot):
    """Opens the window of retraining as a person does."""

    def make(study, name="Lind"):
        window = open_window(study, name)
        window.actions["retrain"].trigger()
        feature = window.feature(Retraining)
        qtbot.waitUntil(lambda: feature.retraining is not None, timeout=20_000)
        qtbot.waitUntil(lambda: not feature.retraining.is_busy, timeout=60_000)
        make.main = window
        return feature.retraining

    return make


def press(button):
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)


def reading(window, qtbot):
    """Wait for a reading that began after now."""
    for _ in range(2):
        with qtbot.waitSignal(window.follower.seen, timeout=10_000):
            window.follower.look()


# The plan


def test_without_a_consensus_it_says_so_and_leads_to_the_vote(open_retraining, staffed, qtbot):
    window = open_retraining(staffed)
    assert "No image of this study is settled yet" in window.plan.empty.text()
    assert "Nothing was retrained yet" in window.runs.empty.text()
    assert "gate" in window.verdict.empty.text()
    assert not window.plan.start_button.isVisible()
    press(window.plan.notice.button)
    voting = open_retraining.main.feature(Voting)
    assert voting.dialog.isVisible()


def test_an_installation_that_cannot_train_says_so(open_retraining, staffed, monkeypatch):
    monkeypatch.setattr(paths, "training_command", lambda: ["/nowhere/retina-train"])
    window = open_retraining(staffed)
    assert "its training module is missing" in window.plan.empty.text()
    assert "its training module is missing" in window.runs.empty.text()


@pytest.fixture
def plan(application, qtbot):
    from retina_studio.gui.retraining.plan_page import PlanPage
    from retina_studio.gui.retraining.work import Device, Planned

    page = PlanPage(may_retrain=True)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.show_planned(Planned(plan_of(due=3), (Device("cuda", "GPU"), Device("cpu", "processor"))))
    return page


def test_the_plan_shows_what_is_there_and_why(plan):
    assert [model.stem for model in plan.models.chosen] == ["lesion", "glaucoma"]
    assert plan.start_button.text() == "Retrain 2 models"
    assert plan.total.text().startswith("At most 2 h 10 min")
    assert "3 images were graded" in plan.notice.text.text()
    assert "412 images settled" in plan.holdings.totals.text()
    assert plan.holdings.labels.topLevelItem(2).text(4) == "103"
    assert plan.holdings.grades.topLevelItem(0).text(0) == "Diabetic retinopathy: DR0"
    assert plan.holdings.graders.topLevelItem(0).text(0) == "Chen"
    assert "2 images with NV" in plan.warnings.text()


def test_models_are_ticked_by_keys_and_mouse_and_asked_for_together(plan, qtbot):
    table = plan.models
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert [model.stem for model in table.chosen] == ["glaucoma"]
    box = table.visualItemRect(table.topLevelItem(2))
    QTest.mouseClick(table.viewport(), LEFT, NO_KEY, QPoint(box.left() + 16, box.center().y()))
    assert [model.stem for model in table.chosen] == ["glaucoma", "disc"]
    for _ in range(4):
        QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert not table.is_ticked("oct")  # nothing answers it
    assert "No image of the split train" in plan.warnings.text()
    plan.show_planned(plan.planned)
    assert [model.stem for model in table.chosen] == ["glaucoma", "disc"]
    QTest.keyClick(plan.choices.device, Qt.Key.Key_Down)
    with qtbot.waitSignal(plan.bounded):
        QTest.keyClick(plan.choices.bound, Qt.Key.Key_Down)
    QTest.keyClick(plan.choices.later, Qt.Key.Key_Space)
    plan.choices.time.setDateTime(QDateTime.fromString("2099-05-01T22:30", Qt.DateFormat.ISODate))
    with qtbot.waitSignal(plan.wanted) as wanted:
        press(plan.start_button)
    (order,) = wanted.args
    assert (order.stems, order.device) == (("glaucoma", "disc"), "cpu")
    assert (order.seconds, order.not_before) == (600.0, "2099-05-01T22:30")


def test_only_an_engineer_retrains_where_people_have_roles(study, full_study, home):
    from retina_studio.gui.retraining.work import may_retrain

    assert may_retrain(full_study, "Lind")
    assert not may_retrain(full_study, "Chen")
    full_study.change_role("Lind", "grader", "Lind")
    assert may_retrain(full_study, "Chen")


def test_who_is_no_engineer_looks_on(open_retraining, staffed, queue, home, qtbot):
    run = begin_training(home)
    epoch(queue.files(run), 1)
    window = open_retraining(staffed, "Chen")
    reading(window, qtbot)
    assert window.runs.view.progress.text().startswith("multitask, epoch 1 of 20")
    for button in (window.runs.pause_button, window.runs.cancel_button, window.plan.start_button):
        assert not button.isVisible()


# The runs


@pytest.fixture
def live(application, staffed, home, qtbot):
    """The window on a run that trains, without the main window."""
    from retina_studio.gui.retraining.follower import Follower
    from retina_studio.gui.retraining.window import assembled

    begin_training(home)
    follower = Follower()
    *_, window = assembled(staffed, staffed.grader("Lind"), follower, may_retrain=True)
    follower.start(home)
    window.tabs.setCurrentWidget(window.runs)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield window
    window.close()
    follower.stop()
    finish_jobs()
    window.deleteLater()
    qtbot.wait(1)


def test_curves_examples_and_log_grow_with_the_events(live, queue, qtbot):
    view, files = live.runs.view, queue.files(queue.runs()[0])
    reading(live, qtbot)
    assert view.losses.curves == []
    assert "No epoch is through yet" in view.losses.legend.text()
    for number in range(1, 4):
        epoch(files, number)
    reading(live, qtbot)
    assert [(curve.name, curve.validated) for curve in view.losses.curves] == [
        ("loss", False), ("OD", False), ("OC", False), ("loss", True), ("loss_od", True),
    ]  # fmt: skip
    assert [curve.name for curve in view.figures.curves] == ["dice_od", "dice_oc", "auc"]
    assert len(view.figures.curves[0].points) == 3
    assert view.progress.text() == "multitask, epoch 3 of 20, 11 min left"
    assert view.memory.text() == "Memory 1.4 GB"
    assert view.bar.value() == 150
    assert "multitask 3: the best so far, kept" in view.log.toPlainText()
    files.log.write_text("a word on stderr\n")
    epoch(files, 4)
    reading(live, qtbot)
    assert len(view.figures.curves[0].points) == 4
    assert view.log.toPlainText().endswith("a word on stderr")
    view.figure.setFocus()
    QTest.keyClick(view.figure, Qt.Key.Key_End)
    assert [curve.name for curve in view.figures.curves] == ["fovea_px"]
    QTest.mouseMove(view.figures, view.figures.place_of(2))
    assert view.figures.at(view.figures.place_of(2)).words.startswith("Fovea px, epoch 3: ")


def test_the_slider_stays_with_the_newest_epoch_until_it_is_moved(live, queue, qtbot):
    examples, files = live.runs.view.examples, queue.files(queue.runs()[0])
    for number in (1, 2):
        epoch(files, number)
    reading(live, qtbot)
    qtbot.waitUntil(lambda: not examples.strip.image.isNull(), timeout=5000)
    assert examples.caption.text() == "multitask, epoch 2"
    epoch(files, 3)
    reading(live, qtbot)
    assert examples.caption.text() == "multitask, epoch 3"
    examples.slider.setFocus()
    QTest.keyClick(examples.slider, Qt.Key.Key_Left)
    epoch(files, 4)
    reading(live, qtbot)
    assert examples.caption.text() == "multitask, epoch 2"


def test_pause_continue_and_cancel_reach_the_queue(live, queue, qtbot):
    runs = live.runs
    reading(live, qtbot)
    press(runs.pause_button)
    qtbot.waitUntil(lambda: queue.runs()[0].wish == "pause", timeout=10_000)
    qtbot.waitUntil(runs.go_on_button.isVisible, timeout=10_000)
    assert runs.queue.topLevelItem(0).text(1) == "pausing after this epoch"
    press(runs.go_on_button)
    qtbot.waitUntil(lambda: queue.runs()[0].wish == "", timeout=10_000)
    qtbot.waitUntil(runs.pause_button.isVisible, timeout=10_000)
    press(runs.cancel_button)
    assert runs.cancel_button.text() == "Really cancel?"
    assert queue.runs()[0].wish == ""
    press(runs.cancel_button)
    qtbot.waitUntil(lambda: queue.runs()[0].wish == "cancel", timeout=10_000)
    qtbot.waitUntil(lambda: not runs.cancel_button.isEnabled(), timeout=10_000)


def test_another_run_is_chosen_with_the_keyboard(live, queue, qtbot):
    queue.ask(["disc"], "Lind", not_before="2099-05-01T22:30")
    reading(live, qtbot)
    table = live.runs.queue
    assert [table.topLevelItem(row).text(0) for row in range(2)] == ["glaucoma", "disc"]
    assert table.topLevelItem(1).text(1) == "from 05-01 22:30"
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: live.runs.view.title.text() == "Disc", timeout=10_000)
    reading(live, qtbot)
    assert table.currentIndex().row() == 1


def test_the_main_window_tells_of_runs_after_a_restart(open_window, staffed, queue, home, qtbot):
    run = begin_training(home)
    epoch(queue.files(run), 5)
    window = open_window(staffed, "Chen")
    feature = window.feature(Retraining)
    qtbot.waitUntil(feature.indicator.isVisible, timeout=10_000)
    assert feature.indicator.text() == "glaucoma: 25 %, 10 min left"
    judge(home, run, promoted=True)
    qtbot.waitUntil(lambda: not feature.indicator.isVisible(), timeout=10_000)
    assert window.status.currentMessage().startswith("glaucoma has learnt anew")


def test_the_indicator_leads_to_the_runs(open_window, staffed, home, qtbot):
    begin_training(home)
    window = open_window(staffed, "Lind")
    feature = window.feature(Retraining)
    qtbot.waitUntil(feature.indicator.isVisible, timeout=10_000)
    press(feature.indicator)
    qtbot.waitUntil(lambda: feature.retraining is not None, timeout=20_000)
    assert feature.retraining.tabs.currentWidget() is feature.retraining.runs
    feature.retraining.close()
    assert feature.retraining is None
    assert feature.indicator.isVisible()


def test_nothing_is_made_for_who_never_retrains(open_window, staffed):
    window = open_window(staffed, "Chen")
    assert not is_begun(staffed)
    assert not window.feature(Retraining).follower.is_following


def test_a_damaged_run_is_told(live, queue, qtbot):
    queue.files(queue.runs()[0]).state.write_text("{")
    reading(live, qtbot)
    assert "is damaged" in live.statusBar().currentMessage()


def test_an_epoch_done_twice_counts_once():
    from retina_studio.gui.retraining.course import course_of, figure_curves

    def made(number, value):
        return {
            "event": "epoch",
            "stage": "s",
            "epoch": number,
            "losses": {"mse": 1.0},
            "metrics": {"dice": value},
        }

    events = [
        {"event": "stage", "stage": "s", "epochs": 9},
        made(1, 0.1),
        made(2, 0.2),
        {"event": "best", "stage": "s", "epoch": 2},
        {"event": "resume", "stage": "s", "epoch": 1},
        made(2, None),
        made(3, 0.5),
    ]
    (stage,) = course_of(events)
    (curve,) = figure_curves(stage)
    assert curve.points == ((1, 0.1), (3, 0.5))
    assert stage.bests == []


# The verdict


def test_the_gates_table_and_reasons(open_retraining, staffed, home, queue, qtbot):
    judge(home, begin_training(home, "ppa"), promoted=False)
    judge(home, begin_training(home), promoted=True)
    window = open_retraining(staffed)
    reading(window, qtbot)
    qtbot.waitUntil(lambda: window.verdict.run.count() == 2, timeout=20_000)
    page = window.verdict
    assert page.sentence.text() == "Promoted then; by now glaucoma runs with other weights."
    window.runs.queue.setFocus()
    QTest.keyClick(window.runs.queue, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: window.runs.run.stem == "ppa", timeout=10_000)
    press(window.runs.verdict_button)
    assert window.tabs.currentWidget() is page
    assert page.sentence.text() == "Held back: ppa goes on with the weights it had."
    assert "Cup (Dice) fell by 0.052" in page.reasons.text()
    row = page.table.topLevelItem(2)
    assert [row.text(column) for column in range(8)] == [
        "Cup (Dice)", "0.861", "0.809", "-0.052", "-0.080 … +0.020", "0.020", "95", "no",
    ]  # fmt: skip
    assert page.table.topLevelItem(0).text(5) == "must rise"
    assert page.table.topLevelItem(4).text(7) == "not judged"
    assert not page.override_button.isEnabled()
    press(page.models_button)
    assert open_retraining.main.feature(Models).dialog.isVisible()


def test_what_was_overtaken_was_not_promoted(open_retraining, staffed, home, queue, qtbot):
    run = judge(home, begin_training(home), promoted=True)
    queue.update(run.id, state="held back", reason="Held back: other weights became current meanwhile.")
    window = open_retraining(staffed)
    reading(window, qtbot)
    page = window.verdict
    qtbot.waitUntil(lambda: page.judged is not None, timeout=20_000)
    assert page.sentence.text() == "Held back: glaucoma goes on with the weights it had."
    assert "other weights became current meanwhile" in page.reasons.text()
    assert not page.override_button.isHidden()


def test_an_engineer_overrides_the_gate_and_sees_what_changed(
    open_retraining, staffed, home, tmp_path, qtbot
):
    registry = Registry()
    hashes = [tiny_weights(tmp_path / f"{level}.safetensors", level) for level in (0.4, 0.6)]
    for level in (0.4, 0.6):
        registry.add(tmp_path / f"{level}.safetensors", "Lind")
    registry.promote("disc", hashes[0], "Lind", "to begin with")
    two_discs(snapshot_path(home / "snapshots", STORE))
    judge(home, begin_training(home, "disc"), promoted=False, candidate=hashes[1], current=hashes[0])
    window = open_retraining(staffed)
    reading(window, qtbot)
    page = window.verdict
    window.tabs.setCurrentWidget(page)
    qtbot.waitUntil(lambda: page.judged is not None and not window.is_busy, timeout=20_000)
    press(page.changes_button)
    models = open_retraining.main.feature(Models)
    qtbot.waitUntil(lambda: models.changes is not None, timeout=60_000)
    models.changes.close()
    QTest.keyClicks(page.reason, "It is better on our camera.")
    with qtbot.waitSignal(window.changed, timeout=20_000):
        press(page.override_button)
    assert registry.version("disc", "current").hash == hashes[1]
    qtbot.waitUntil(lambda: "promoted by a person" in page.sentence.text(), timeout=20_000)
    assert not page.reason.isVisible()


def test_a_run_without_words_of_a_stage_is_no_fault(live, queue, qtbot):
    """A kind of event that this version does not know, and half a line."""
    files = queue.files(queue.runs()[0])
    tell(files, "novelty", value=1)
    with files.events.open("a") as file:
        file.write('{"event": "epo')
    reading(live, qtbot)
    assert live.runs.view.log.toPlainText().splitlines()[0] == "Started on cpu"


def test_every_control_has_a_name(live):
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider, QTreeWidget

    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider, QTreeWidget)
    inside = [widget for kind in kinds for widget in live.findChildren(kind) if _is_ours(widget)]
    assert [
        widget for widget in inside if not (widget.accessibleName() or getattr(widget, "text", str)())
    ] == []


def _is_ours(widget):
    """Not a part that Qt makes of its own (of a date field, a calendar, a bar of tabs), nor what is hidden."""
    return (
        not widget.objectName().startswith("qt_")
        and widget.isVisible()
        and widget.parent().metaObject().className() not in {"QTabBar", "QDateTimeEdit", "QCalendarWidget"}
    )
