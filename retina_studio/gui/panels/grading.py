"""The grading panel: one row of buttons a scale, the comment, and the way to hand in."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from retina_studio.domain.labels import GradeValue, Modality, Scale, scales_of
from retina_studio.gui import icons
from retina_studio.gui.document import Document

from .parts import header, panel_layout, styled_label

_COMMENT_IDLE = 1200  # ms without a key after which the comment is saved
_MANY = 3  # more values than this get two-line buttons


class GradingPanel(QWidget):
    """The image grades of the open grading."""

    submit_asked = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._modality: Modality | None = None
        self._buttons: dict[tuple[str, GradeValue], QPushButton] = {}
        self._typed = False  # the comment holds typing that is not saved yet
        self._rows = QWidget()
        self.comment = QPlainTextEdit()
        self.comment.setPlaceholderText("Comment")
        self.comment.setAccessibleName("Comment")
        self.comment.setToolTip("Anything worth saying about this image; saved as you write")
        self.comment.setFixedHeight(50)
        self.comment.setTabChangesFocus(True)
        self.comment.installEventFilter(self)
        self._idle = QTimer(self, interval=_COMMENT_IDLE, singleShot=True)
        self._idle.timeout.connect(self.flush)
        self.comment.textChanged.connect(self._on_typed)
        self.missing = styled_label("", "quiet")
        self.missing.setWordWrap(True)
        self.submit_button = QPushButton("Submit grading")
        self.submit_button.setObjectName("main")
        self.submit_button.setAccessibleName("Submit grading")
        self.submit_button.setToolTip("Hand in this grading (Ctrl+Return)")
        self.submit_button.clicked.connect(self.submit_asked)
        icons.dress(self.submit_button, "paper-plane-tilt", "accent_text")
        column = panel_layout(self)
        column.addLayout(header("Grading"))
        self._place = QVBoxLayout()
        column.addLayout(self._place)
        column.addWidget(self.comment)
        column.addStretch()
        self.footer = QWidget()  # stands below the panel, where scrolling never hides it
        foot = panel_layout(self.footer)
        foot.addWidget(self.missing)
        foot.addWidget(self.submit_button)
        document.graded.connect(self.refresh)

    def button(self, scale_code: str, value: GradeValue) -> QPushButton:
        """The button that gives a grade."""
        return self._buttons[scale_code, value]

    def show_modality(self, modality: Modality) -> None:
        """Show the scales of this modality."""
        if modality == self._modality:
            return
        self._modality = modality
        self._buttons = {}
        self._rows.deleteLater()
        self._rows = QWidget()
        self._place.addWidget(self._rows)
        column = QVBoxLayout(self._rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for scale in scales_of(modality):
            column.addLayout(self._scale_row(scale))

    def refresh(self) -> None:
        """Show what the grading says."""
        document, grading = self._document, self._document.grading
        for (scale, value), button in self._buttons.items():
            given = grading.grades.get(scale)
            button.setChecked(given is not None and given == value)
            button.setEnabled(document.editable)
        self.comment.setEnabled(document.editable)
        # Typing that is not saved yet is newer than what the grading says.
        if not self._typed and self.comment.toPlainText() != grading.comment:
            self._show_comment(grading.comment)
        self._show_missing()

    def start(self) -> None:
        """Show a grading that was just opened."""
        self._typed = False
        self._idle.stop()
        self.refresh()

    def point_out_missing(self) -> None:
        """Make what is missing plain to see, after a submission was refused."""
        self._style_missing("bad")

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

    def _scale_row(self, scale: Scale) -> QVBoxLayout:
        row = QVBoxLayout()
        row.setSpacing(4)
        note = styled_label("required", "quiet") if scale.required else QLabel()
        title = QHBoxLayout()
        title.addWidget(styled_label(scale.title, "quiet"))
        title.addStretch()
        title.addWidget(note)
        row.addLayout(title)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for value, words in zip(scale.values, scale.titles, strict=True):
            button = QPushButton(words.replace(" ", "\n", 1) if len(scale.values) > _MANY else words)
            button.setObjectName("grade" if len(scale.values) <= _MANY else "tallgrade")
            button.setCheckable(True)
            button.setAccessibleName(f"{scale.title}: {words}")
            button.setToolTip(f"{scale.title}: {words}. Press again to take it back.")
            button.setProperty("grade", (scale.code, value))
            button.clicked.connect(self._on_pressed)
            self._buttons[scale.code, value] = button
            buttons.addWidget(button, 1)
        row.addLayout(buttons)
        return row

    def _on_pressed(self, given: bool) -> None:
        scale, value = self.sender().property("grade")
        self._document.set_grade(scale, value if given else None)
        self.refresh()  # also when it was refused: the buttons show what is saved

    def _on_typed(self) -> None:
        self._typed = True
        self._idle.start()

    def _show_comment(self, text: str) -> None:
        self.comment.blockSignals(True)
        self.comment.setPlainText(text)
        self.comment.blockSignals(False)

    def _show_missing(self) -> None:
        document = self._document
        missing = document.grading.missing(self._modality) if self._modality and document.editable else []
        self.missing.setText(f"Still to grade: {', '.join(missing)}" if missing else "")
        self.missing.setVisible(bool(missing))
        self._style_missing("quiet")
        self.submit_button.setEnabled(document.editable)
        self.submit_button.setText("Submit grading" if document.state != "submitted" else "Submitted")

    def _style_missing(self, style: str) -> None:
        self.missing.setObjectName(style)
        self.missing.setStyle(self.missing.style())  # makes Qt look the style up again
