"""The agreement dashboard: how far the graders agree, with the consensus, each other, themselves, and over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retina_studio.gui.actions import ActionSpec

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.dashboard.window import DashboardWindow
    from retina_studio.gui.main_window import MainWindow


class Agreeing(Feature):
    """One dashboard a window; it is closed with it."""

    specs = (
        ActionSpec(
            "agreement",
            "Study",
            "Agreement …",
            "chart-line-up",
            (),
            "How far the graders agree, with the consensus, each other and over time",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.dashboard: DashboardWindow | None = None

    def agreement(self) -> None:
        """Open the dashboard, or bring it to the front."""
        if self.dashboard is None:
            # Late: few people open it, and rarely at the start.
            from retina_studio.gui.dashboard.window import DashboardWindow  # noqa: PLC0415

            self.dashboard = DashboardWindow(self.window.study, self.window.grader)
            self.dashboard.closed.connect(self._forget)
            self.dashboard.start()
        self.dashboard.show()
        self.dashboard.raise_()
        self.dashboard.activateWindow()

    def rest(self) -> None:
        """The window is closing, and the study after it."""
        super().rest()
        if self.dashboard is not None:
            self.dashboard.close()

    def _forget(self) -> None:
        if self.dashboard is not None:
            self.dashboard.deleteLater()
            self.dashboard = None
