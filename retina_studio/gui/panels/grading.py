"""The grading panel: the scales in their sections, the guideline's words, the comment, and the way to hand in."""

from itertools import groupby

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from retina_studio.domain.labels import GradeValue, Modality, Scale, labels_of, scales, scales_of
from retina_studio.gui import icons
from retina_studio.gui.document import Document
from retina_studio.gui.words import tr, tr_data

from .hint import HintLine
from .parts import panel_layout, restyle, reveal, styled_label
from .scales import ScaleRow

_COMMENT_IDLE = 1200  # ms without a key after which the comment is saved


class GradingPanel(QWidget):
    """The image grades of the open grading."""

    submit_asked = Signal()
    label_asked = Signal(str)  # a label that a grade says is there, and that is still to be drawn

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._modality: Modality | None = None
        self._rows: dict[str, ScaleRow] = {}
        self._missing: list[str] = []
        self._typed = False  # the comment holds typing that is not saved yet
        self._body = QWidget()
        self.comment = self._comment_field()
        self._idle = QTimer(self, interval=_COMMENT_IDLE, singleShot=True)
        self._idle.timeout.connect(self.flush)
        self.missing = styled_label("", "quiet")
        self.missing.setWordWrap(True)
        self.hint = HintLine(self.missing, (hint for scale in scales().values() for hint in _told(scale)))
        self.missing.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.missing.linkActivated.connect(self._on_link)
        self.submit_button = QPushButton(tr("Submit grading"))
        self.submit_button.setObjectName("main")
        self.submit_button.setAccessibleName(tr("Submit grading"))
        self.submit_button.setToolTip(tr("Hand in this grading (Ctrl+Return)"))
        self.submit_button.clicked.connect(self.submit_asked)
        icons.dress(self.submit_button, "paper-plane-tilt", "accent_text")
        column = panel_layout(self)
        self._place = QVBoxLayout()
        column.addLayout(self._place)
        column.addWidget(self.comment)
        column.addStretch()
        self.footer = QWidget()  # stands below the panel, where scrolling never hides it
        foot = panel_layout(self.footer)
        foot.addWidget(self.hint)
        foot.addWidget(self.submit_button)
        document.graded.connect(self.refresh)
        document.changed.connect(self._show_missing)

    def button(self, scale_code: str, value: GradeValue) -> QPushButton:
        """The button that gives a grade."""
        return self._rows[scale_code].button(value)

    def row(self, scale_code: str) -> ScaleRow:
        """The row of a scale."""
        return self._rows[scale_code]

    def take_focus(self) -> None:
        """Put the focus on the first scale that is asked."""
        row = next((row for row in self._rows.values() if row.isVisible()), None)
        if row is not None:
            row.take_focus()
            reveal(row)

    def show_modality(self, modality: Modality) -> None:
        """Show the scales of this modality."""
        if modality == self._modality:
            return
        self._modality = modality
        self._rows = {}
        self._body.deleteLater()
        self._body = QWidget()
        self._place.addWidget(self._body)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for place, (group, members) in enumerate(groupby(scales_of(modality), key=lambda scale: scale.group)):
            if place:
                column.addSpacing(5)
            self._add_section(column, group, list(members))

    def _add_section(self, column: QVBoxLayout, group: str, members: list[Scale]) -> None:
        """A section of one scale needs no heading, nor does one whose first scale bears its name."""
        if len(members) > 1 and members[0].title != group:
            column.addWidget(styled_label(tr_data(group), "heading"))
        for scale in members:
            row = ScaleRow(scale, is_heading=scale.title == group and len(members) > 1)
            row.given.connect(self._on_given)
            row.pointed.connect(self._on_pointed)
            row.moved.connect(self._on_moved)
            self._rows[scale.code] = row
            column.addWidget(row)

    def refresh(self) -> None:
        """Show what the grading says."""
        document, grading = self._document, self._document.grading
        self._show_missing()
        for code, row in self._rows.items():
            due = document.editable and row.scale.title in self._missing
            row.show_value(grading.grades.get(code), editable=document.editable, due=due)
            row.setVisible(row.scale.asked(grading.grades))
        self.comment.setEnabled(document.editable)
        # Typing that is not saved yet is newer than what the grading says.
        if not self._typed and self.comment.toPlainText() != grading.comment:
            self._show_comment(grading.comment)

    def start(self) -> None:
        """Show a grading that was just opened."""
        self._typed = False
        self._idle.stop()
        self.refresh()

    def point_out_missing(self) -> None:
        """Go to the first thing that is missing, after a submission was refused."""
        restyle(self.missing, "bad")
        if self._missing:
            self._go_to(self._missing[0])

    def flush(self) -> bool:
        """Save a comment still being typed; False when it could not be saved."""
        self._idle.stop()
        if self._typed and not self._document.editable:  # submitted in another window, as this one was told
            self.start()
        if not self._typed:
            return True
        self._typed = not self._document.set_comment(self.comment.toPlainText())
        return not self._typed

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Save the comment when it loses the focus."""
        if watched is self.comment and event.type() == QEvent.Type.FocusOut:
            self.flush()
        return super().eventFilter(watched, event)

    def _comment_field(self) -> QPlainTextEdit:
        field = QPlainTextEdit()
        field.setPlaceholderText(tr("Comment"))
        field.setAccessibleName(tr("Comment"))
        field.setToolTip(tr("Anything worth saying about this image; saved as you write"))
        field.setFixedHeight(44)
        field.setTabChangesFocus(True)
        field.installEventFilter(self)
        field.textChanged.connect(self._on_typed)
        return field

    def _on_given(self, scale: str, value: GradeValue | None) -> None:
        self._document.set_grade(scale, value)
        self.refresh()  # also when it was refused: the buttons show what is saved

    def _on_pointed(self, value: GradeValue | None) -> None:
        row = self.sender()
        if value is None or not isinstance(row, ScaleRow):
            self.hint.rest()
            return
        self.hint.tell(_told(row.scale)[row.scale.values.index(value)])

    def _on_moved(self, step: int) -> None:
        shown = [row for row in self._rows.values() if row.isVisible()]
        row = self.sender()
        if not isinstance(row, ScaleRow):
            return
        place = shown.index(row) + step
        if 0 <= place < len(shown):
            shown[place].take_focus()
            reveal(shown[place])
        elif place == len(shown):
            self.comment.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_typed(self) -> None:
        self._typed = True
        self._idle.start()

    def _show_comment(self, text: str) -> None:
        self.comment.blockSignals(True)
        self.comment.setPlainText(text)
        self.comment.blockSignals(False)

    def _show_missing(self) -> None:
        document = self._document
        self._missing = document.session.missing() if document.session and document.editable else []
        links = ", ".join(_link(place, words) for place, words in enumerate(self._missing))
        self.missing.setText(tr("Still to do: {list}", list=links) if links else "")
        restyle(self.missing, "quiet")
        self.submit_button.setEnabled(document.editable)
        submitted = document.state == "submitted"
        self.submit_button.setText(tr("Submitted") if submitted else tr("Submit grading"))

    def _on_link(self, place: str) -> None:
        self._go_to(self._missing[int(place)])

    def _go_to(self, missing: str) -> None:
        """To the scale that is missing, or to the label that is still to be drawn."""
        for row in self._rows.values():
            if row.scale.title == missing:
                row.take_focus()
                reveal(row)
                return
        for entry in labels_of(self._modality or "fundus"):
            if missing.startswith(f"{entry.title}:"):
                self.label_asked.emit(entry.code)


def _told(scale: Scale) -> list[str]:
    """For each value its title and the guideline's words."""
    pairs = zip(scale.titles, scale.hints, strict=True)
    return [f"{tr_data(title)}: {tr_data(hint)}" if hint else tr_data(title) for title, hint in pairs]


def _link(place: int, missing: str) -> str:
    title, colon, rest = missing.partition(": ")
    words = tr_data(title) + (f"{colon}{tr_data(rest)}" if rest else "")
    return f'<a style="text-decoration: none" href="{place}">{words}</a>'
