"""Who is grading: the dialog at the start, the check of a passphrase, and the small window that signs with one."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.parts import restyle, styled_label
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.study.records import ROLES, Grader, Role

ROLE_WORDS: dict[Role, str] = {
    "grader": marked("grader"),
    "adjudicator": marked("adjudicator"),
    "engineer": marked("engineer"),
}
Check = Callable[[Grader, str], bool]  # takes about a tenth of a second
_FIRST_PAUSE, _LONGEST_PAUSE = 500, 8000  # ms after a wrong passphrase; each time twice as long


class PassphraseCheck(QObject):
    """Checks passphrases in a worker; after a wrong one the next try has to wait, each time longer."""

    passed = Signal()
    refused = Signal(str)
    ready = Signal(bool)  # whether a try can be made now

    def __init__(self, check: Check, parent: QObject) -> None:
        super().__init__(parent)
        self._check = check
        self._name = ""
        self._pause = _FIRST_PAUSE
        self._is_waiting = False

    def ask(self, grader: Grader, text: str) -> None:
        """Check; `passed` or `refused` follows. Nothing happens while a try is under way or has to wait."""
        if self._is_waiting:
            return
        self._wait()
        self._name = grader.name
        job = Job(_check_job, self._check, grader, text)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.start()

    def _wait(self) -> None:
        self._is_waiting = True
        self.ready.emit(False)

    def _go_on(self) -> None:
        self._is_waiting = False
        self.ready.emit(True)

    def _on_done(self, is_right: bool) -> None:
        if is_right:
            self._go_on()
            self.passed.emit()
            return
        self.refused.emit(tr("This is not the passphrase of {name}.", name=self._name))
        QTimer.singleShot(self._pause, self, self._go_on)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _on_failed(self, sentence: str) -> None:
        self._go_on()
        self.refused.emit(sentence)


class GraderDialog(QDialog):
    """Ask who is grading, and for a passphrase where the person has one; a study without graders asks for a name."""

    def __init__(
        self, graders: Sequence[Grader], last: str, check: Check, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Who is grading?"))
        self.setMinimumWidth(380)
        self._graders = graders
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Graders"))
        self.list.setToolTip(tr("The graders of this study"))
        for grader in graders:
            item = QListWidgetItem(f"{grader.name}   ({tr_data(ROLE_WORDS[grader.role])})")
            item.setSizeHint(QSize(0, 32))
            self.list.addItem(item)
        names = [grader.name for grader in graders]
        self.list.setCurrentRow(names.index(last) if last in names else 0)
        self.list.itemActivated.connect(self.accept)
        self.list.currentRowChanged.connect(self._on_row)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(tr("Your name"))
        self.new_name.setAccessibleName(tr("Your name"))
        self.new_name.setToolTip(tr("The name under which your gradings are kept"))
        self.new_role = role_box()
        self.passphrase = passphrase_field(tr("Passphrase"))
        self.said = styled_label("", "bad")
        self.said.setWordWrap(True)
        self._check = PassphraseCheck(check, self)
        self._check.passed.connect(self._let_in)
        self._check.refused.connect(self._on_refused)
        box = _buttons(self, tr("Start"))
        self.start_button = box.button(QDialogButtonBox.StandardButton.Ok)
        self._check.ready.connect(self.start_button.setEnabled)
        self._lay_out(box)
        self._on_row()

    @property
    def grader(self) -> Grader | None:
        """The chosen grader; None where a new name is asked for."""
        return self._graders[self.list.currentRow()] if self._graders else None

    @property
    def name(self) -> str:
        """The chosen name, or the new one."""
        return self.grader.name if self.grader else self.new_name.text().strip()

    @property
    def role(self) -> Role:
        """The role of a new grader."""
        role: Role = self.new_role.currentData()
        return role

    def accept(self) -> None:
        """Start, once the passphrase is right where one is asked."""
        grader = self.grader
        if grader is None or not grader.has_passphrase:
            super().accept()
        elif self.passphrase.text():
            self._check.ask(grader, self.passphrase.text())
        else:
            self.passphrase.setFocus()

    def _lay_out(self, box: QDialogButtonBox) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(tr("Who is grading?"), "title"))
        column.addWidget(styled_label(tr("Your gradings are kept under your name."), "quiet"))
        for widget in (self.list, self.passphrase) if self._graders else (self.new_name, self.new_role):
            column.addWidget(widget)
        column.addWidget(self.said)
        column.addWidget(box)
        self.said.hide()

    def _on_row(self) -> None:
        asks = self.grader is not None and self.grader.has_passphrase
        self.passphrase.setVisible(asks)
        self.passphrase.clear()
        self.said.hide()
        field = self.passphrase if asks else self.list
        (field if self._graders else self.new_name).setFocus()

    def _let_in(self) -> None:
        super().accept()

    def _on_refused(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()
        self.passphrase.selectAll()
        self.passphrase.setFocus()


class SignDialog(QDialog):
    """Ask the passphrase that signs a grading."""

    def __init__(self, grader: Grader, meaning: str, check: Check, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Sign"))
        self.setMinimumWidth(420)
        self._grader = grader
        self.passphrase = passphrase_field(tr("Passphrase"))
        self.said = styled_label(tr("Your passphrase signs this grading."), "quiet")
        self._check = PassphraseCheck(check, self)
        self._check.passed.connect(self._let_in)
        self._check.refused.connect(self._on_refused)
        box = _buttons(self, tr("Sign and submit"))
        self._check.ready.connect(box.button(QDialogButtonBox.StandardButton.Ok).setEnabled)
        words = styled_label(tr_data(meaning), "quiet")
        words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(tr("Sign as {name}", name=grader.name), "title"))
        for widget in (words, self.passphrase, self.said, box):
            column.addWidget(widget)
        self.passphrase.setFocus()

    def accept(self) -> None:
        """Sign once the passphrase is right."""
        self._check.ask(self._grader, self.passphrase.text())

    def _let_in(self) -> None:
        super().accept()

    def _on_refused(self, sentence: str) -> None:
        self.said.setText(sentence)
        restyle(self.said, "bad")
        self.passphrase.selectAll()


def passphrase_field(name: str) -> QLineEdit:
    """A field whose letters are not shown."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field


def role_box() -> QComboBox:
    """The roles to choose from."""
    box = QComboBox()
    box.setAccessibleName(tr("Role"))
    box.setToolTip(tr("Only the gradings of graders vote; adjudicators and engineers run the study"))
    for role in ROLES:
        box.addItem(tr_data(ROLE_WORDS[role]), role)
    return box


def _check_job(state: JobState, check: Check, grader: Grader, text: str) -> bool:
    state.check()
    return check(grader, text)


def _buttons(dialog: QDialog, ok: str) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    box.button(QDialogButtonBox.StandardButton.Ok).setText(ok)
    box.button(QDialogButtonBox.StandardButton.Ok).setObjectName("main")
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
