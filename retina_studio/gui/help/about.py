"""What this application is, what it is made of, and whose that is."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from retina_studio import __version__, paths
from retina_studio.domain.errors import RetinaError
from retina_studio.gui import icons
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.parts import add_row, plain_button, rule, styled_label
from retina_studio.gui.words import tr
from retina_studio.third_party import Package, packages

_SIZE = QSize(860, 620)
_ICON = 64
_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class ShippedWeights:
    """Weights that come with the application: stem, SHA-256 (hex), and their model card in Markdown."""

    stem: str
    hash: str
    card: str


@dataclass(frozen=True)
class Known:
    """What a worker has read for the window."""

    packages: list[Package]
    weights: list[ShippedWeights]


class AboutDialog(QDialog):
    """Versions at once; packages and weights as soon as a worker has read them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Retina Studio"))
        self.resize(_SIZE)
        self.versions = QLabel("\n".join(f"{name}  {version}" for name, version in versions()))
        self.versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.versions.setAccessibleName(tr("Versions"))
        self.package_table = _table((tr("Package"), tr("Version"), tr("Licence")), (230, 120), tr("Packages"))
        self.weights_table = _table((tr("Model"), tr("SHA-256")), (120,), tr("Shipped weights"))
        self.licence = _text(tr("Text of the licence"))
        self.card = _text(tr("Model card"))
        self.package_table.currentItemChanged.connect(self._on_package)
        self.weights_table.currentItemChanged.connect(self._on_weights)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("What is shipped"))
        self.tabs.setToolTip(tr("What is shipped"))
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(_split(self.package_table, self.licence), tr("Packages and licences"))
        self.tabs.addTab(_split(self.weights_table, self.card), tr("Shipped weights"))
        self.copy_button = plain_button(tr("Copy versions"), tr("Copy the versions, for whoever helps"))
        self.copy_button.clicked.connect(self._copy)
        self.close_button = plain_button(tr("Close"), tr("Close"))
        self.close_button.clicked.connect(self.reject)
        self.said = styled_label(tr("Reading packages and weights …"), "quiet")
        self._lay_out()
        self._job = Job(_read)
        self._job.done.connect(self._on_read)
        self._job.failed.connect(self._say)
        self._job.start()

    def done(self, result: int) -> None:
        """Closing wants nothing any more of what is being read."""
        self._job.cancel()
        super().done(result)

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)

    def _on_read(self, known: Known) -> None:
        self._say("")
        for package in known.packages:
            item = add_row(self.package_table, [package.name, package.version, package.license])
            item.setData(0, _ROLE, package)
        for weights in known.weights:
            item = add_row(self.weights_table, [weights.stem, weights.hash])
            item.setData(0, _ROLE, weights)
        for table in (self.package_table, self.weights_table):
            first = table.topLevelItem(0)
            if first is not None:
                table.setCurrentItem(first)

    def _on_package(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            package: Package = item.data(0, _ROLE)
            self.licence.setPlainText(package.text or tr("The package brings no text of its licence."))

    def _on_weights(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            weights: ShippedWeights = item.data(0, _ROLE)
            self.card.setPlainText(weights.card or tr("There is no model card here."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.versions.text())

    def _lay_out(self) -> None:
        picture = QLabel()
        picture.setPixmap(icons.application_icon().pixmap(_ICON, _ICON))
        picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(styled_label("Retina Studio", "welcome"))
        words.addWidget(styled_label(tr("Research software, not a medical device."), "due"))
        words.addWidget(
            styled_label(tr("No proposal of it may be used for a diagnosis. Licence: Apache-2.0."), "quiet")
        )
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addLayout(words, 1)
        head.addWidget(self.versions)
        foot = QHBoxLayout()
        foot.addWidget(self.copy_button)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self.tabs, 1)
        column.addLayout(foot)


def versions() -> list[tuple[str, str]]:
    """The versions of what matters most; nothing heavy is imported for it."""
    named = {"Qt (PySide6)": "PySide6-Essentials", "PyTorch": "torch", "OpenCV": "opencv-python"}
    found = [("Retina Studio", __version__), ("Python", platform.python_version())]
    for name, package in named.items():
        try:
            found.append((name, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            found.append((name, tr("not listed")))
    return [*found, (tr("System"), f"{platform.system()} {platform.machine()}")]


def shipped_weights(state: JobState) -> list[ShippedWeights]:
    """The weights that come with the application; each file is read whole."""
    found = []
    for file in sorted(paths.shipped_weights().glob("*.safetensors")):
        state.check()
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        card = paths.model_card(file.stem)
        found.append(ShippedWeights(file.stem, digest, card.read_text("utf-8") if card else ""))
    return found


def _read(state: JobState) -> Known:
    try:
        return Known(packages(), shipped_weights(state))
    except (OSError, ValueError) as error:
        raise RetinaError(f"What is shipped cannot be read ({error}).") from error


def _table(titles: tuple[str, ...], widths: tuple[int, ...], name: str) -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels(list(titles))
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAccessibleName(name)
    table.setToolTip(name)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
    table.header().setSectionResizeMode(len(widths), QHeaderView.ResizeMode.Stretch)
    return table


def _text(name: str) -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setReadOnly(True)
    field.setTabChangesFocus(True)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field


def _split(table: QTreeWidget, text: QPlainTextEdit) -> QSplitter:
    split = QSplitter(Qt.Orientation.Vertical)
    split.setChildrenCollapsible(False)
    split.addWidget(table)
    split.addWidget(text)
    split.setSizes([220, 200])
    return split
