"""The agreement dashboard: a window of its own on one study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui import icons, theme
from retina_studio.gui.jobs import Job
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.settings import settings
from retina_studio.gui.words import tr, tr_data
from retina_studio.study.agreement_values import StudyAgreement
from retina_studio.study.consensus import VoteReport
from retina_studio.study.records import Grader
from retina_studio.study.study import Study

from . import work
from .export_dialog import ExportReportDialog
from .looks import Cast, cast_of
from .notice import Notice

if TYPE_CHECKING:
    from .legend import Legend
    from .page import Page

_SIZE = (1280, 800)
_SMALLEST = QSize(860, 560)


class DashboardWindow(QMainWindow):
    """Shows the agreement as of the last vote; a grader sees their own figures, against the consensus and nameless
    others.
    """

    shown = Signal()  # the charts are there
    ended = Signal()  # what ran in the background has ended, well or not
    closed = Signal()
    # By name. Hides QWidget.actions(), a plain list that nothing here needs.
    actions: dict[str, QAction]  # type: ignore[assignment]

    def __init__(self, study: Study, viewer: Grader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.study, self.viewer = study, viewer
        self.runs_study = viewer.role != "grader"
        self.loaded: work.Loaded | None = None
        self.cast = Cast((), blind=False)
        self.dialog: ExportReportDialog | None = None
        self.pages: list[Page] = []
        self.legend: Legend | None = None
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("Agreement"))
        self.notice = Notice()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setAccessibleName(tr("Cancel"))
        self.cancel_button.setToolTip(tr("Stop what is under way; nothing is lost"))
        self._job: Job | None = None
        self._ground = ""
        self.actions = self._make_actions()
        self._compose()
        self._connect()

    # Putting it together

    def _make_actions(self) -> dict[str, QAction]:
        table = (
            ("reload", tr("Read again"), "arrows-clockwise", "F5", tr("Read the agreement again"), self.reload),
            ("hide_names", tr("Hide names"), "eye-slash", "Ctrl+H",
             tr("Show numbers in place of the graders' names; reports have them too"), self.hide_names),
            ("export", tr("Export …"), "export", "Ctrl+E", tr("Write the agreement as a report or as a table"),
             self.export),
            ("close", tr("Close"), "x", "Ctrl+W", tr("Close this window"), self.close),
        )  # fmt: skip
        made = {}
        for name, text, icon, key, tip, handler in table:
            action = QAction(text, self)
            icons.dress(action, icon)
            action.setShortcut(QKeySequence(key))
            action.setToolTip(f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
            action.setCheckable(name == "hide_names")
            action.triggered.connect(handler)
            self.addAction(action)
            made[name] = action
        made["hide_names"].setVisible(self.runs_study)
        made["hide_names"].setChecked(settings().value("dashboard/blind", "false") == "true")
        made["export"].setEnabled(False)
        return made

    def _compose(self) -> None:
        self.setWindowTitle(f"{tr('Agreement')} · {self.study.folder.name} · Retina Studio")
        self.setMinimumSize(_SMALLEST)
        tools = QToolBar(tr("Agreement"))
        tools.setObjectName("dashboard")
        tools.setMovable(False)
        tools.setIconSize(QSize(20, 20))
        tools.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.about = styled_label("", "quiet")
        self.about.setContentsMargins(8, 0, 8, 0)
        tools.addWidget(self.about)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        tools.addWidget(spacer)
        for name in ("hide_names", "reload", "export"):
            tools.addAction(self.actions[name])
            tools.widgetForAction(self.actions[name]).setAccessibleName(self.actions[name].text())
        self.addToolBar(tools)
        self.waiting = QLabel()
        self.waiting.setObjectName("quiet")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.waiting.setWordWrap(True)
        self.stage = QStackedWidget()
        self.stage.addWidget(self.waiting)
        self.stage.addWidget(self.tabs)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(8, 4, 8, 0)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.notice)
        column.addLayout(self._head)
        column.addWidget(self.stage, 1)
        self.setCentralWidget(middle)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        for widget in (self.bar, self.cancel_button):
            status.addPermanentWidget(widget)
            widget.hide()
        status.setObjectName("working")  # as high as the Cancel button, which comes and goes
        self.resize(*_SIZE)
        geometry = settings().value("dashboard/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def _connect(self) -> None:
        self.notice.asked.connect(self.vote)
        self.cancel_button.clicked.connect(self._cancel)

    # Reading, voting, writing

    def start(self) -> None:
        """Read the agreement and show it."""
        self.reload()

    def reload(self) -> None:
        """Read the agreement again."""
        if self.loaded is None:
            self.waiting.setText(tr("Reading the agreement …"))
        self._run(Job(work.load, self.study, self.viewer), self._on_loaded, tr("Reading the agreement …"))

    def vote(self) -> None:
        """Vote, and read the agreement again."""
        self._run(Job(work.vote, self.study), self._on_voted, tr("Voting …"))

    def hide_names(self) -> None:
        """Show numbers in place of names, or names again; nobody stays picked, who would be known by that."""
        settings().setValue("dashboard/blind", "true" if self.actions["hide_names"].isChecked() else "false")
        self.cast = Cast((), blind=False)
        self._show()

    def export(self) -> None:
        """Ask where to write the report."""
        if self.dialog is None and self.loaded is not None:
            self.dialog = ExportReportDialog(self)
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.wanted.connect(self._write)
            self.dialog.finished.connect(self._forget_dialog)
            self.dialog.show()

    def _write(self) -> None:
        if self.dialog is not None and self.dialog.out is not None:
            job = Job(work.export, self.agreement, self.dialog.out)
            self.dialog.follow(job, _written)

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _on_voted(self, _: VoteReport) -> None:
        self._end_job()
        self.reload()

    def _on_loaded(self, found: work.Loaded) -> None:
        self.loaded = found
        self._end_job()
        self._make_pages()

    # Showing

    @property
    def agreement(self) -> StudyAgreement:
        """What is shown: with names, or without; only once it is read."""
        assert self.loaded is not None  # noqa: S101  (its users are disabled before)
        return self.loaded.blind if self.actions["hide_names"].isChecked() else self.loaded.named

    def pick(self, grader: str) -> None:
        """Show a grader over the others, in every chart; "" = nobody."""
        if grader != self.cast.picked and (grader in self.cast.graders or not grader):
            self.cast = cast_of(self.agreement, grader)
            if self.legend is not None:
                self.legend.show_cast(self.cast)
            for page in self.pages:
                page.is_stale = page.is_stale or page is not self.tabs.currentWidget()
            self.pages[self.tabs.currentIndex()].pick(self.cast)

    def say(self, sentence: str) -> None:
        """One sentence in the status bar."""
        self.statusBar().showMessage(sentence)

    def _make_pages(self) -> None:
        """Now that pyqtgraph is imported; one in each turn of the event loop, which each takes some 30 ms."""
        from . import comparing, legend, pairing  # noqa: PLC0415

        if self.legend is None:
            self.legend = legend.Legend()
            self.legend.picked.connect(self.pick)
            self.legend.setVisible(self.runs_study)  # a grader's figures are all their own
            self._head.addWidget(self.legend)
            self._head.addStretch(1)
        kinds: tuple[type[Page], ...] = (
            comparing.DrawingsPage, pairing.PairDrawingsPage, pairing.GradesPage, comparing.DriftPage,
            comparing.TimePage, comparing.RevealPage, comparing.RepeatsPage,
        )  # fmt: skip
        if len(self.pages) < len(kinds):
            page = kinds[len(self.pages)]()
            page.picked.connect(self.pick)
            page.told.connect(self.say)
            self.pages.append(page)
            self.tabs.addTab(page, tr_data(page.title))
            QTimer.singleShot(0, self, self._make_pages)
            return
        self.tabs.currentChanged.connect(self._show_page, Qt.ConnectionType.UniqueConnection)
        self._show()
        self.shown.emit()

    def _show(self) -> None:
        if self.loaded is None or self.legend is None:
            return
        agreement = self.agreement
        self.cast = cast_of(agreement, self.cast.picked)
        self.legend.show_cast(self.cast)
        self.about.setText(
            tr(
                "{images} images, {gradings} gradings, {graders} graders",
                images=agreement.images, gradings=agreement.gradings, graders=len(agreement.graders),
            )
        )  # fmt: skip
        self._tell_due()
        self._ground = theme.colour("panel")
        for page in self.pages:
            page.is_stale = True
        self.actions["export"].setEnabled(bool(agreement.images))
        if agreement.images:
            self.stage.setCurrentWidget(self.tabs)
            self._show_page()
        else:
            self.stage.setCurrentWidget(self.waiting)
            self.waiting.setText(tr("No image has been voted on yet: there is no agreement to show."))

    def _show_page(self) -> None:
        page = self.pages[self.tabs.currentIndex()] if self.pages else None
        if page is not None and page.is_stale and self.loaded is not None:
            page.refresh(self.agreement, self.cast)

    def _tell_due(self) -> None:
        due = self.loaded.due if self.loaded is not None else 0
        if not due:
            self.notice.tell("")
            return
        words = tr("The vote is out of date: {count} images were graded or decided since.", count=due)
        self.notice.tell(words, tr("Vote now") if self.runs_study else "", tr("Vote on what has changed"))

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        is_shown = getattr(self, "loaded", None) is not None  # Qt calls this before __init__ is through
        if event.type() == QEvent.Type.PaletteChange and is_shown and self._ground != theme.colour("panel"):
            self._show()

    # Jobs: one at a time

    def _run(self, job: Job, then: Callable[[Any], None], words: str) -> None:
        if self._job is not None:
            return
        self._job = job
        job.progressed.connect(self._on_progress)
        job.done.connect(then)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self.bar.setRange(0, 0)
        self._offer_work(False)
        self.say(words)
        job.start()

    def _offer_work(self, idle: bool) -> None:
        self.bar.setVisible(not idle)
        self.cancel_button.setVisible(not idle)
        self.actions["reload"].setEnabled(idle)
        self.notice.button.setEnabled(idle)

    def _on_progress(self, share: float, words: str) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))
        if words:
            self.say(words)

    def _cancel(self) -> None:
        if self._job is not None:
            self.say(tr("Cancelling …"))
            self._job.cancel()

    def _on_failed(self, sentence: str) -> None:
        self._end_job(sentence)

    def _on_cancelled(self) -> None:
        self._end_job(tr("Stopped. Read again to see the agreement."))

    def _end_job(self, sentence: str = "") -> None:
        self._job = None
        self._offer_work(True)
        self.say(sentence)
        if sentence and self.loaded is None:
            self.waiting.setText(sentence)
        self.ended.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs; the study may be closed next."""
        if self.dialog is not None and self.dialog.is_busy:
            self.dialog.reject()
            event.ignore()
            return
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
        settings().setValue("dashboard/geometry", self.saveGeometry())
        super().closeEvent(event)
        self.closed.emit()


def _written(out: Path) -> str:
    return tr("Written: {out}", out=out)
