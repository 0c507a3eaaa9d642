"""What the main window says of the runs: one button in its status bar, while something waits or goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from retina_studio.gui import icons
from retina_studio.gui.words import tr
from retina_studio.retraining.run import ACTIVE, Run

from .follower import Seen
from .phrases import ICONS, duration, state_words


class Indicator(QToolButton):
    """A click opens the window of retraining."""

    def __init__(self) -> None:
        super().__init__()
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(tr("Show the runs"))
        self.setObjectName("indicator")
        self.hide()

    def show_seen(self, seen: Seen) -> None:
        """Say what goes on; nothing where nothing does."""
        open_runs = [run for run in seen.runs if not run.done]
        self.setVisible(bool(open_runs))
        if not open_runs:
            return
        run = next((run for run in open_runs if run.state in ACTIVE), open_runs[0])
        self.setText(_words(run, seen, len(open_runs) - 1))
        self.setAccessibleName(tr("Retraining: {words}", words=self.text()))
        icons.dress(self, *ICONS[run.state])


def _words(run: Run, seen: Seen, others: int) -> str:
    progress = seen.progress.get(run.id)
    words = f"{run.stem}: {state_words(run)}"
    if run.state == "training" and progress is not None and progress.epochs and not run.wish:
        words = f"{run.stem}: {100 * progress.share:.0f} %"
        if progress.seconds_left is not None:
            words += f", {tr('{time} left', time=duration(progress.seconds_left))}"
    return words if not others else f"{words}  (+{others})"
