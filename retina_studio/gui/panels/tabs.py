"""Tabs that fit a narrow side: each an icon, the chosen one with its title, some with a number."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from retina_studio.gui import icons


class SideTabs(QTabWidget):
    """All tabs stay in sight at any width that the side may have."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._titles: list[str] = []
        self._badges: dict[int, str] = {}
        self._icons: list[_TabIcon] = []
        self.setObjectName("side")
        self.setDocumentMode(True)
        self.setAccessibleName(name)
        self.setIconSize(QSize(17, 17))
        self.tabBar().setUsesScrollButtons(False)
        self.currentChanged.connect(self._show_titles)

    def add(self, widget: QWidget, title: str, icon: str) -> None:
        """Add a panel; its title is also what its tooltip and a screen reader say."""
        self._titles.append(title)
        place = self.addTab(widget, "")
        self.setTabToolTip(place, title)
        self.tabBar().setAccessibleTabName(place, title)
        self._icons.append(_TabIcon(self, place))
        icons.dress(self._icons[-1], icon, "muted")
        self._show_titles()

    def show_badge(self, widget: QWidget, number: int) -> None:
        """Put a number beside a panel's icon; 0 takes it away."""
        place = self.indexOf(widget)
        self._badges[place] = str(number) if number else ""
        said = f"{self._titles[place]}: {number}" if number else self._titles[place]
        self.tabBar().setAccessibleTabName(place, said)
        self.setTabToolTip(place, said)
        self._show_titles()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The title is shown where there is room for it."""
        super().resizeEvent(event)
        self._show_titles()

    def _show_titles(self) -> None:
        self._write_titles(with_chosen=True)
        if self.tabBar().sizeHint().width() > self.width():
            self._write_titles(with_chosen=False)

    def _write_titles(self, *, with_chosen: bool) -> None:
        for place, title in enumerate(self._titles):
            shown = title if with_chosen and place == self.currentIndex() else ""
            self.setTabText(place, "  ".join(filter(None, (shown, self._badges.get(place, "")))))


class _TabIcon:
    """Lets a tab have an icon that follows the theme."""

    def __init__(self, tabs: SideTabs, place: int) -> None:
        self._tabs, self._place = tabs, place

    def setIcon(self, icon: QIcon, /) -> None:
        self._tabs.setTabIcon(self._place, icon)
