"""What the strip over the canvas says of the open grading: signed, returned, on its way, or what could not be done."""

from collections.abc import Mapping
from datetime import datetime

from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.document import Document
from retina_studio.gui.opening import Opener
from retina_studio.gui.words import tr, tr_data

from .banner import Banner


class GradingBanner(Banner):
    """Over the canvas.

    Attributes:
        failure: the last sentence about something that could not be done, "" for none.
        notice: a sentence that stays until the person has put it away, "" for none.
    """

    def __init__(self, canvas: Canvas, document: Document, opener: Opener) -> None:
        super().__init__(canvas)
        self.failure = self.notice = ""
        self._canvas, self._document, self._opener = canvas, document, opener
        self._read = ""  # the adjudicator's comment that the person has put away
        self.asked.connect(self._on_button)

    def show_state(self) -> None:
        """Say what is to be said now."""
        session = self._document.session
        if not self._document.is_saved:
            self.tell(self.failure)
        elif self._document.unsent:
            self.tell(
                tr(
                    "The server cannot be reached: your edits are kept on this computer and sent when it answers."
                )
            )
        elif self.notice:
            self.tell(self.notice, tr("Understood"), tr("Put this line away"))
        elif session is not None and session.state == "submitted":
            tip = tr("Open it again as a new version; the submitted one is kept")
            self.tell(signed_words(session.signature), tr("Reopen"), tip)
        elif self._opener.busy:
            self.tell(tr("Loading the shapes: they can be changed in a moment."))
        elif session is None or self._canvas.picture is None:
            self.tell(self.failure)
        elif session.note and session.note != self._read:
            words = tr("Returned by the adjudicator: {comment}", comment=session.note)
            self.tell(words, tr("Understood"), tr("Put this line away; the worklist keeps it"))
        else:
            self.tell("")

    def start(self) -> None:
        """Another image: its comment has not been read."""
        self._read = self.failure = ""

    def _on_button(self) -> None:
        session = self._document.session
        if self.notice:
            self.notice = ""
            self.show_state()
            return
        if session is None:
            return
        if session.state == "submitted":
            self._document.reopen()
        else:
            self._read = session.note
            self.show_state()


def signed_words(signature: Mapping[str, str]) -> str:
    """What a submitted grading says: who signed it, when, and what that means; older ones bear no signature."""
    if not signature:
        return tr("Submitted. This grading can be read, not changed.")
    at = datetime.fromisoformat(signature["at"]).astimezone()
    return tr(
        "Signed by {name}, {time}: {meaning}",
        name=signature["name"],
        time=f"{at:%Y-%m-%d %H:%M}",
        meaning=tr_data(signature["meaning"]),
    )
