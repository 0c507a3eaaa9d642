"""A second image beside the open one: another visit, the other eye mirrored, or one that was kept; zoomed together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSplitter

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.retina_map import landmarks_of
from retina_studio.domain.shapes import XY
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.companion import mirrored_grading, mirrored_picture
from retina_studio.gui.canvas.link import Link, by_frame, by_landmarks
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.gallery import Gallery
from retina_studio.gui.panels.compare import ComparePanel
from retina_studio.gui.words import tr
from retina_studio.study.records import ImageRecord

from .base import Feature, Tab
from .relatives import Relatives, comparable, other_eye
from .same_look import SameLook

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_ARM = 14  # widget pixels of the crosshair from its middle


class Comparing(Feature):
    """What lies beside follows the worklist, unless an image was kept there."""

    specs = (
        ActionSpec(
            "compare",
            "View",
            "Compare side by side",
            "columns",
            ("J",),
            "Show another image of this patient beside this one, zoomed together",
            checkable=True,
        ),
        ActionSpec(
            "compare_other_eye",
            "View",
            "Compare with the other eye",
            "arrows-left-right",
            ("Shift+J",),
            "Show the patient's other eye beside this one, mirrored",
        ),
        ActionSpec(
            "keep_beside",
            "View",
            "Keep this image beside",
            "push-pin",
            ("Ctrl+J",),
            "Keep this image beside while you open others from the worklist",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.panel = ComparePanel()
        self.link = Link()
        self._relatives = Relatives(window.study)
        self._gallery = Gallery(self)
        self._beside: ImageRecord | None = None
        self._kept: ImageRecord | None = None
        self._picture: Picture | None = None
        self._grading = Grading()
        self._wants_other_eye = False
        self._is_following = False
        self._look = SameLook(window, self.panel.canvas)
        self._spots: dict[
            Canvas, XY | None
        ] = {}  # where each canvas shows the place under the other's pointer

    def tabs(self) -> Sequence[Tab]:
        """Beside the canvas."""
        return (Tab(tr("Compare"), self.panel, side="beside"),)

    def wire(self) -> None:
        """Follow the open image, its view and the pointer."""
        window, canvas, beside = self.window, self.window.canvas, self.panel.canvas
        window.image_opened.connect(self._follow_image)
        window.worklist.view.model().modelReset.connect(self._relatives.forget)
        self._gallery.ready.connect(self._on_picture)
        self._gallery.failed.connect(self._on_failed)
        window.canvas.image_shown.connect(self._join)
        window.document.changed.connect(self._join)
        canvas.view_changed.connect(self._follow_view)
        beside.moved.connect(self._lead_view)
        beside.resized.connect(self._follow_view)
        canvas.pointer_moved.connect(self._point_beside)
        beside.pointer_moved.connect(self._point_back)
        for surface in (canvas, beside):
            surface.overlays.append(self._paint)
        self.panel.chosen.connect(self._show_chosen)
        self.panel.closed.connect(self.close)
        self.panel.mirror.clicked.connect(self._show_turned)
        self.panel.link.clicked.connect(self._join)
        window.label_panel.hidden_changed.connect(self._follow_visibility)
        window.actions["hide_shapes"].triggered.connect(self._follow_visibility)
        self._look.wire()
        for name in ("compare_other_eye", "keep_beside"):
            window.actions[name].setEnabled(False)

    def compare(self) -> None:
        """Open or close the image beside."""
        if not self.window.actions["compare"].isChecked():
            self.close()
            return
        self._wants_other_eye = False
        self._open()

    def compare_other_eye(self) -> None:
        """Show the other eye of the patient, mirrored."""
        self._kept, self._wants_other_eye = None, True
        self.panel.mirror.setChecked(True)
        self._open()

    def keep_beside(self) -> None:
        """Keep the open image beside from now on."""
        self._kept = self.window.image
        self.panel.mirror.setChecked(False)
        self._open()
        self.window.status.say(tr("This image stays beside: open another one from the worklist."))

    def close(self) -> None:
        """Put the image beside away."""
        self.window.actions["compare"].setChecked(False)
        self._beside = self._kept = None
        self._spots.clear()
        self.panel.hide()
        self.panel.canvas.show_picture(None)
        self.window.canvas.setFocus()

    def _open(self) -> None:
        self.window.actions["compare"].setChecked(True)
        if not self.panel.isVisible():
            self.panel.show()
            split = self.panel.parentWidget()
            if isinstance(split, QSplitter):
                split.setSizes([split.width(), split.width()])  # more than there is: halves
        self._follow_image()

    # Which image

    def _follow_image(self) -> None:
        image = self.window.image
        for name in ("compare_other_eye", "keep_beside"):
            self.window.actions[name].setEnabled(image is not None)
        if image is None or not self.panel.isVisible():
            return
        around = self._relatives.of_patient(image)
        choices = comparable(image, around)
        if self._kept is not None and self._kept not in choices:
            choices = [self._kept, *choices]
        other = other_eye(image, around) if self._wants_other_eye else None
        first = None if self._wants_other_eye or not choices else choices[0]
        shown = self._kept or other or first
        self.panel.show_choices(choices, shown)
        self._show(shown)

    def _show_chosen(self, record: ImageRecord) -> None:
        image = self.window.image
        self._wants_other_eye = image is not None and {record.eye, image.eye} == {"OD", "OS"}
        self._kept = record if record == self._kept else None
        self._show(record)

    def _show(self, record: ImageRecord | None) -> None:
        self._beside, self._picture = record, None
        self.panel.canvas.show_picture(None)
        self.panel.canvas.show_grading(Grading())
        self.panel.note.tell("" if record is not None else self._nothing())
        if record is None:
            return
        try:
            self._grading = self.window.study.session(record, self.window.grader).grading
        except RetinaError as error:
            self.panel.note.tell(str(error))
            return
        self._gallery.want(record.id, partial(self.window.study.image_file, record))

    def _nothing(self) -> str:
        if self._wants_other_eye:
            return tr("There is no image of this patient's other eye.")
        return tr("There is no other image of this patient. Ctrl+J keeps an image here.")

    def _on_picture(self, image_id: int, picture: Picture) -> None:
        if self._beside is not None and image_id == self._beside.id:
            self._picture = picture
            self._show_turned()

    def _on_failed(self, _: int, sentence: str) -> None:
        self.panel.note.tell(sentence)

    def _show_turned(self) -> None:
        """Show the image beside as it is, or mirrored."""
        if self._picture is None:
            return
        beside, picture, grading = self.panel.canvas, self._picture, self._grading
        if self.panel.mirror.isChecked():
            picture, grading = mirrored_picture(picture), mirrored_grading(grading, picture.width)
        beside.show_grading(grading)
        self._follow_visibility()
        beside.show_picture(picture)
        beside.set_aspect(self.window.canvas.view.aspect)
        self._join()

    def _follow_visibility(self) -> None:
        self.panel.canvas.hide_labels(self.window.canvas.hidden_labels)

    # Which place

    def _join(self) -> None:
        """Find out anew how the two images correspond."""
        canvas, beside = self.window.canvas, self.panel.canvas
        if canvas.picture is None or beside.picture is None:
            return
        first, second = landmarks_of(canvas.grading, ""), landmarks_of(beside.grading, "")
        self.link = by_landmarks(first, second) or by_frame(canvas.frame, beside.frame)
        self._follow_view()

    @property
    def _is_linked(self) -> bool:
        shown = self.window.canvas.picture is not None and self.panel.canvas.picture is not None
        return shown and self.panel.isVisible() and self.panel.link.isChecked()

    def _follow_view(self) -> None:
        """The image beside shows what the canvas shows."""
        self._follow(self.link, self.window.canvas, self.panel.canvas)

    def _lead_view(self) -> None:
        """The canvas shows what the image beside was moved to."""
        self._follow(self.link.inverse, self.panel.canvas, self.window.canvas)

    def _follow(self, link: Link, leader: Canvas, follower: Canvas) -> None:
        if self._is_linked and not self._is_following:
            sizes = [(canvas.width(), canvas.height()) for canvas in (leader, follower)]
            self._is_following = True  # what follows tells that it moved, and must not be followed for that
            follower.show_view(link.follow(leader.view, sizes[0], follower.view, sizes[1]))
            self._is_following = False

    def _point_beside(self, place: XY | None) -> None:
        self._point(self.link, place, self.panel.canvas)

    def _point_back(self, place: XY | None) -> None:
        self._point(self.link.inverse, place, self.window.canvas)

    def _point(self, link: Link, place: XY | None, other: Canvas) -> None:
        if self._beside is None:
            return
        self._spots[other] = link.to_second(*place) if place is not None and self._is_linked else None
        other.update()

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        """A crosshair where the other canvas's pointer is."""
        place = self._spots.get(canvas)
        if place is None:
            return
        spot = canvas.to_widget(*place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for colour, width in ((QColor(0, 0, 0, 170), 3), (QColor("white"), 1)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for dx, dy in ((1, 0), (0, 1)):
                for side in (-1, 1):
                    start = spot + QPointF(dx, dy) * side * 4
                    painter.drawLine(start, spot + QPointF(dx, dy) * side * _ARM)
