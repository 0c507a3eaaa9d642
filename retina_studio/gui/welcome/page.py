"""The welcome page: the studies opened before, and the ways to a new one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from retina_studio import __version__
from retina_studio.gui import icons
from retina_studio.gui.panels.parts import restyle, rule, styled_label
from retina_studio.gui.words import tr

from .dialogs import DemoStudyDialog, NewStudyDialog

_SIZE = QSize(900, 560)
_ICON, _ROW = 72, 50  # pixels
_SIDE = 300  # pixels, width of the ways to a study


class WelcomePage(QDialog):
    """Accepted once `folder` is known: a study to open, perhaps with `images` to import into it."""

    def __init__(self, recent: Sequence[Path], said: str = "", *, is_bad: bool = True) -> None:
        """`said` is a sentence about what came before, shown above all else."""
        super().__init__()
        self.setWindowTitle(tr("Welcome"))
        self.setMinimumSize(760, 480)
        self.resize(_SIZE)
        self.folder: Path | None = None
        self.images: Path | None = None
        self.dialog: NewStudyDialog | DemoStudyDialog | None = None
        self.said = styled_label("", "bad")
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list = _recent_list(recent)
        self.list.itemActivated.connect(self._open_chosen)
        self.open_button = _way(tr("Open a study …"), "folder-open", tr("Choose the folder of a study"))
        self.open_button.clicked.connect(self._browse)
        self.new_button = _way(tr("New study …"), "folder-plus", tr("Make an empty study"))
        self.new_button.clicked.connect(self._new)
        self.import_button = _way(
            tr("Import a folder …"), "download-simple", tr("Make a study of a folder of images")
        )
        self.import_button.clicked.connect(self._import)
        self.demo_button = _way(
            tr("Demo study …"), "sparkle", tr("Make a study of synthetic images to try everything on")
        )
        self.demo_button.clicked.connect(self._demo)
        self.recent_button = QPushButton(tr("Open"))
        self.recent_button.setObjectName("main")
        self.recent_button.setAccessibleName(tr("Open the chosen study"))
        self.recent_button.setToolTip(tr("Open the chosen study"))
        self.recent_button.setEnabled(bool(recent))
        self.recent_button.setDefault(bool(recent))
        self.recent_button.clicked.connect(self._open_chosen)
        self._lay_out(bool(recent))
        self.say(said, is_bad=is_bad)
        (self.list if recent else self.demo_button).setFocus()

    def say(self, sentence: str, *, is_bad: bool = True) -> None:
        """Say a sentence above the studies; none hides it."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        restyle(self.said, "bad" if is_bad else "quiet")

    def _lay_out(self, knows_studies: bool) -> None:
        left = QWidget()
        left.setObjectName("panel")
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left.setFixedWidth(_SIDE)
        ways = QVBoxLayout(left)
        ways.setContentsMargins(24, 28, 24, 20)
        ways.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(icons.application_icon().pixmap(_ICON, _ICON))
        picture.setAccessibleName("Retina Studio")
        ways.addWidget(picture)
        ways.addSpacing(6)
        ways.addWidget(styled_label("Retina Studio", "welcome"))
        ways.addWidget(_quiet(tr("Draw, grade, settle and learn on retinal images")))
        ways.addSpacing(14)
        for button in (self.open_button, self.new_button, self.import_button, self.demo_button):
            ways.addWidget(button)
        ways.addStretch()
        ways.addWidget(
            _quiet(tr("Version {version}. Research software, not a medical device.", version=__version__))
        )
        right = QVBoxLayout()
        right.setContentsMargins(28, 28, 28, 20)
        right.setSpacing(10)
        right.addWidget(self.said)
        right.addWidget(
            styled_label(tr("Studies opened before") if knows_studies else tr("Welcome"), "title")
        )
        right.addWidget(rule())
        if knows_studies:
            right.addWidget(self.list, 1)
            foot = QHBoxLayout()
            foot.addStretch()
            foot.addWidget(self.recent_button)
            right.addLayout(foot)
        else:
            for text in _first_words():
                right.addWidget(_quiet(text))
            right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addLayout(right, 1)

    def _open_chosen(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._take(item.data(Qt.ItemDataRole.UserRole))

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose the folder of a study"))
        if chosen:
            self._take(Path(chosen))

    def _new(self) -> None:
        self._make(NewStudyDialog(None, self))

    def _import(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Choose a folder of images"))
        if chosen:
            self._make(NewStudyDialog(Path(chosen), self))

    def _demo(self) -> None:
        self._make(DemoStudyDialog(self))

    def _make(self, dialog: NewStudyDialog | DemoStudyDialog) -> None:
        self.dialog = dialog
        dialog.made.connect(self._on_made)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_made(self, folder: Path) -> None:
        if isinstance(self.dialog, NewStudyDialog):
            self.images = self.dialog.images.path
        self._take(folder)

    def _take(self, folder: Path) -> None:
        self.folder = folder
        self.accept()


def _first_words() -> tuple[str, ...]:
    return (
        tr(
            "The demo study is the quickest way to see what there is: ten synthetic images, made in a minute; "
            "a short tour shows you around."
        ),
        tr(
            "A study of your own is one folder with images and everybody's gradings. Importing copies your images "
            "without names and dates; your files stay as they are."
        ),
        tr(
            "If a study was made for you, on this computer or on a shared disk, open its folder. "
            "Nothing is ever sent anywhere."
        ),
    )


def _recent_list(recent: Sequence[Path]) -> QListWidget:
    rows = QListWidget()
    rows.setAccessibleName(tr("Studies opened before"))
    rows.setToolTip(tr("Studies opened before"))
    for folder in recent:
        item = QListWidgetItem(f"{folder.name}\n{folder.parent}")
        item.setSizeHint(QSize(0, _ROW))
        item.setData(Qt.ItemDataRole.UserRole, folder)
        rows.addItem(item)
    rows.setCurrentRow(0)
    return rows


def _way(text: str, icon: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("choice")
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setMinimumHeight(38)
    icons.dress(button, icon, "accent")
    return button


def _quiet(text: str) -> QLabel:
    label = styled_label(text, "quiet")
    label.setWordWrap(True)
    return label
