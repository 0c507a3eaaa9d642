"""The people of the study, and a person's own profile."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.login import ROLE_WORDS, passphrase_field, role_box
from retina_studio.gui.words import tr, tr_data
from retina_studio.study.records import Grader, Role

from .job_dialog import JobDialog
from .parts import add_row

_WIDTHS = (190, 110, 100)  # of the columns but the last


class PeopleDialog(JobDialog):
    """Everybody in the study. Adding is the main button; the others are about the chosen person."""

    role_wanted = Signal(str, str)  # name, role
    reset_wanted = Signal(str)
    presence_wanted = Signal(str, bool)  # name, whether they are to be in the study

    def __init__(self, graders: Sequence[Grader], parent: QWidget) -> None:
        note = tr(
            "Only the gradings of graders vote. Adjudicators settle what is disputed; engineers run it."
        )
        super().__init__(tr("People"), note, tr("Add"), parent)
        self._graders: Sequence[Grader] = ()
        self.table = QTreeWidget()
        self.table.setHeaderLabels([tr("Name"), tr("Role"), tr("Passphrase"), tr("In the study")])
        self.table.setRootIsDecorated(False)
        self.table.setAccessibleName(tr("People"))
        self.table.setToolTip(tr("The people of this study"))
        self.table.setMinimumHeight(190)
        for place, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(place, width)
        self.table.itemSelectionChanged.connect(self._on_chosen)
        self.role = role_box()
        self.role.activated.connect(self._on_role)
        self.reset_button = _button(
            tr("Forget passphrase"), tr("Nothing is asked of them until they set a new one"), self._on_reset
        )
        self.leave_button = _button("", "", self._on_leave)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(tr("Name of a new person"))
        self.new_name.setAccessibleName(tr("Name of a new person"))
        self.new_name.setToolTip(tr("The name under which their gradings are kept"))
        self.new_name.textChanged.connect(self.refresh_start)
        self.new_role = role_box()
        column = QVBoxLayout()
        column.addWidget(self.table)
        column.addLayout(_row(self.role, self.reset_button, self.leave_button, stretch=True))
        column.addLayout(_row(self.new_name, self.new_role))
        self.fields.addRow(column)
        self.show_people(graders)
        self.refresh_start()

    @property
    def can_start(self) -> bool:
        """A name is typed."""
        return bool(self.new_name.text().strip())

    def show_people(self, graders: Sequence[Grader]) -> None:
        """Show these; whoever was chosen stays chosen."""
        chosen = self.chosen.name if self.chosen else ""
        self._graders = graders
        self.table.clear()
        for grader in graders:
            passphrase = tr("yes") if grader.has_passphrase else tr("none")
            presence = tr("yes") if grader.active else tr("has left")
            item = add_row(self.table, [grader.name, tr_data(ROLE_WORDS[grader.role]), passphrase, presence])
            if grader.name == chosen:
                self.table.setCurrentItem(item)
        self._on_chosen()

    @property
    def chosen(self) -> Grader | None:
        """The person that the buttons are about."""
        items = self.table.selectedItems()
        return self._graders[self.table.indexOfTopLevelItem(items[0])] if items else None

    @property
    def new_person(self) -> tuple[str, Role]:
        """Name and role of the person to add."""
        return self.new_name.text().strip(), self.new_role.currentData()

    def _on_chosen(self) -> None:
        grader = self.chosen
        self.role.setEnabled(grader is not None)
        self.reset_button.setEnabled(grader is not None and grader.has_passphrase)
        self.leave_button.setEnabled(grader is not None)
        is_here = grader is None or grader.active
        self.leave_button.setText(tr("Leaves the study") if is_here else tr("Comes back"))
        self.leave_button.setAccessibleName(self.leave_button.text())
        leaves = tr("Their gradings stay; images they have not begun can be given to others")
        self.leave_button.setToolTip(leaves if is_here else tr("They can grade again"))
        if grader is not None:
            self.role.setCurrentIndex(self.role.findData(grader.role))

    def _on_role(self) -> None:
        if self.chosen is not None and self.chosen.role != self.role.currentData():
            self.role_wanted.emit(self.chosen.name, self.role.currentData())

    def _on_reset(self) -> None:
        if self.chosen is not None:
            self.reset_wanted.emit(self.chosen.name)

    def _on_leave(self) -> None:
        if self.chosen is not None:
            self.presence_wanted.emit(self.chosen.name, not self.chosen.active)


class ProfileDialog(JobDialog):
    """A person's own role and passphrase."""

    def __init__(self, grader: Grader, parent: QWidget) -> None:
        role = tr("Your role in this study: {role}.", role=tr_data(ROLE_WORDS[grader.role]))
        note = tr(
            "The passphrase is asked when you open the study. Leave the new one empty to be asked for none."
        )
        super().__init__(tr("My profile: {name}", name=grader.name), f"{role} {note}", tr("Save"), parent)
        self.old = passphrase_field(tr("Passphrase now"))
        self.new = passphrase_field(tr("New passphrase"))
        self.again = passphrase_field(tr("New passphrase again"))
        for field in (self.old, self.new, self.again):
            self.fields.addRow(field)
            field.textChanged.connect(self._on_typed)
        self.old.setVisible(grader.has_passphrase)
        self._on_typed()

    def clear(self) -> None:
        """Nothing typed."""
        for field in (self.old, self.new, self.again):
            field.clear()

    @property
    def can_start(self) -> bool:
        """The new passphrase is the same both times."""
        return self.new.text() == self.again.text()

    def _on_typed(self) -> None:
        self.refresh_start()
        self.start_button.setToolTip("" if self.can_start else tr("The two new passphrases are not the same"))


def _row(*widgets: QWidget, stretch: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
    if stretch:
        row.addStretch()
    return row


def _button(text: str, tip: str, call: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.clicked.connect(call)
    return button
