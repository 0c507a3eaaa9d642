"""Submitting signs. Where the study asks for it, the grader's passphrase signs; else the key that submits does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.login import SignDialog
from retina_studio.gui.words import tr
from retina_studio.study.session import MEANING

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

SETTING = "sign_with_passphrase"


class Signing(Feature):
    """Before a grading is handed in."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.dialog: SignDialog | None = None

    def ask(self, hand_in: Callable[[], None]) -> None:
        """Hand in, after the passphrase where the study wants one; what is incomplete is refused without asking."""
        window, session = self.window, self.window.document.session
        try:
            wants = bool(window.study.setting(SETTING, False))
            grader = window.study.grader(window.grader.name) if wants else window.grader
        except RetinaError as error:
            window.tell_failure(str(error))
            return
        if session is None or session.missing() or not wants:
            hand_in()
        elif not grader.has_passphrase:
            window.tell_failure(tr("This study signs with a passphrase: set yours in Study, My profile."))
        else:
            self.dialog = SignDialog(grader, MEANING, window.study.check_passphrase, window)
            self.dialog.accepted.connect(hand_in)
            self.dialog.finished.connect(self.dialog.deleteLater)
            self.dialog.open()
