"""The proposal panel: what models offer for this image, and the CAM that says where they looked."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from retina_studio.domain.labels import label
from retina_studio.domain.shapes import Shape
from retina_studio.gui import icons
from retina_studio.gui.canvas.heat import heat_of
from retina_studio.gui.canvas.layers import Offers
from retina_studio.gui.document import Document
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.study.records import StoredProposal

from .parts import panel_layout, styled_label

_KEY = Qt.ItemDataRole.UserRole
_DECISIONS = {
    "": marked("open"),
    "accepted": marked("accepted"),
    "edited": marked("edited"),
    "rejected": marked("rejected"),
}
_START_OPACITY = 60  # per cent


@dataclass(frozen=True, eq=False)
class Offer:
    """One proposed shape and the proposal it belongs to."""

    stored: StoredProposal
    shape: Shape

    @property
    def decision(self) -> str:
        """accepted, edited, rejected, or "" while open."""
        return self.stored.decisions.get(self.shape.id, "")


def offers_of(proposals: list[StoredProposal]) -> list[Offer]:
    """All proposed shapes, the newest proposal first."""
    return [Offer(stored, shape) for stored in reversed(proposals) for shape in stored.proposal.shapes]


class ProposalPanel(QWidget):
    """A table of offers with accept, edit and reject."""

    offers_changed = Signal(object)  # layers.Offers, for the canvas
    edit_asked = Signal(str)  # the id of the accepted shape to be corrected

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._proposals: list[StoredProposal] = []
        self._offers: list[Offer] = []
        self.table = QTreeWidget()
        self.table.setRootIsDecorated(False)
        self.table.setHeaderLabels([tr("Label"), tr("Model"), tr("Score"), tr("Decision")])
        self.table.setAccessibleName(tr("Proposals"))
        self.table.setToolTip(tr("What the models offer; choose one to see it on the image"))
        self.table.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for short in (0, 2):
            self.table.header().setSectionResizeMode(short, QHeaderView.ResizeMode.ResizeToContents)
        self.table.header().setMinimumSectionSize(30)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setAllColumnsShowFocus(True)
        self.table.currentItemChanged.connect(self._on_current)
        self.accept_button = _button(
            tr("Accept"), "check", tr("Take the chosen proposal into the grading (Y)"), "good"
        )
        self.edit_button = _button(
            tr("Edit"), "pencil-simple", tr("Take it into the grading and correct it (R)")
        )
        self.reject_button = _button(tr("Reject"), "x", tr("Refuse the chosen proposal (X)"), "bad")
        self.accept_all_button = _button(tr("Accept all"), "checks", tr("Take every open proposal (Shift+Y)"))
        self.accept_button.clicked.connect(self.accept)
        self.edit_button.clicked.connect(self.edit)
        self.reject_button.clicked.connect(self.reject)
        self.accept_all_button.clicked.connect(self.accept_all)
        self.cam_box = QCheckBox(tr("CAM"))
        self.cam_box.setAccessibleName(tr("Show the CAM"))
        self.cam_box.setToolTip(tr("Show where the model looked (M)"))
        self.cam_slider = QSlider(Qt.Orientation.Horizontal)
        self.cam_slider.setRange(0, 100)
        self.cam_slider.setValue(_START_OPACITY)
        self.cam_slider.setAccessibleName(tr("Opacity of the CAM"))
        self.cam_slider.setToolTip(tr("Opacity of the CAM"))
        self.cam_text = styled_label(f"{_START_OPACITY} %", "quiet")
        self.cam_text.setFixedWidth(44)
        self.cam_box.toggled.connect(self._emit_offers)
        self.cam_slider.valueChanged.connect(self._on_opacity)
        self.summary = styled_label("", "quiet")
        self._lay_out()
        document.opened.connect(self.refresh)
        document.proposals_changed.connect(self.refresh)
        document.changed.connect(self._on_shapes_changed)
        document.state_changed.connect(self._show_enabled)

    @property
    def current(self) -> Offer | None:
        """The chosen offer."""
        item = self.table.currentItem()
        return self._offers[item.data(0, _KEY)] if item is not None else None

    def refresh(self) -> None:
        """Show what is on offer, and what was decided."""
        chosen = self.current.shape.id if self.current else ""
        self._proposals = self._document.proposals()
        self._offers = offers_of(self._proposals)
        self.table.blockSignals(True)
        self.table.clear()
        for place, offer in enumerate(self._offers):
            self.table.addTopLevelItem(_row(place, offer))
        self._choose(chosen)
        self.table.blockSignals(False)
        still_open = sum(not offer.decision for offer in self._offers)
        self.summary.setText(
            tr("{open} of {count} open", open=still_open, count=len(self._offers))
            if self._offers
            else tr("No proposals for this image yet")
        )
        self._on_current()

    def _on_shapes_changed(self, ids: frozenset[str]) -> None:
        if any(offer.shape.id in ids for offer in self._offers):
            self.refresh()

    def accept(self) -> None:
        """Take the chosen offer into the grading; the next open one becomes the chosen one."""
        if self.current is not None:
            self._document.accept(self.current.stored, self.current.shape.id)

    def edit(self) -> None:
        """Take the chosen offer into the grading and ask for its correction."""
        offer = self.current
        if offer is not None and (
            offer.shape.id in self._document.grading.shapes
            or self._document.accept(offer.stored, offer.shape.id)
        ):
            self.edit_asked.emit(offer.shape.id)

    def reject(self) -> None:
        """Refuse the chosen offer."""
        if self.current is not None and not self.current.decision:
            self._document.reject(self.current.stored, self.current.shape.id)

    def accept_all(self) -> None:
        """Take every open offer on the canvas into the grading, each by its own edit."""
        for offer in self._on_canvas():
            if not self._document.accept(offer.stored, offer.shape.id):
                return

    def _on_canvas(self) -> list[Offer]:
        """The open offers of each model's newest weights."""
        newest = {stored.proposal.model: stored.id for stored in self._proposals}
        return [o for o in self._offers if not o.decision and newest[o.stored.proposal.model] == o.stored.id]

    def _choose(self, shape_id: str) -> None:
        """Stay on an open offer, else go on to the next open one."""
        if not self._offers:
            return
        place = next((i for i, o in enumerate(self._offers) if o.shape.id == shape_id), 0)
        if self._offers[place].decision:
            order = [*range(place, len(self._offers)), *range(place)]
            place = next((i for i in order if not self._offers[i].decision), place)
        self.table.setCurrentIndex(self.table.model().index(place, 0))

    def _on_current(self) -> None:
        self._show_enabled()
        self._emit_offers()

    def _show_enabled(self) -> None:
        offer, editable = self.current, self._document.editable
        may_accept = editable and offer is not None and offer.decision in {"", "rejected"}
        self.accept_button.setEnabled(may_accept)
        self.edit_button.setEnabled(editable and offer is not None)
        self.reject_button.setEnabled(editable and offer is not None and not offer.decision)
        self.accept_all_button.setEnabled(editable and bool(self._on_canvas()))
        has_cam = self._cam_owner() is not None
        for widget in (self.cam_box, self.cam_slider):
            widget.setEnabled(has_cam)

    def _on_opacity(self, value: int) -> None:
        self.cam_text.setText(f"{value} %")
        self.cam_box.setChecked(True)  # who moves the slider wants to see it
        self._emit_offers()

    def _cam_owner(self) -> StoredProposal | None:
        """The proposal whose CAM is shown: the chosen one's, or the newest that has one."""
        chosen = [self.current.stored] if self.current else []
        candidates = [*chosen, *reversed(self._proposals)]
        return next((stored for stored in candidates if stored.proposal.cam is not None), None)

    def _emit_offers(self) -> None:
        owner = self._cam_owner() if self.cam_box.isChecked() else None
        cam = heat_of(owner.proposal.cam) if owner is not None and owner.proposal.cam is not None else None
        shapes = tuple(offer.shape for offer in self._on_canvas())
        chosen = self.current.shape.id if self.current else ""
        self.offers_changed.emit(Offers(shapes, chosen, cam, self.cam_slider.value() / 100))

    def _lay_out(self) -> None:
        column = panel_layout(self)
        column.addWidget(self.table)
        column.addWidget(self.summary)
        grid = QGridLayout()
        grid.setSpacing(6)
        buttons = (self.accept_button, self.edit_button, self.reject_button, self.accept_all_button)
        for place, button in enumerate(buttons):
            grid.addWidget(button, place // 2, place % 2)
        column.addLayout(grid)
        row = QHBoxLayout()
        row.addWidget(self.cam_box)
        row.addWidget(self.cam_slider, 1)
        row.addWidget(self.cam_text)
        column.addLayout(row)


def _row(place: int, offer: Offer) -> QTreeWidgetItem:
    score = offer.stored.proposal.scores.get(offer.shape.id)
    words = [offer.shape.label, offer.stored.proposal.model, "" if score is None else f"{score:.2f}"]
    item = QTreeWidgetItem([*words, tr_data(_DECISIONS[offer.decision])])
    item.setIcon(0, icons.swatch(label(offer.shape.label).colour))
    item.setData(0, _KEY, place)
    item.setToolTip(
        0,
        tr(
            "{label}, weights {hash}",
            label=tr_data(label(offer.shape.label).title),
            hash=offer.stored.proposal.weights_hash[:12],
        ),
    )
    return item


def _button(text: str, icon: str, tip: str, role: str = "text") -> QPushButton:
    button = QPushButton(text)
    icons.dress(button, icon, role)
    button.setAccessibleName(tr("{action} proposal", action=text))
    button.setToolTip(tip)
    return button
