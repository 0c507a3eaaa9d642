"""The menu "Help": the tour, the log, what this application is; and the way to another study."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from retina_studio.crash import Ended
from retina_studio.gui import settings
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.crashing import ended_words, show_folder
from retina_studio.gui.help.tour import Stop, Tour
from retina_studio.gui.panels.tabs import SideTabs
from retina_studio.gui.words import tr
from retina_studio.logs import log_file
from retina_studio.private_text import conceal, reveal

from .base import Feature
from .importing import Importing
from .offering import Offer, Offering

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


class Helping(Feature):
    """The tour begins by itself in the person's first window."""

    specs = (
        ActionSpec(
            "other_study",
            "Study",
            "Open another study …",
            "folder-open",
            ("Ctrl+O",),
            "Close this study and go to the welcome page; everything is saved",
        ),
        ActionSpec("tour", "Help", "Guided tour", "compass", (), "Show what is where, in seven steps"),
        ActionSpec(
            "log", "Help", "Log …", "article", (), "What the application noted, for whoever helps you"
        ),
        ActionSpec(
            "about", "Help", "About Retina Studio …", "info", (), "Versions, licences and shipped weights"
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.guide: Tour | None = None
        self.dialog: QDialog | None = None
        self._waits = False
        self._may_begin = False  # only a window that a person has opened begins the tour by itself

    def wire(self) -> None:
        """Let no log or report name an image or a person of this study."""
        conceal(self._names)
        self.window.image_shown.connect(self._begin_tour_once)

    def rest(self) -> None:
        """The window is closing."""
        self._wait_for_focus(False)
        reveal(self._names)
        super().rest()

    def greet(self, images: Path | None, ended: Ended | None) -> None:
        """What a window that was just opened has to say, and the images that are to be imported."""
        self._may_begin = True
        self._wait_for_focus(not settings.tour_seen())
        if images is not None:
            self.window.feature(Importing).ask([images])
        if ended is not None:
            self._tell(ended)

    def other_study(self) -> None:
        """Close the window; the welcome page follows."""
        self.window.leaves_study = True
        if not self.window.close():
            self.window.leaves_study = False

    def tour(self) -> None:
        """Show the window's parts one after the other."""
        if self.guide is not None:
            return
        settings.remember_tour()
        self.guide = Tour(self._stops(), self.window)
        self.guide.ended.connect(self._end_tour)
        self.guide.begin()

    def log(self) -> None:
        """Show the log."""
        from retina_studio.gui.help.log_dialog import LogDialog  # noqa: PLC0415 - seldom wanted

        self._show(LogDialog(self.window))

    def about(self) -> None:
        """Show versions, licences and weights."""
        from retina_studio.gui.help.about import AboutDialog  # noqa: PLC0415 - seldom wanted

        self._show(AboutDialog(self.window))

    def _show(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _wait_for_focus(self, waits: bool) -> None:
        """Whether the tour also begins when the window gets the focus: that may come later than its first image."""
        if waits != self._waits and isinstance(application := QGuiApplication.instance(), QGuiApplication):
            changed = application.focusWindowChanged
            (changed.connect if waits else changed.disconnect)(self._begin_tour_once)
            self._waits = waits

    def _begin_tour_once(self, *_: object) -> None:
        window = self.window
        if (
            self._may_begin
            and not settings.tour_seen()
            and window.isActiveWindow()
            and window.image is not None
        ):
            self._wait_for_focus(False)
            self.tour()

    def _end_tour(self) -> None:
        if self.guide is not None:
            self.guide.deleteLater()
            self.guide = None
            self.window.canvas.setFocus()

    def _tell(self, ended: Ended) -> None:
        file = ended.report or log_file()
        offer = Offer(
            self,
            ended_words(ended),
            tr("Open the folder"),
            tr("The report stays on this computer; Esc puts this line away"),
            lambda: show_folder(file),
            lambda: None,
        )
        self.window.feature(Offering).make(offer)

    def _names(self) -> Iterable[str]:
        window = self.window
        return [window.grader.name, window.study.folder.name, *window.worklist.names]

    def _stops(self) -> list[Stop]:
        window = self.window
        return [
            Stop(
                window.worklist,
                tr("The worklist"),
                tr(
                    "Your images, and which of them are submitted. N and P go to the next and the previous one."
                ),
            ),
            Stop(
                window.canvas,
                tr("The image"),
                tr(
                    "Draw here with the tools above: E ellipse, G polygon, T point. The wheel zooms, Space and drag "
                    "moves. Ctrl+Space draws by keys alone. Every edit is on disk at once; Ctrl+Z takes it back."
                ),
            ),
            Stop(
                window.label_panel,
                tr("Labels"),
                tr(
                    "Choose what you draw, by click or key. Tick “none” where you looked and found nothing: "
                    "an empty label alone says nothing."
                ),
            ),
            Stop(
                window.grading_panel,
                tr("Grading"),
                tr(
                    "The grades of the whole image, with the guideline's words below. A dot marks what is needed."
                ),
            ),
            Stop(
                window.proposal_panel,
                tr("Proposals"),
                tr(
                    "Ctrl+M asks the models. What they offer is dashed, and counts only once you accept it: "
                    "Y accepts, R accepts to correct, X rejects."
                ),
                self._show_proposals,
            ),
            Stop(
                window.submit_button,
                tr("Submit"),
                tr("Hand the grading in when it is complete, and go on. You can reopen it later."),
            ),
            Stop(
                window.menuBar(),
                tr("Everything else"),
                tr("F1 lists all keys, Ctrl+, changes theme and language. Help shows this tour again."),
            ),
        ]

    def _show_proposals(self) -> None:
        tabs = self.window.findChild(SideTabs)
        if tabs is not None:
            tabs.setCurrentWidget(self.window.proposal_panel)
