"""Records once for each version of a grading that proposals were shown: the reports count changes made since."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from retina_studio.domain.errors import RetinaError
from retina_studio.study.schema import now

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow
    from retina_studio.study.session import GradingSession

_log = logging.getLogger(__name__)


class Revealing(Feature):
    """Looking leaves no trace: what was shown before a grading's first edit is recorded after it, with its time.

    In a study that is blind first they are shown beside a submitted grading, and that is recorded too: else only those
    who opened theirs again would count as having seen them. While the study's server is away nothing is recorded; the
    next showing tries again.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._shown: tuple[GradingSession, str] | None = (
            None  # the grading beside which they were shown, and since when
        )

    def wire(self) -> None:
        """Hear when there is something to see."""
        window = self.window
        window.proposal_panel.offers_changed.connect(self._look)
        window.image_shown.connect(self._look)
        window.document.state_changed.connect(self._look)
        window.document.opened.connect(self._look)

    def _look(self) -> None:
        canvas, document = self.window.canvas, self.window.document
        session = document.session
        if session is None or session.is_revealed or canvas.picture is None:
            return
        if not document.editable and not session.is_blind_first:
            return
        if self._shown is None or self._shown[0] is not session:
            if not session.has_offers:
                return
            self._shown = session, now()
        if session.state == "open" or session.unsent:
            return
        try:
            session.reveal(self._shown[1])
        except RetinaError as error:
            _log.info("It is not recorded yet that proposals were shown: %s", error)
