"""The models' window: which weights are used, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job
from retina_studio.gui.models.compare_dialog import CompareDialog
from retina_studio.gui.models.dialog import ModelsDialog
from retina_studio.gui.models.work import Changes, change_registry, compare_versions, read_registry
from retina_studio.gui.words import tr
from retina_studio.study.study import Study

from .studying import StudyFeature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow
    from retina_studio.gui.models.changes import ChangesWindow
    from retina_studio.inference.registry import Registry, Version

_MANAGES = "engineer"  # the role that may change which weights are used


class Models(StudyFeature):
    """Everybody may look; only the study's engineers change what is used. One comparison is open at a time."""

    specs = (
        ActionSpec(
            "models",
            "Proposals",
            "Models …",
            "brain",
            (),
            "Versions of the models, where they come from, and which of them is used",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.comparing: CompareDialog | None = None
        self.changes: ChangesWindow | None = None

    def models(self) -> None:
        """Show every version."""
        is_new = self.dialog is None
        self.show(self._models)
        if is_new and self.dialog is not None:
            self._follow(Job(read_registry), "")

    def rest(self) -> None:
        """The window is closing."""
        super().rest()
        if self.changes is not None:
            self.changes.close()

    # The window of versions

    def _models(self) -> ModelsDialog:
        dialog = ModelsDialog(self.window.grader.role == _MANAGES, self.window)
        dialog.wanted.connect(self._import)
        dialog.promote_wanted.connect(self._promote)
        dialog.retire_wanted.connect(self._retire)
        dialog.roll_back_wanted.connect(self._roll_back)
        dialog.export_wanted.connect(self._export)
        dialog.compare_wanted.connect(self._ask_comparison)
        return dialog

    def _shown(self) -> ModelsDialog:
        assert isinstance(self.dialog, ModelsDialog)  # noqa: S101  (its signals come only while it is open)
        return self.dialog

    def _import(self) -> None:
        dialog, who = self._shown(), self.window.grader.name
        path, expected = dialog.file.path, dialog.expected.text()
        if path is not None:
            words = tr("{file} is a candidate now: nothing uses it until it is promoted.", file=path.name)
            self._change(lambda registry: registry.add(path, who, expected=expected), words)

    def _promote(self, version: Version, reason: str) -> None:
        who = self.window.grader.name
        words = tr("{model} runs with {version} from now on.", model=version.stem, version=version.short)
        self._change(lambda registry: registry.promote(version.stem, version.hash, who, reason), words)

    def _retire(self, version: Version, reason: str) -> None:
        who = self.window.grader.name
        words = tr("{version} is retired.", version=version.short)
        self._change(lambda registry: registry.retire(version.stem, version.hash, who, reason), words)

    def _roll_back(self, stem: str, reason: str) -> None:
        who = self.window.grader.name
        words = tr("{model} runs with the version again that it had before.", model=stem)
        self._change(lambda registry: registry.roll_back(stem, who, reason), words)

    def _export(self, version: Version, out: str) -> None:
        words = tr("Written: {out}", out=out)
        everybody = Job(change_registry, _nothing, lambda registry: registry.export(version, Path(out)))
        self._follow(everybody, words)

    def _change(self, deed: Callable[[Registry], object], words: str) -> None:
        allow = partial(check_role, self.window.study, self.window.grader.name)
        self._follow(Job(change_registry, allow, deed), words)

    def _follow(self, job: Job, words: str) -> None:
        """Do it in the background, and show what the registry holds then."""
        dialog = self._shown()
        if not dialog.is_busy:
            job.done.connect(dialog.show_listed)
            dialog.follow(job, lambda _: words)

    # What changed

    def _ask_comparison(self, version: Version) -> None:
        if self.comparing is None:
            versions = [v for v in self._shown().versions if v.stem == version.stem]
            self.comparing = CompareDialog(versions, version, self.window)
            self.comparing.wanted.connect(self._compare)
            self.comparing.finished.connect(self.comparing.deleteLater)
            self.comparing.finished.connect(self._forget_comparison)
            self.comparing.show()
        self.comparing.raise_()

    def _compare(self) -> None:
        dialog = self.comparing
        if dialog is None or dialog.file.path is None:
            return
        before, after = dialog.before.currentData(), dialog.after.currentData()
        job = Job(compare_versions, before, after, dialog.file.path, dialog.split.currentData())
        job.done.connect(self.show_changes)
        dialog.follow(job, _compared_words)

    def show_changes(self, changes: Changes) -> None:
        """Open the window of a comparison in the place of the one before."""
        from retina_studio.gui.models.changes import ChangesWindow  # noqa: PLC0415

        if self.changes is not None:
            self.changes.close()
        self.changes = ChangesWindow(changes)
        self.changes.closed.connect(self._forget_changes)
        self.changes.show()
        self.changes.start()

    def _forget_comparison(self) -> None:
        self.comparing = None

    def _forget_changes(self) -> None:
        if self.changes is not None:
            self.changes.deleteLater()
            self.changes = None


def check_role(study: Study, name: str) -> None:
    """Refuse who is no engineer of the study by now.

    Raises:
        RetinaError: they are not.
    """
    if study.grader(name).role != _MANAGES:
        raise RetinaError(tr("Only an engineer of this study may change which weights are used."))


def _nothing() -> None:
    """Everybody may do this."""


def _compared_words(changes: Changes) -> str:
    return tr("{count} images compared.", count=len(changes.seen))
