"""The models' window and the comparison of two versions, worked with mouse and keys; real networks, real files."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tiny_weights import tiny_weights, two_discs

from retina_studio import paths
from retina_studio.gui.features.models import Models
from retina_studio.inference.registry import Registry, find_weights

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise\\(\\)", "grabbing the keyboard")


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    folder = tmp_path / "resources"
    (folder / "weights").mkdir(parents=True)
    for entry in paths.resources().iterdir():
        if entry.name != "weights":
            (folder / entry.name).symlink_to(entry)
    monkeypatch.setattr(paths, "resources", lambda: folder)
    monkeypatch.setattr(paths, "shipped_weights", lambda: folder / "weights")
    return tiny_weights(folder / "weights" / "disc.safetensors", 0.6)


@pytest.fixture
def engineers_window(open_window, full_study):
    full_study.add_grader("Lind", "engineer")
    return open_window(full_study, "Lind")


@pytest.fixture
def models(engineers_window, shipped, qtbot):
    return opened(engineers_window, qtbot)


def opened(window, qtbot):
    window.actions["models"].trigger()
    dialog = window.feature(Models).dialog
    qtbot.waitUntil(lambda: not dialog.is_busy and dialog.table.topLevelItemCount() > 0, timeout=30_000)
    return dialog


def settle(qtbot, dialog, button):
    with qtbot.waitSignal(dialog.settled, timeout=60_000):
        QTest.mouseClick(button, LEFT)


def choose(dialog, row):
    dialog.table.scrollToItem(dialog.table.topLevelItem(row))
    place = dialog.table.visualItemRect(dialog.table.topLevelItem(row)).center()
    QTest.mouseClick(dialog.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)


def states(dialog):
    return [dialog.table.topLevelItem(row).text(2) for row in range(dialog.table.topLevelItemCount())]


def test_a_version_is_imported_promoted_rolled_back_and_retired(models, shipped, tmp_path, qtbot):
    dialog = models
    assert states(dialog) == ["current"]
    assert shipped in dialog.card.toPlainText()
    assert not dialog.start_button.isEnabled()
    assert not dialog.compare_button.isEnabled()
    digest = tiny_weights(tmp_path / "mine.safetensors", 0.4)
    QTest.keyClicks(dialog.file.text, str(tmp_path / "mine.safetensors"))
    QTest.keyClicks(dialog.expected, "0" * 64)
    settle(qtbot, dialog, dialog.start_button)
    assert f"its SHA-256 is {digest}" in dialog.said.text()
    assert dialog.said.objectName() == "bad"
    dialog.expected.clear()
    settle(qtbot, dialog, dialog.start_button)
    assert states(dialog) == ["current", "candidate"]
    choose(dialog, 1)
    assert digest in dialog.card.toPlainText()
    assert "5" * 64 in dialog.card.toPlainText()
    assert not dialog.promote_button.isEnabled()
    QTest.keyClicks(dialog.reason, "finds more")
    settle(qtbot, dialog, dialog.promote_button)
    assert states(dialog) == ["retired", "current"]
    assert find_weights("disc").name == f"disc-{digest}.safetensors"
    assert "Lind: promoted (finds more)" in dialog.card.toPlainText()
    assert not dialog.roll_back_button.isEnabled()  # the reason is asked anew
    QTest.keyClicks(dialog.reason, "finds too much")
    assert not dialog.promote_button.isEnabled()
    settle(qtbot, dialog, dialog.roll_back_button)
    assert states(dialog) == ["current", "retired"]
    assert [(event.deed, event.by) for event in Registry().events()] == [
        ("add", "Lind"),
        ("promote", "Lind"),
        ("roll back", "Lind"),
    ]
    QTest.keyClicks(dialog.reason, "once more")
    settle(qtbot, dialog, dialog.roll_back_button)
    assert "were current before" in dialog.said.text()


def test_a_hostile_file_is_told_and_changes_nothing(models, tmp_path, qtbot):
    (tmp_path / "bad.pt").write_bytes(b"PK\x03\x04" + os.urandom(60))
    QTest.keyClicks(models.file.text, str(tmp_path / "bad.pt"))
    settle(qtbot, models, models.start_button)
    assert "can hold programs" in models.said.text()
    assert states(models) == ["current"]


def test_a_grader_looks_and_changes_nothing(open_window, full_study, shipped, qtbot):
    dialog = opened(open_window(full_study), qtbot)
    for widget in (dialog.promote_button, dialog.roll_back_button, dialog.retire_button, dialog.start_button):
        assert not widget.isVisible()
    assert dialog.export_button.isEnabled()


def test_who_is_no_engineer_by_now_is_refused(models, full_study, shipped, tmp_path, qtbot):
    full_study.change_role("Lind", "grader", "Lind")
    tiny_weights(tmp_path / "mine.safetensors", 0.4)
    QTest.keyClicks(models.file.text, str(tmp_path / "mine.safetensors"))
    settle(qtbot, models, models.start_button)
    assert models.said.text() == "Only an engineer of this study may change which weights are used."
    assert states(models) == ["current"]


def test_a_damaged_list_is_told(engineers_window, shipped, qtbot):
    folder = paths.user_data() / "weights"
    folder.mkdir()
    (folder / "index.json").write_text("{")
    engineers_window.actions["models"].trigger()
    dialog = engineers_window.feature(Models).dialog
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=30_000)
    assert "is damaged" in dialog.said.text()


@pytest.fixture
def changes(models, engineers_window, tmp_path, qtbot):
    """The comparison of the shipped weights with others, on two held-out images."""
    tiny_weights(tmp_path / "mine.safetensors", 0.4)
    QTest.keyClicks(models.file.text, str(tmp_path / "mine.safetensors"))
    settle(qtbot, models, models.start_button)
    choose(models, 1)
    QTest.mouseClick(models.compare_button, LEFT)
    feature = engineers_window.feature(Models)
    dialog = feature.comparing
    assert not dialog.start_button.isEnabled()
    assert (dialog.before.currentData().origin, dialog.after.currentData().origin) == ("shipped", "imported")
    QTest.keyClicks(dialog.file.text, str(two_discs(tmp_path / "s.h5")))
    settle(qtbot, dialog, dialog.start_button)
    assert dialog.said.text() == "2 images compared."
    dialog.close()
    window = feature.changes
    qtbot.waitUntil(lambda: window.views.panes[0].view.picture is not None, timeout=10_000)
    yield window
    if feature.changes is not None:
        window.close()


def test_the_cases_that_got_worse_come_first(changes, qtbot):
    window = changes
    assert window.cases.shown == ["narrow", "wide"]
    assert [pane.answer.text() for pane in window.views.panes] == ["OD 0.974", "OD 0.622"]
    with qtbot.waitSignal(window.image_shown, timeout=10_000):
        QTest.keyClick(window.cases.view, Qt.Key.Key_Down)
    assert window.cases.view.chosen == "wide"
    assert [pane.answer.text() for pane in window.views.panes] == ["OD 0.633", "OD 0.986"]
    window.cases.order.setCurrentIndex(window.cases.order.findData("better"))
    assert window.cases.shown == ["wide", "narrow"]
    window.cases.verdict.setCurrentIndex(window.cases.verdict.findData("worse"))
    assert window.cases.shown == ["narrow"]
    (line,) = window.figures.lines
    assert (line.name, line.images, line.better, line.worse) == ("OD", 2, 1, 1)
    assert window.figures.table.topLevelItem(0).text(5) == f"{line.new - line.old:+.3f}"


def test_both_views_move_together_and_show_the_truth(changes, qtbot):
    first, second = (pane.view for pane in changes.views.panes)
    truth, found = (layer.scene for layer, _ in first.layers)
    assert len(truth) == len(found) == 1
    place = first.rect().center()
    QTest.mousePress(first, LEFT, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseMove(first, place + first.rect().topLeft() + place / 4)
    QTest.mouseRelease(first, LEFT, Qt.KeyboardModifier.NoModifier, place + place / 4)
    qtbot.waitUntil(lambda: second.view.dx == pytest.approx(first.view.dx, abs=1), timeout=2000)
    assert not second.is_fitted
    QTest.keyClick(changes, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: first.is_fitted and second.is_fitted, timeout=2000)
    QTest.keyClick(changes, Qt.Key.Key_T)
    assert [layer.name for layer, _ in second.layers] == ["found"]
    QTest.keyClick(changes, Qt.Key.Key_H)
    assert first.layers == []


def test_a_snapshot_without_such_images_is_told(models, engineers_window, tmp_path, qtbot):
    tiny_weights(tmp_path / "mine.safetensors", 0.4)
    Registry().add(tmp_path / "mine.safetensors", "Lind")
    models.close()
    dialog = opened(engineers_window, qtbot)
    choose(dialog, 1)
    QTest.mouseClick(dialog.compare_button, LEFT)
    comparing = engineers_window.feature(Models).comparing
    QTest.keyClicks(comparing.file.text, str(two_discs(tmp_path / "s.h5")))
    comparing.split.setCurrentIndex(comparing.split.findData("val"))
    settle(qtbot, comparing, comparing.start_button)
    assert "holds no fundus image in the split 'val'" in comparing.said.text()
    assert engineers_window.feature(Models).changes is None
