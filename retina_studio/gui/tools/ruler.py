"""The ruler: drag from one place to another; the line stays until Esc or the next drag."""

from retina_studio.gui.words import marked

from .base import Pointer, Tool

_SHORTEST = 2.0  # widget pixels; a shorter drag was a click, which takes the ruler away


class RulerTool(Tool):
    """The ruler tool. What it measures is painted by the measuring feature, whatever tool is chosen later."""

    name = "ruler"
    adds_to_selection = True
    hint = marked("Drag to measure; Shift keeps level or upright; Esc takes the ruler away")

    @property
    def busy(self) -> bool:
        """Whether it is being dragged."""
        return self._dragging

    _dragging = False

    def press(self, pointer: Pointer) -> None:
        """Begin."""
        self._dragging = True
        self.desk.ruler = ((pointer.x, pointer.y), (pointer.x, pointer.y))
        self.desk.update()

    def drag(self, pointer: Pointer) -> None:
        """Measure to here; with Shift only sideways or only up and down, whichever is longer."""
        if not self._dragging or self.desk.ruler is None:
            return
        start, x, y = self.desk.ruler[0], pointer.x, pointer.y
        if pointer.shift:
            level = abs(x - start[0]) >= abs(y - start[1])
            x, y = (x, start[1]) if level else (start[0], y)
        self.desk.ruler = (start, (x, y))
        self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """Leave the line where it is."""
        self.drag(pointer)
        self._dragging = False
        if self.desk.ruler is not None:
            (x0, y0), (x1, y1) = self.desk.ruler
            if max(abs(x1 - x0), abs(y1 - y0)) * self.desk.view.scale < _SHORTEST:
                self.desk.ruler = None
        self.desk.update()

    def key(self, key: str, pointer: Pointer) -> bool:
        """Esc takes the ruler away."""
        if key != "Escape" or self.desk.ruler is None:
            return False
        self._dragging, self.desk.ruler = False, None
        self.desk.update()
        return True

    def cancel(self) -> None:
        """End a drag; what was measured stays."""
        self._dragging = False
