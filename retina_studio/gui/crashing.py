"""What the window does when something breaks: writes a report, says one sentence with its place, and goes on.

It catches errors in slots and events, in threads, and what Qt itself has to say; for a crash of the process see
`retina_studio.crash`, whose word the next start passes on.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, QUrl, Signal, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from retina_studio import crash, logs
from retina_studio.domain.errors import RetinaError
from retina_studio.gui.words import tr

_log = logging.getLogger("retina_studio")
_qt_log = logging.getLogger("retina_studio.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_QtHandler = Callable[[QtMsgType, QMessageLogContext, str], None]


class Catcher(QObject):
    """Takes the hooks of Python and Qt while the application runs; errors of threads are told by the window's."""

    _broke = Signal(object, object)  # an error, from any thread, and its report

    def __init__(self) -> None:
        super().__init__()
        self._is_telling = False
        self._reports: dict[tuple[str, str, int], Path | None] = {}  # by the error's kind and place
        self._before: _QtHandler | None = None
        self._run: crash.Run | None = None
        self._broke.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def take(self) -> None:
        """Catch from now on."""
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.caught
        threading.excepthook = self._caught_in_thread
        self._before = qInstallMessageHandler(self._qt_said)
        try:
            self._run = crash.Run()
        except OSError as error:  # a full disk is no reason not to start
            _log.warning("There is no mark of this run: %s", error)

    def give_back(self) -> None:
        """The application ends well."""
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(self._before)
        if self._run is not None:
            self._run.end()

    def caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What Python calls with an error that nobody caught."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._take(error.with_traceback(trace))

    def _take(self, error: BaseException) -> None:
        """Log and report an error at once; it is said once what it broke has unwound, painting perhaps.

        One that comes again and again, at every movement of the mouse, is logged and reported the first time.
        """
        place = _place_of(error)
        if isinstance(error, RetinaError) or place not in self._reports:
            _log.error("Unforeseen", exc_info=error)
            self._reports[place] = None if isinstance(error, RetinaError) else crash.report(error)
        report = self._reports[place]
        self._broke.emit(error.with_traceback(None), report)

    def _tell(self, error: BaseException, report: Path | None) -> None:
        """Say it; one that comes while another is being read is not said."""
        if self._is_telling:
            return
        self._is_telling = True
        try:
            _say(error, report or logs.log_file())
        finally:
            self._is_telling = False

    def _caught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            self._take(arguments.exc_value)

    def _qt_said(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s", message)
        if self._before is not None:
            self._before(kind, context, message)
        elif sys.stderr is not None and kind != QtMsgType.QtDebugMsg:
            sys.stderr.write(f"{message}\n")


def _place_of(error: BaseException) -> tuple[str, str, int]:
    frames = traceback.extract_tb(error.__traceback__)
    name, line = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
    return type(error).__name__, name, line


def ended_words(ended: crash.Ended) -> str:
    """What the next start says of a run that did not end well."""
    if ended.report is None:
        return tr("The last time Retina Studio did not end by itself. Every edit shown as saved is there.")
    return tr(
        "The last time Retina Studio crashed. Every edit shown as saved is there. What is known of it: {file}",
        file=ended.report,
    )


def show_folder(file: Path) -> None:
    """Open the folder of a report or log in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))


def _say(error: BaseException, file: Path) -> None:
    if isinstance(error, RetinaError):
        QMessageBox(QMessageBox.Icon.Warning, "Retina Studio", str(error)).exec()
        return
    what = f"{type(error).__name__}: {error}"
    box = QMessageBox(QMessageBox.Icon.Warning, "Retina Studio", "")
    box.setText(tr("Something went wrong ({error}).", error=what))
    box.setInformativeText(
        tr(
            "Every edit shown as saved is on disk, and you can go on. Details, without names of images: {file}",
            file=file,
        )
    )
    folder = box.addButton(tr("Open the folder"), QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Ok)
    box.setDefaultButton(QMessageBox.StandardButton.Ok)
    box.setEscapeButton(QMessageBox.StandardButton.Ok)
    box.exec()
    if box.clickedButton() is folder:
        show_folder(file)
