"""A tool bar that can be used all day."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QActionEvent
from PySide6.QtWidgets import QToolBar, QToolButton


class ToolBar(QToolBar):
    """A tool bar whose buttons let go of what they do not need.

    Qt's tool button (seen in 6.11) connects itself to its action once more whenever the action changes, and never lets
    go. A day's undo texts would make each further change of the action slower than the last; the button hears of the
    action by events, and loses nothing.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes away the connections of the changes before."""
        if event.type() == QEvent.Type.ActionChanged and isinstance(event, QActionEvent):
            QObject.disconnect(event.action(), None, watched, None)  # type: ignore[call-overload]  # None: all
        return super().eventFilter(watched, event)

    def let_go(self) -> None:
        """Mind all buttons that are there; called once the bar is whole."""
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is not None:
                button.installEventFilter(self)
