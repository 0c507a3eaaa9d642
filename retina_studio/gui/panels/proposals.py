"""The proposal panel: what models offer for this image, what they say of it, and where they looked."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.shapes import Shape
from retina_studio.gui import icons
from retina_studio.gui.canvas.layers import Offers
from retina_studio.gui.document import Document
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import tr
from retina_studio.study.records import StoredProposal

from .answers import AnswerPanel
from .cam import CamPanel
from .offer_table import OfferTable, OfferView
from .offers import Offer, best_first, newest, offers_of, on_canvas, ordered, strong
from .overlaps import OverlapTable
from .parts import panel_layout, styled_label


class ProposalPanel(QWidget):
    """A table of offers with accept, edit and reject; weak ones are left out by their score."""

    offers_changed = Signal(object)  # layers.Offers, for the canvas
    edit_asked = Signal(str)  # the id of the accepted shape to be corrected
    said = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._proposals: list[StoredProposal] = []
        self._offers: list[Offer] = []  # all of them, the weak and the decided ones too
        self._order: tuple[int, bool] | None = None
        self._hidden_labels: Collection[str] = frozenset()
        self._following = False
        self.answers = AnswerPanel()
        self.table = OfferTable(self)
        self.view = OfferView(self.table)
        self.least = QSlider(Qt.Orientation.Horizontal)
        self.least.setRange(0, 100)
        self.least.setAccessibleName(tr("Least score"))
        self.least.setToolTip(tr("Hide proposals with a lower score"))
        self.least_text = styled_label("0.00", "quiet")
        self.least_text.setFixedWidth(44)
        self.summary = styled_label("", "quiet")
        self.summary.setWordWrap(True)
        self.accept_button = _button(
            tr("Accept"), "check", tr("Take the chosen proposal into the grading (Y)"), "good"
        )
        self.edit_button = _button(
            tr("Edit"), "pencil-simple", tr("Take it into the grading and correct it (R)")
        )
        self.reject_button = _button(tr("Reject"), "x", tr("Refuse the chosen proposal (X)"), "bad")
        self.accept_all_button = _button(
            tr("Accept all"), "checks", tr("Take every open proposal that is shown, in one step (Shift+Y)")
        )
        self.overlap = OverlapTable()
        self.cam = CamPanel()
        self.cam_box, self.cam_slider = self.cam.box, self.cam.slider
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        document = self._document
        self.view.selectionModel().currentRowChanged.connect(self._on_row)
        self.view.sorted_by.connect(self._on_sorted)
        self.least.valueChanged.connect(self._on_least)
        self.accept_button.clicked.connect(self.accept)
        self.edit_button.clicked.connect(self.edit)
        self.reject_button.clicked.connect(self.reject)
        self.accept_all_button.clicked.connect(self.accept_all)
        self.answers.taken.connect(document.set_grade)
        self.cam.changed.connect(self._emit_offers)
        document.opened.connect(self._on_opened)
        document.proposals_changed.connect(self.refresh)
        document.changed.connect(self._on_shapes_changed)
        document.graded.connect(self._show_grades)
        document.state_changed.connect(self._show_enabled)

    # What is shown

    @property
    def current(self) -> Offer | None:
        """The chosen offer."""
        row = self.view.currentIndex().row()
        return self.table.offers[row] if 0 <= row < len(self.table.offers) else None

    @property
    def open_offers(self) -> list[Offer]:
        """The open offers that are seen on the canvas, in the order of the table."""
        return on_canvas(self.table.offers, self._proposals, self._hidden_labels)

    def refresh(self) -> None:
        """Show what is on offer, and what was decided."""
        self._proposals = self._document.proposals()
        self._offers = offers_of(self._proposals)
        self.answers.show_answers(stored.proposal for stored in newest(self._proposals))
        self._show_grades()
        self._show_rows()
        self._compare()

    def hide_labels(self, labels: Collection[str]) -> None:
        """The canvas shows no offer of these labels, so none is taken or gone to."""
        if labels != self._hidden_labels:
            self._hidden_labels = labels
            self._on_current()

    def choose(self, shape_id: str) -> None:
        """Choose an offer that is shown."""
        row = self.table.row_of(shape_id)
        if row is not None:
            self.view.setCurrentIndex(self.table.index(row, 0))

    def _on_opened(self) -> None:
        self.overlap.clear_soon()  # it is of the image before
        session = self._document.session
        if session is not None:
            self.cam.show_modality(session.image.modality)
        self.refresh()

    def _on_shapes_changed(self, ids: frozenset[str]) -> None:
        if any(offer.shape.id in ids for offer in self._offers):
            self.refresh()
        else:
            self._compare()

    def _show_rows(self) -> None:
        chosen = self.current.shape.id if self.current else ""
        shown = strong(self._offers, self.least.value() / 100)
        if self._order is not None:
            shown = ordered(shown, *self._order)
        self._following = True
        self.table.show(shown)
        self._choose(chosen)
        self._following = False
        self._summarise(len(self._offers) - len(shown))
        self._on_current()

    def _choose(self, shape_id: str) -> None:
        """Stay on an open offer, else go on to the next open one."""
        offers = self.table.offers
        if not offers:
            return
        place = self.table.row_of(shape_id) or 0
        if offers[place].decision:
            order = [*range(place, len(offers)), *range(place)]
            place = next((i for i in order if not offers[i].decision), place)
        self.view.setCurrentIndex(self.table.index(place, 0))

    def _summarise(self, hidden: int) -> None:
        still_open = sum(not offer.decision for offer in self._offers)
        if not self._offers:
            hidden_by_study = tr_sentence(self._document.proposals_hidden)
            self.summary.setText(hidden_by_study or tr("No proposals for this image yet"))
            return
        words = tr("{open} of {count} open", open=still_open, count=len(self._offers))
        self.summary.setText(f"{words} · {tr('{count} hidden', count=hidden)}" if hidden else words)

    def _compare(self) -> None:
        session = self._document.session
        if session is None or not self._offers:
            self.overlap.clear_soon()
            return
        least = self.least.value() / 100
        offered = {
            stored.proposal.model: [offer.shape for offer in strong(offers_of([stored]), least)]
            for stored in newest(self._proposals)
            if not self._document.passing.holds(stored)
        }
        own = list(session.grading.shapes.values())
        self.overlap.compare(own, offered, session.image.height, session.image.width)

    # What the person does

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
        """Take every open offer on the canvas into the grading, by one edit."""
        self._accept(self.open_offers)

    def accept_label(self) -> None:
        """As `accept_all`, of the chosen offer's label."""
        self._accept(self._of_label())

    def reject_label(self) -> None:
        """Refuse every open offer on the canvas that has the chosen one's label."""
        by_proposal: dict[int, list[Offer]] = {}
        for offer in self._of_label():
            by_proposal.setdefault(offer.stored.id, []).append(offer)
        for offers in by_proposal.values():
            if not self._document.reject(offers[0].stored, *(offer.shape.id for offer in offers)):
                return

    def _of_label(self) -> list[Offer]:
        chosen = self.current
        return [o for o in self.open_offers if chosen is not None and o.shape.label == chosen.shape.label]

    def _accept(self, offers: Sequence[Offer]) -> None:
        shapes = [offer.shape for offer in best_first(offers)]
        if not shapes or not self._document.editable:
            return
        self._document.accept_all(shapes)
        kept = sorted({s.label for s in shapes if s.id not in self._document.grading.shapes})
        if kept and self._document.is_saved:
            self.said.emit(
                tr("{labels} can be drawn once only: what you have of it stays.", labels=", ".join(kept))
            )

    def _on_row(self) -> None:
        if not self._following:
            self._on_current()

    def _on_sorted(self, order: tuple[int, bool] | None) -> None:
        self._order = order
        self._show_rows()

    def _on_least(self, value: int) -> None:
        self.least_text.setText(f"{value / 100:.2f}")
        self._show_rows()
        self._compare()

    def _on_current(self) -> None:
        offer = self.current
        maps = [stored.proposal for stored in newest(self._proposals) if stored.proposal.cams]
        self.cam.show_maps(maps, offer.stored.proposal if offer else None)
        self._show_enabled()
        self._emit_offers()

    def _show_enabled(self) -> None:
        offer, editable = self.current, self._document.editable
        may_accept = editable and offer is not None and offer.decision in {"", "rejected"}
        self.accept_button.setEnabled(may_accept)
        self.edit_button.setEnabled(editable and offer is not None)
        self.reject_button.setEnabled(editable and offer is not None and not offer.decision)
        self.accept_all_button.setEnabled(editable and bool(self.open_offers))
        self._show_grades()

    def _show_grades(self) -> None:
        self.answers.show_grades(self._document.grading.grades, editable=self._document.editable)

    def _emit_offers(self) -> None:
        shapes: tuple[Shape, ...] = tuple(
            offer.shape for offer in on_canvas(self.table.offers, self._proposals)
        )
        chosen = self.current.shape.id if self.current else ""
        self.offers_changed.emit(Offers(shapes, chosen, self.cam.heat(), self.cam.opacity))

    def _lay_out(self) -> None:
        body = QWidget()
        column = panel_layout(body)
        column.addWidget(self.answers)
        column.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.addWidget(styled_label(tr("Score from"), "quiet"))
        row.addWidget(self.least, 1)
        row.addWidget(self.least_text)
        column.addLayout(row)
        column.addWidget(self.summary)
        grid = QGridLayout()
        grid.setSpacing(6)
        buttons = (self.accept_button, self.edit_button, self.reject_button, self.accept_all_button)
        for place, button in enumerate(buttons):
            grid.addWidget(button, place // 2, place % 2)
        column.addLayout(grid)
        column.addWidget(self.overlap)
        column.addWidget(self.cam)
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)


def _button(text: str, icon: str, tip: str, role: str = "text") -> QPushButton:
    button = QPushButton(text)
    icons.dress(button, icon, role)
    button.setAccessibleName(tr("{action} proposal", action=text))
    button.setToolTip(tip)
    return button
