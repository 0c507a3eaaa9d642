"""Theme, language and size of the application; default views and required grades of the study."""

from __future__ import annotations

from retina_studio.domain.errors import RetinaError
from retina_studio.gui import settings
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.app import follow_theme
from retina_studio.gui.preferences_dialog import PreferencesDialog

from .base import Feature

_MAY_CHANGE = ("adjudicator", "engineer")  # the study's settings, which hold for everybody


class Preferences(Feature):
    """Another language takes the window anew, at the same image (gui/app.py); nothing is lost by that."""

    specs = (
        ActionSpec(
            "preferences",
            "Edit",
            "Preferences",
            "gear-six",
            ("Ctrl+,",),
            "Theme, language, size; default views and required grades of the study",
        ),
    )

    def preferences(self) -> None:
        """Show the dialog."""
        window = self.window
        try:
            kept = window.study.settings()
        except RetinaError as error:
            window.tell_failure(str(error))
            return
        may_change = window.grader.role in _MAY_CHANGE
        dialog = PreferencesDialog(kept, may_change=may_change, parent=window)
        dialog.look_changed.connect(follow_theme)
        dialog.language_changed.connect(self._change_language)
        dialog.study_changed.connect(self._change_study)
        dialog.open()

    def _change_study(self, key: str, value: object) -> None:
        try:
            self.window.study.set_setting(key, value, self.window.grader.name)
        except RetinaError as error:
            self.window.tell_failure(str(error))
            return
        self.window.grading_panel.refresh()

    def _change_language(self, choice: str) -> None:
        """Close the window, which opens again in the new language; stay when it cannot be closed."""
        before = settings.language_choice()
        settings.choose_language(choice)
        if not self.window.close():
            settings.choose_language(before)
