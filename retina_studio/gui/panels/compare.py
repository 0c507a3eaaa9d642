"""The image beside the canvas: which one, mirrored or not, linked or not."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from retina_studio.gui.canvas.companion import Companion
from retina_studio.gui.words import tr
from retina_studio.study.records import ImageRecord

from .banner import Banner
from .parts import icon_button, rule


class ComparePanel(QWidget):
    """A head line over the companion canvas."""

    chosen = Signal(object)  # ImageRecord
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.canvas = Companion()
        self.note = Banner(self.canvas)
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Image beside"))
        self.choice.setToolTip(tr("Which image is shown beside the open one"))
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.choice.activated.connect(self._on_chosen)
        self.mirror = icon_button(
            "arrows-left-right", tr("Mirror"), tr("Exchange left and right"), checkable=True
        )
        self.link = icon_button("link", tr("Link"), tr("Zoom and move both images together"), checkable=True)
        self.link.setChecked(True)
        close = icon_button("x", tr("Close"), tr("Close the image beside (J)"))
        close.clicked.connect(self.closed)
        self.canvas.left.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(8, 5, 6, 5)
        head.setSpacing(4)
        head.addWidget(self.choice, 1)
        for button in (self.mirror, self.link, close):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self.canvas, 1)
        self.hide()

    def show_choices(self, images: Sequence[ImageRecord], shown: ImageRecord | None) -> None:
        """Offer these images; `shown` is the chosen one."""
        self.choice.clear()
        for image in images:
            self.choice.addItem(described(image), image)
        self.choice.setEnabled(bool(images))
        place = next((row for row, image in enumerate(images) if image == shown), -1)
        self.choice.setCurrentIndex(place)
        self.choice.setPlaceholderText(tr("No image"))

    def _on_chosen(self, row: int) -> None:
        self.chosen.emit(self.choice.itemData(row, Qt.ItemDataRole.UserRole))


def described(image: ImageRecord) -> str:
    """An image in a few words: eye, day, name."""
    eyes = {"OD": tr("right eye"), "OS": tr("left eye")}
    return " · ".join(part for part in (eyes.get(image.eye, ""), image.acquired[:10], image.name) if part)
