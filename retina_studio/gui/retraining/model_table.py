"""The models that can be retrained, with a box each, and why one is chosen by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from retina_studio.gui.features.proposing import TITLES
from retina_studio.gui.panels.parts import add_row
from retina_studio.gui.words import tr, tr_data

from .holdings import SPLITS, align_counts
from .phrases import duration, size

if TYPE_CHECKING:
    from retina_studio.retraining.plan import ModelPlan

_COUNTS = (1, 2, 3)
_NAMES = 110  # pixels of the models' names


class ModelTable(QTreeWidget):
    """`ticked` when a box changes."""

    ticked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels([tr("Model"), tr("Images"), tr("Time"), tr("Memory"), tr("Newly settled")])
        self.headerItem().setToolTip(1, tr("Training, validation and test images that answer this model"))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAccessibleName(tr("Models to retrain"))
        self.setToolTip(tr("Tick the models to retrain (Space)"))
        head = self.header()
        head.setStretchLastSection(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(0, _NAMES)
        for place in _COUNTS:
            self.headerItem().setTextAlignment(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
        self._models: tuple[ModelPlan, ...] = ()
        self.itemChanged.connect(self._on_changed)

    def show_models(self, models: Sequence[ModelPlan], *, may_choose: bool) -> None:
        """Show these; what the person ticked before stays as it is, also when the plan is read again."""
        ticked = {model.stem: self.is_ticked(model.stem) for model in self._models}
        self.blockSignals(True)
        self.clear()
        self._models = tuple(models)
        for model in models:
            self._add(model, ticked.get(model.stem, model.chosen), may_choose=may_choose)
        self.blockSignals(False)
        self.setCurrentIndex(self.model().index(0, 0))
        self.ticked.emit()

    def is_ticked(self, stem: str) -> bool:
        """Whether a model's box is ticked."""
        return any(model.stem == stem for model in self.chosen)

    @property
    def chosen(self) -> tuple[ModelPlan, ...]:
        """The models that are ticked."""
        return tuple(
            model
            for place, model in enumerate(self._models)
            if self._row(place).checkState(0) == Qt.CheckState.Checked
        )

    @property
    def current(self) -> ModelPlan | None:
        """The model of the row that the keyboard is on."""
        place = self.currentIndex().row()
        return self._models[place] if place >= 0 else None

    def _row(self, place: int) -> QTreeWidgetItem:
        item = self.topLevelItem(place)
        assert item is not None  # noqa: S101  (one row a model)
        return item

    def _add(self, model: ModelPlan, ticked: bool, *, may_choose: bool) -> None:
        time = duration(model.seconds) if model.measured else tr("~ {time}", time=duration(model.seconds))
        images = " / ".join(str(model.images.get(split, 0)) for split in SPLITS)
        memory = size(model.memory_mb)
        item = add_row(self, [model.stem, images, time, memory, why(model)])
        align_counts(item, _COUNTS)
        item.setToolTip(0, tr_data(TITLES[model.stem]))
        item.setToolTip(4, _tip(model))
        item.setCheckState(0, Qt.CheckState.Checked if ticked and model.possible else Qt.CheckState.Unchecked)
        if not model.possible or not may_choose:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        if not model.possible:
            for place in range(self.columnCount()):
                item.setForeground(place, self.palette().placeholderText())

    def _on_changed(self) -> None:
        self.ticked.emit()


def _tip(model: ModelPlan) -> str:
    words = tr(
        "{count} images were settled since its weights were trained; from {threshold} on it is chosen by itself.",
        count=model.grown,
        threshold=model.threshold,
    )
    return "\n".join([words, *model.warnings])


def why(model: ModelPlan) -> str:
    """Why a model is chosen by itself, or not."""
    if not model.possible:
        return model.warnings[0] if model.warnings else tr("cannot be trained on this study yet")
    if model.chosen:
        return tr("{count} images", count=model.grown)
    return tr("{count} of {threshold} images", count=model.grown, threshold=model.threshold)
