"""Two views of one image that move together: what one version found, and what another did, with the truth in white."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from retina_studio.gui.board.readings import Pane
from retina_studio.gui.board.view import BoardView, Layer
from retina_studio.gui.canvas.link import Link
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.canvas.raster import Pen
from retina_studio.gui.canvas.scene import Scene

from .phrases import score_words
from .work import Seen

_SAME = Link()  # both views show the same image
_TRUTH = Pen("#FFFFFF", "double")
_GAP = 2


class SideBySide(QWidget):
    """The version before at the left, the one after at the right."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__()
        self.panes = (Pane(), Pane())
        self._seen: Seen | None = None
        self._shows = {"truth": True, "found": True}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        for pane, title in zip(self.panes, (before, after), strict=True):
            pane.name(title)
            pane.icon.hide()
            pane.view.moved.connect(self._on_moved)
            pane.view.resized.connect(self._on_resized)
            pane.view.cycled.connect(self._cycle)
            row.addWidget(pane, 1)

    def show_seen(self, seen: Seen) -> None:
        """Show what both found on another image; its picture follows."""
        self._seen = seen
        for number, pane in enumerate(self.panes):
            pane.view.show_picture(None)
            pane.answer.setText(score_words(seen.case, new=number == 1))
        self._show_layers()

    def show_picture(self, picture: Picture) -> None:
        """Show the image itself."""
        for pane in self.panes:
            pane.view.show_picture(picture)

    def show_truth(self, shown: bool) -> None:
        """Show what is settled, or hide it."""
        self._shows["truth"] = shown
        self._show_layers()

    def show_found(self, shown: bool) -> None:
        """Show what the versions found, or hide it."""
        self._shows["found"] = shown
        self._show_layers()

    def fit(self) -> None:
        """Show the whole image in both."""
        for pane in self.panes:
            pane.view.fit()

    def settle(self) -> None:
        """Wait for what is being drawn."""
        for pane in self.panes:
            pane.view.settle()

    @property
    def is_current(self) -> bool:
        """Whether both views show everything as it is."""
        return all(pane.view.is_current for pane in self.panes)

    def _show_layers(self) -> None:
        seen = self._seen
        if seen is None:
            return
        for pane, found in zip(self.panes, (seen.before, seen.after), strict=True):
            pane.view.show_layers(self._layers(seen.truth, found))

    def _layers(self, truth: Scene, found: Scene) -> list[Layer]:
        layers = [Layer(truth, "truth", pen=_TRUTH)] if self._shows["truth"] else []
        return layers + ([Layer(found, "found")] if self._shows["found"] else [])

    def _other(self, view: BoardView) -> BoardView:
        first, second = (pane.view for pane in self.panes)
        return second if view is first else first

    def _on_moved(self) -> None:
        view = self.sender()
        if isinstance(view, BoardView):
            _follow(self._other(view), view)

    def _on_resized(self) -> None:
        view = self.sender()
        if isinstance(view, BoardView):
            _follow(view, self._other(view))

    def _cycle(self, _: int) -> None:
        view = self.sender()
        if isinstance(view, BoardView):
            self._other(view).setFocus(Qt.FocusReason.TabFocusReason)


def _follow(view: BoardView, leader: BoardView) -> None:
    """Show in one view what the other shows."""
    if leader.is_fitted:
        view.fit()
    else:
        sizes = [(shown.width(), shown.height()) for shown in (leader, view)]
        view.show_view(_SAME.follow(leader.view, sizes[0], view.view, sizes[1]))
