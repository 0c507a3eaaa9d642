"""The adjudication board, and for graders the other readings of an image that they have submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retina_studio.gui.actions import ActionSpec

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.board.window import BoardWindow
    from retina_studio.gui.main_window import MainWindow


class Adjudicating(Feature):
    """One board a window; it is closed with it."""

    specs = (
        ActionSpec(
            "adjudicate",
            "Study",
            "Adjudicate …",
            "scales",
            ("Ctrl+Shift+J",),
            "Settle what the graders disagree on",
        ),
        ActionSpec(
            "other_readings",
            "Study",
            "Other readings of this image",
            "users-three",
            ("Ctrl+Shift+R",),
            "See what others said of this image, once your own grading is submitted",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.board: BoardWindow | None = None

    def wire(self) -> None:
        """Offer what the person's role allows."""
        role, actions = self.window.grader.role, self.window.actions
        actions["adjudicate"].setVisible(role == "adjudicator")
        actions["other_readings"].setVisible(role != "adjudicator")
        self.window.document.state_changed.connect(self._on_state)
        self.window.image_opened.connect(self._on_image)
        self._on_image()

    def adjudicate(self) -> None:
        """Open the board, or bring it to the front."""
        is_new = self.board is None
        board = self._show()
        if is_new:
            board.start()

    def other_readings(self) -> None:
        """Show the readings of the open image; they can be looked at and not be changed."""
        if self.window.image is not None:
            self._show().start(self.window.image)

    def rest(self) -> None:
        """The window is closing, and the study after it."""
        super().rest()
        if self.board is not None:
            self.board.close()

    def _show(self) -> BoardWindow:
        if self.board is None:
            # Late: the board is opened by few people and rarely at the start.
            from retina_studio.gui.board.window import BoardWindow  # noqa: PLC0415

            self.board = BoardWindow(self.window.study, self.window.grader)
            self.board.closed.connect(self._forget)
        self.board.show()
        self.board.raise_()
        self.board.activateWindow()
        return self.board

    def _forget(self) -> None:
        if self.board is not None:
            self.board.deleteLater()
            self.board = None

    def _on_state(self, _: str) -> None:
        self._on_image()

    def _on_image(self) -> None:
        """Others' readings are for those who cannot be led by them: engineers, and who has submitted."""
        window = self.window
        may_see = window.grader.role == "engineer" or window.document.state == "submitted"
        window.actions["other_readings"].setEnabled(window.image is not None and may_see)
