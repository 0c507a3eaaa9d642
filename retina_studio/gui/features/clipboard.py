"""Copy shapes, and paste them on this image, on another one, or mirrored on the other eye."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from retina_studio.domain.copying import Copied, copied_from_json, paste
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import labels_of
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.words import tr

from .editing import EditingFeature, in_words

_FORMAT = "application/x-retina-studio-shapes+json"


class Clipboard(EditingFeature):
    """The system's clipboard holds the shapes with their image's size and eye, so that windows share it."""

    specs = (
        ActionSpec(
            "copy",
            "Edit",
            "Copy shapes",
            "copy",
            ("Ctrl+C",),
            "Copy the selected shapes, also for other images",
        ),
        ActionSpec(
            "paste",
            "Edit",
            "Paste shapes",
            "clipboard",
            ("Ctrl+V",),
            "Paste the copied shapes at the same place",
        ),
        ActionSpec(
            "paste_mirrored",
            "Edit",
            "Paste mirrored",
            "arrows-left-right",
            ("Ctrl+Shift+V",),
            "Paste the copied shapes mirrored left to right, for the other eye",
        ),
    )

    def copy(self) -> None:
        """Put the selected shapes on the clipboard."""
        window, shapes = self.window, self.selected()
        if not shapes or window.image is None:
            window.canvas.say(tr("Select the shapes to copy first."))
            return
        copied = Copied(tuple(shapes), *window.canvas.frame, eye=window.image.eye)
        held = QMimeData()
        held.setData(_FORMAT, copied.to_json().encode())
        QGuiApplication.clipboard().setMimeData(held)
        window.canvas.say(tr("{shapes} copied.", shapes=in_words(len(shapes))))

    def paste(self) -> None:
        """Add the copied shapes to this grading."""
        self._paste(mirror=False)

    def paste_mirrored(self) -> None:
        """Add the copied shapes as the other eye would show them."""
        self._paste(mirror=True)

    def _paste(self, *, mirror: bool) -> None:
        window, canvas = self.window, self.window.canvas
        image = window.image
        if image is None or canvas.picture is None or not self.ready():
            return
        try:
            copied = copied_from_json(_held_text())
        except RetinaError as error:
            canvas.say(str(error))
            return
        codes = [entry.code for entry in labels_of(image.modality)]
        canvas.use_tool("select")
        if self.put(lambda: paste(copied, canvas.grading, canvas.frame, codes, mirror=mirror)):
            canvas.say(" ".join(self._told(copied, image.eye, mirror=mirror)))

    def _told(self, copied: Copied, eye: str, *, mirror: bool) -> list[str]:
        words = [tr("{shapes} pasted.", shapes=in_words(len(copied.shapes)))]
        if (copied.width, copied.height) != self.window.canvas.frame:
            words.append(tr("They were scaled to this image, which has another size."))
        if copied.eye and eye and copied.eye != eye and not mirror:
            words.append(tr("This is the other eye: Ctrl+Z, then Ctrl+Shift+V pastes them mirrored."))
        return words


def _held_text() -> str:
    return bytes(QGuiApplication.clipboard().mimeData().data(_FORMAT).data()).decode(errors="replace")
