"""Starting the application: environment, theme, study, grader, window."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from retina_studio import __version__, crash, logs
from retina_studio.domain.errors import RetinaError
from retina_studio.gui import settings
from retina_studio.gui.collecting import GarbageCollector
from retina_studio.gui.crashing import Catcher, ended_words
from retina_studio.gui.words import tr
from retina_studio.study.records import Grader
from retina_studio.study.study import Study


@dataclass(frozen=True)
class Start:
    """A study to open, perhaps with a folder of images to import into it."""

    folder: Path
    images: Path | None = None


def run(study_folder: Path | None = None, grader: str | None = None) -> int:
    """Open a study in the window until it is closed; asks for what is not given. Returns the exit status.

    Raises:
        RetinaError: the study or the grader given cannot be used.
    """
    app = make_application()
    with logs.kept(), _caught(), closing(GarbageCollector(app)):
        ended = crash.ended_badly()
        if study_folder is not None:
            status = _open(app, Start(study_folder), grader, ended, given_up=0)
            if status is not None:
                return status
            grader = ended = None
        return _welcome(app, grader, ended)


def _welcome(app: QApplication, grader: str | None, ended: crash.Ended | None) -> int:
    """Let the person choose studies until they have enough; what cannot be opened is told on the page."""
    from retina_studio.gui.welcome.page import WelcomePage  # noqa: PLC0415

    said, is_bad = ended_words(ended) if ended else "", False
    while True:
        page = WelcomePage(settings.recent_studies(), said, is_bad=is_bad)
        if not page.exec() or page.folder is None:
            return 0
        try:
            status = _open(app, Start(page.folder, page.images), grader, None, given_up=None)
        except RetinaError as error:
            said, is_bad = str(error), True
            continue
        if status is not None:
            return status
        said, grader = "", None


def _open(
    app: QApplication, start: Start, grader: str | None, ended: crash.Ended | None, given_up: int | None
) -> int | None:
    """Work in a study; the exit status, None where the person wants another study, `given_up` where nobody grades."""
    with Study.open(start.folder) as study:
        settings.remember_study(start.folder)
        _tell_refused(study)
        person = _let_in(study, study.grader(grader)) if grader else _ask_grader(study)
        return _work(app, study, person, start.images, ended) if person else given_up


def _work(
    app: QApplication, study: Study, grader: Grader, images: Path | None, ended: crash.Ended | None
) -> int | None:
    """Keep the window open; another language and another grader get it anew, the language at the same image."""
    from retina_studio.gui.features.helping import Helping  # noqa: PLC0415
    from retina_studio.gui.main_window import MainWindow  # noqa: PLC0415  (after the environment is clean)

    image, recovered = "", recovered_words(study)
    while True:
        settings.remember_grader(study.id, grader.name)
        language = settings.language_choice()
        window = MainWindow(study, grader)
        window.banner.notice, recovered = recovered, ""
        window.show()
        window.activateWindow()
        if image:
            window.worklist.select(image)
        else:
            window.start()
        window.feature(Helping).greet(images, ended)
        images = ended = None
        status = app.exec()
        following = window.successor
        if following is None and (window.leaves_study or settings.language_choice() == language):
            return None if window.leaves_study else status
        image = window.image.name if window.image and following is None else ""
        grader = following or grader
        window.deleteLater()
        app.sendPostedEvents(window, QEvent.Type.DeferredDelete)  # while Python still holds its parts
        use_chosen_language()


def _tell_refused(study: Study) -> None:
    """Say which edits of an earlier run could not be sent, and where they are kept, until the person has read it."""
    if study.sent.refused:
        sentences = "\n\n".join(study.sent.refused)
        QMessageBox(QMessageBox.Icon.Warning, "Retina Studio", sentences).exec()


def recovered_words(study: Study) -> str:
    """How many edits of an earlier run came back at opening; "" where none had waited."""
    count = study.sent.edits
    if not count:
        return ""
    if count == 1:
        return tr("Recovered 1 edit that had not reached the study's server when the program ended.")
    return tr(
        "Recovered {count} edits that had not reached the study's server when the program ended.", count=count
    )


def use_chosen_language() -> None:
    """Show the texts made from now on in the person's language, else in the system's."""
    from retina_studio.gui import sentences, words  # noqa: PLC0415

    choice = settings.language_choice()
    sentences.forget_translations()
    words.use_language(words.system_language() if choice == settings.SYSTEM_LANGUAGE else choice)


def make_application() -> QApplication:
    """The one Qt application of this process, with name, icon, language and theme."""
    # cv2's import points Qt at plugins and fonts of its own.
    for variable in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        os.environ.pop(variable, None)
    from retina_studio.gui import icons, theme  # noqa: PLC0415

    existing = QApplication.instance()
    if existing is None and settings.ui_scale() != 1.0:
        os.environ.setdefault("QT_SCALE_FACTOR", str(settings.ui_scale()))
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    if existing is None:
        app.setStyle("Fusion")  # once: changing it under open windows crashes Qt
        app.styleHints().colorSchemeChanged.connect(follow_theme)
    app.setApplicationName("retina-studio")
    app.setApplicationDisplayName("Retina Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("retina-studio")
    app.setWindowIcon(icons.application_icon())
    use_chosen_language()
    theme.apply_theme(app, theme.wanted_theme(app))
    return app


def follow_theme() -> None:
    """Give all open windows the theme that the person or the system wants now."""
    from retina_studio.gui import icons, theme  # noqa: PLC0415

    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.apply_theme(app, theme.wanted_theme(app))
        icons.redress()


def _ask_grader(study: Study) -> Grader | None:
    """The grader chosen in a dialog; a study's only grader is asked for nothing but a passphrase."""
    from retina_studio.gui.login import GraderDialog  # noqa: PLC0415

    graders = [grader for grader in study.graders() if grader.active]
    if len(graders) == 1:
        return _let_in(study, graders[0])
    dialog = GraderDialog(graders, settings.last_grader(study.id), study.check_passphrase)
    if not dialog.exec():
        return None
    return dialog.grader or study.add_grader(dialog.name, dialog.role)


def _let_in(study: Study, grader: Grader) -> Grader | None:
    """This grader, once the passphrase was given where there is one.

    Raises:
        RetinaError: the grader has left the study.
    """
    from retina_studio.gui.login import GraderDialog  # noqa: PLC0415

    if not grader.active:
        raise RetinaError(f"{grader.name} has left this study: open it as another grader.")
    if not grader.has_passphrase:
        return grader
    return grader if GraderDialog([grader], grader.name, study.check_passphrase).exec() else None


@contextmanager
def _caught() -> Iterator[None]:
    """Report what breaks as long as this lasts."""
    catcher = Catcher()
    catcher.take()
    try:
        yield
    finally:
        catcher.give_back()
