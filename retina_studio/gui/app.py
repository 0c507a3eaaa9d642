"""Starting the application: environment, theme, study, grader, window."""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from retina_studio import __version__, paths
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import make_private
from retina_studio.gui import settings
from retina_studio.gui.words import tr
from retina_studio.study.records import Grader
from retina_studio.study.study import Study

_log = logging.getLogger("retina_studio")
_LOG_SIZE = 1_000_000


def run(study_folder: Path | None = None, grader: str | None = None) -> int:
    """Open a study in the window until it is closed; asks for what is not given. Returns the exit status.

    Raises:
        RetinaError: the study or the grader given cannot be used.
    """
    app = make_application()
    _start_log()
    sys.excepthook = show_unforeseen
    folder = study_folder or _ask_study()
    if folder is None:
        return 0
    with Study.open(folder) as study:
        settings.remember_study(folder)
        _tell_refused(study)
        person = _let_in(study, study.grader(grader)) if grader else _ask_grader(study)
        return _work(app, study, person) if person else 0


def _work(app: QApplication, study: Study, grader: Grader) -> int:
    """Keep the window open; another language and another grader get it anew, the language at the same image."""
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
        status = app.exec()
        following = window.successor
        if following is None and settings.language_choice() == language:
            return status
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


def show_unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The last resort for an error: one sentence on the screen, the whole story in the log file."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _log.error("Unforeseen", exc_info=(kind, error, trace))
    is_told = isinstance(error, RetinaError)
    what = f"{kind.__name__}: {error}"
    sentence = str(error) if is_told else tr("Something went wrong ({error}).", error=what)
    box = QMessageBox(QMessageBox.Icon.Warning, "Retina Studio", sentence)
    if not is_told:
        box.setInformativeText(
            tr("Every edit shown as saved is on disk. Details: {log_file}", log_file=_log_file())
        )
    box.exec()


def follow_theme() -> None:
    """Give all open windows the theme that the person or the system wants now."""
    from retina_studio.gui import icons, theme  # noqa: PLC0415

    app = QApplication.instance()
    if isinstance(app, QApplication):
        theme.apply_theme(app, theme.wanted_theme(app))
        icons.redress()


def _ask_study() -> Path | None:
    from retina_studio.gui.dialogs import StudyDialog  # noqa: PLC0415

    dialog = StudyDialog(settings.recent_studies())
    return dialog.folder if dialog.exec() else None


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


def _log_file() -> Path:
    return paths.user_data() / "logs" / "retina-studio.log"


def _start_log() -> None:
    path = _log_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_private(path)
    handler = RotatingFileHandler(path, maxBytes=_LOG_SIZE, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
