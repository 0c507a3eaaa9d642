"""Which two versions to compare, and on which images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from retina_studio.gui.panels.job_dialog import JobDialog
from retina_studio.gui.panels.path_field import PathField
from retina_studio.gui.words import tr

from .phrases import called

if TYPE_CHECKING:
    from retina_studio.inference.registry import Version


class CompareDialog(JobDialog):
    """Both versions are of one model; `wanted` when the person starts it."""

    def __init__(self, versions: Sequence[Version], chosen: Version, parent: QWidget) -> None:
        note = tr(
            "Both versions look at images that neither was trained on. Choose the snapshot that holds them; "
            "its split “test” is kept apart for this."
        )
        super().__init__(tr("What changed: {model}", model=chosen.stem), note, tr("Compare"), parent)
        self.before = _versions(tr("Before"), tr("The version to start from"), versions)
        self.after = _versions(tr("After"), tr("The version that it is compared with"), versions)
        current = next((n for n, v in enumerate(versions) if v.state == "current"), 0)
        self.after.setCurrentIndex(versions.index(chosen))
        others = [n for n in (current, *range(len(versions))) if versions[n] != chosen]
        self.before.setCurrentIndex(others[0])
        self.file = PathField(
            tr("Snapshot"), tr("A curated store, made with Curate"), [(tr("Choose …"), _ask_snapshot)]
        )
        self.split = QComboBox()
        for words, name in ((tr("test"), "test"), (tr("val"), "val"), (tr("train"), "train")):
            self.split.addItem(words, name)
        self.split.setAccessibleName(tr("Split"))
        self.split.setToolTip(tr("Which images of the snapshot"))
        self.fields.addRow(tr("Before"), self.before)
        self.fields.addRow(tr("After"), self.after)
        self.fields.addRow(tr("Snapshot"), self.file)
        self.fields.addRow(tr("Split"), self.split)
        for box in (self.before, self.after):
            box.currentIndexChanged.connect(self.refresh_start)
        self.file.changed.connect(self.refresh_start)
        self.refresh_start()

    @property
    def can_start(self) -> bool:
        """Two versions and a file are named."""
        return self.before.currentIndex() != self.after.currentIndex() and self.file.path is not None


def _versions(name: str, tip: str, versions: Sequence[Version]) -> QComboBox:
    box = QComboBox()
    for version in versions:
        box.addItem(called(version), version)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def _ask_snapshot(parent: QWidget) -> str:
    kinds = tr("Snapshots (*.h5)")
    return QFileDialog.getOpenFileName(parent, tr("Choose a snapshot"), "", kinds)[0]
