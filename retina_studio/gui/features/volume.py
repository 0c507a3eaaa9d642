"""Going through the B-scans of an OCT volume: by slider and by key, at one zoom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.view import View
from retina_studio.gui.panels.volume import VolumeBar
from retina_studio.gui.words import tr
from retina_studio.study.records import ImageRecord

from .base import Feature, Tab
from .relatives import Relatives

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


class Volume(Feature):
    """Every B-scan is an image of its own, with its own grading; this leads from one to the next."""

    specs = (
        ActionSpec(
            "previous_bscan",
            "Image",
            "Previous B-scan",
            "caret-up",
            ("Ctrl+Up",),
            "Go to the previous B-scan of this volume",
        ),
        ActionSpec(
            "next_bscan",
            "Image",
            "Next B-scan",
            "caret-down",
            ("Ctrl+Down",),
            "Go to the next B-scan of this volume",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.bar = VolumeBar()
        self._relatives = Relatives(window.study)
        self._scans: Sequence[ImageRecord] = ()
        self._volume = ""
        self._view: View | None = None  # of the image that was shown last
        self._wanted: View | None = None  # what the B-scan on its way will be shown with

    def tabs(self) -> Sequence[Tab]:
        """Below the canvas."""
        return (Tab(tr("Volume"), self.bar, side="below"),)

    def wire(self) -> None:
        """Follow the open image and its view."""
        window = self.window
        window.image_opened.connect(self._follow_image)
        window.image_shown.connect(self._restore_view)
        window.canvas.view_changed.connect(self._keep_view)
        window.worklist.view.model().modelReset.connect(self._relatives.forget)
        self.bar.asked.connect(self._go_to)
        self.bar.before.clicked.connect(self.previous_bscan)
        self.bar.after.clicked.connect(self.next_bscan)
        self._offer()

    def previous_bscan(self) -> None:
        """Open the B-scan before this one."""
        self._go_to(self._place - 1)

    def next_bscan(self) -> None:
        """Open the B-scan after this one."""
        self._go_to(self._place + 1)

    @property
    def _place(self) -> int:
        """Where the open image stands among its volume's B-scans, from 1; 0 where it is a single image."""
        image = self.window.image
        return next((row for row, scan in enumerate(self._scans, start=1) if scan == image), 0)

    def _go_to(self, place: int) -> None:
        if 1 <= place <= len(self._scans):
            self.window.worklist.select(self._scans[place - 1].name)
        place = self._place  # unless leaving was refused, that of the B-scan asked for
        self.bar.show_place(place, len(self._scans))

    def _follow_image(self) -> None:
        image = self.window.image
        assert image is not None  # noqa: S101  (it was just opened)
        same = bool(image.volume) and image.volume == self._volume
        self._wanted = self._view if same else None
        self._volume = image.volume
        self._scans = self._relatives.of_volume(image)
        self.bar.show_place(self._place, len(self._scans))
        self._offer()

    def _offer(self) -> None:
        place = self._place
        self.window.actions["previous_bscan"].setEnabled(place > 1)
        self.window.actions["next_bscan"].setEnabled(0 < place < len(self._scans))

    def _keep_view(self) -> None:
        if self.window.canvas.picture is not None:
            self._view = self.window.canvas.view

    def _restore_view(self) -> None:
        wanted, canvas = self._wanted, self.window.canvas
        if wanted is not None and wanted != canvas.view:  # the same view: both are fitted, and stay so
            canvas.show_view(wanted)
        self._fetch_neighbours()

    def _fetch_neighbours(self) -> None:
        place, window = self._place, self.window
        for neighbour in (place + 1, place - 1):
            if place and 1 <= neighbour <= len(self._scans):
                scan = self._scans[neighbour - 1]
                window.gallery.prefetch(scan.id, partial(window.study.image_file, scan))
