"""The menu "Study": who is in it, one's own profile, and another grader at the same desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retina_studio.domain.errors import RetinaError
from retina_studio.gui import settings
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.login import GraderDialog
from retina_studio.gui.panels.people_dialog import PeopleDialog, ProfileDialog
from retina_studio.gui.words import tr
from retina_studio.study.records import Role
from retina_studio.study.study import Study

from .studying import StudyFeature, simple_job

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


class People(StudyFeature):
    """Another grader takes the window anew, at their own worklist (gui/app.py)."""

    restricted = ("people",)
    specs = (
        ActionSpec(
            "switch_grader",
            "Study",
            "Switch grader …",
            "swap",
            ("Ctrl+Shift+G",),
            "Somebody else goes on grading; everything is saved",
        ),
        ActionSpec("profile", "Study", "My profile …", "user", (), "Your role and your passphrase"),
        ActionSpec(
            "people", "Study", "People …", "users", (), "Who is in the study, their roles and passphrases"
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.login: GraderDialog | None = None

    def switch_grader(self) -> None:
        """Ask who goes on, and let them in."""
        window = self.window
        try:
            others = [grader for grader in window.study.graders() if grader.active]
        except RetinaError as error:
            window.tell_failure(str(error))
            return
        last = settings.last_grader(window.study.id)
        self.login = GraderDialog(others, last, window.study.check_passphrase, window)
        self.login.accepted.connect(self._switch)
        self.login.finished.connect(self.login.deleteLater)
        self.login.open()

    def _switch(self) -> None:
        window = self.window
        chosen = self.login.grader if self.login else None
        if chosen is None or chosen.id == window.grader.id:
            return
        window.successor = chosen
        if not window.close():
            window.successor = None

    # One's own profile

    def profile(self) -> None:
        """Show role and passphrase."""
        self.show(self._profile)

    def _profile(self) -> ProfileDialog:
        window = self.window
        dialog = ProfileDialog(window.study.grader(window.grader.name), window)
        dialog.wanted.connect(self._save_profile)
        return dialog

    def _save_profile(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, ProfileDialog):
            job = Job(
                _change_passphrase,
                self.window.study,
                self.window.grader.name,
                dialog.old.text(),
                dialog.new.text(),
            )
            job.done.connect(dialog.clear)
            job.done.connect(dialog.old.setVisible)
            dialog.follow(job, _passphrase_words)

    # Everybody

    def people(self) -> None:
        """Show everybody."""
        self.show(self._people)

    def _people(self) -> PeopleDialog:
        study = self.window.study
        dialog = PeopleDialog(study.graders(), self.window)
        dialog.wanted.connect(self._add)
        dialog.role_wanted.connect(self._change_role)
        dialog.reset_wanted.connect(self._reset)
        dialog.presence_wanted.connect(self._let_leave)
        return dialog

    def _add(self) -> None:
        if isinstance(self.dialog, PeopleDialog):
            (name, role), who, study = self.dialog.new_person, self.window.grader.name, self.window.study
            self._change(
                lambda: study.add_grader(name, role, who=who), tr("{name} is in the study now.", name=name)
            )
            self.dialog.new_name.clear()

    def _change_role(self, name: str, role: Role) -> None:
        study, who = self.window.study, self.window.grader.name
        self._change(
            lambda: study.change_role(name, role, who), tr("The role of {name} is changed.", name=name)
        )

    def _reset(self, name: str) -> None:
        study, who = self.window.study, self.window.grader.name
        words = tr("{name} is asked for no passphrase now.", name=name)
        self._change(lambda: study.set_passphrase(name, "", who), words)

    def _let_leave(self, name: str, comes: bool) -> None:
        study, who = self.window.study, self.window.grader.name
        if comes:
            words = tr("{name} is in the study again.", name=name)
            self._change(lambda: study.grader_comes_back(name, who), words)
        else:
            words = tr("{name} has left. Assign … gives their images to others.", name=name)
            self._change(lambda: study.grader_leaves(name, who), words)

    def _change(self, work: Callable[[], object], told: str) -> None:
        """Make a change, then show everybody as they are now."""
        dialog, study = self.dialog, self.window.study
        if not isinstance(dialog, PeopleDialog) or dialog.is_busy:
            return

        def change() -> object:
            work()
            return study.graders()

        job = simple_job(change)
        job.done.connect(dialog.show_people)
        dialog.follow(job, lambda _: told)


def _change_passphrase(state: JobState, study: Study, name: str, old: str, new: str) -> bool:
    """Set the new one once the old one is right; returns whether one is asked from now on."""
    state.check()
    if not study.check_passphrase(study.grader(name), old):
        raise RetinaError("This is not your passphrase now: nothing was changed.")
    study.set_passphrase(name, new, name)
    return bool(new)


def _passphrase_words(is_asked: bool) -> str:
    return tr("Your passphrase is changed.") if is_asked else tr("You are asked for no passphrase now.")
