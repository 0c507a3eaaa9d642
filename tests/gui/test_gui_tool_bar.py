from PySide6.QtCore import SIGNAL
from PySide6.QtGui import QAction

from retina_studio.gui.tool_bar import ToolBar


def test_an_action_that_changes_all_day_gets_no_slower(application, qtbot):
    bar, action, did = ToolBar(), QAction("Undo"), []
    qtbot.addWidget(bar)
    action.triggered.connect(lambda: did.append(action.text()))
    bar.addAction(action)
    bar.let_go()
    for number in range(50):
        action.setText(f"Undo: {number}")
    assert action.receivers(SIGNAL("changed()")) <= 2
    button = bar.widgetForAction(action)
    assert button.text() == "Undo: 49"
    action.setEnabled(False)
    assert not button.isEnabled()
    action.setEnabled(True)
    button.click()
    assert did == ["Undo: 49"]


def test_the_windows_own_actions_are_not_held_again_and_again(window):
    undo = window.actions["undo"]
    before = undo.receivers(SIGNAL("changed()"))
    for number in range(20):
        undo.setText(f"Undo: {number}")
    assert undo.receivers(SIGNAL("changed()")) <= before + 1
