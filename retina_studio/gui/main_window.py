"""The main window: puts the parts together, and carries what one of them says to the others."""

from collections.abc import Collection
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue, label, labels_of
from retina_studio.gui import layout
from retina_studio.gui.actions import ACTIONS, ActionSpec, Handler, build_actions
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.document import Document
from retina_studio.gui.features import FEATURES, Feature
from retina_studio.gui.features.signing import Signing
from retina_studio.gui.gallery import Gallery
from retina_studio.gui.jobs import finish_jobs
from retina_studio.gui.opening import Opener, OpenGrading
from retina_studio.gui.panels.grading import GradingPanel
from retina_studio.gui.panels.grading_banner import GradingBanner, signed_words
from retina_studio.gui.panels.labels import LabelPanel
from retina_studio.gui.panels.proposals import ProposalPanel
from retina_studio.gui.panels.shapes import ShapePanel
from retina_studio.gui.panels.status import StatusBar
from retina_studio.gui.panels.worklist import WorklistPanel
from retina_studio.gui.tools import TOOLS
from retina_studio.gui.words import tr
from retina_studio.study.records import Grader, ImageRecord, WorklistEntry
from retina_studio.study.study import Study

_ZOOM_STEP = 1.25
_FIRST_LABEL = {"fundus": "OD", "oct": "drusen"}
SomeFeature = TypeVar("SomeFeature", bound=Feature)


class MainWindow(QMainWindow):
    """One grader's window on one study. Everything it shows as done is committed; closing it loses nothing."""

    image_opened = Signal()  # another image's grading is open; its pixels may still be on their way
    image_shown = Signal()  # an image is on the canvas, ready for events
    # By name. Hides QWidget.actions(), a plain list that nothing here needs.
    actions: dict[str, QAction]  # type: ignore[assignment]

    def __init__(self, study: Study, grader: Grader) -> None:
        super().__init__()
        self.study = study
        self.grader = grader
        self.image: ImageRecord | None = None
        self.successor: Grader | None = None  # who works on once this window is closed
        self.leaves_study = False  # another study is wanted once this window is closed
        self._tool_of: dict[str, str] = {}  # label -> the tool that the person last took for it
        self.document = Document(self)
        self.opener = Opener(study, grader, self)
        self.gallery = Gallery(self)
        self.canvas = Canvas(self.document)
        self.banner = GradingBanner(self.canvas, self.document, self.opener)
        self.worklist = WorklistPanel()
        self.label_panel = LabelPanel()
        self.grading_panel = GradingPanel(self.document)
        self.submit_button = self.grading_panel.submit_button
        self.proposal_panel = ProposalPanel(self.document)
        self.shape_panel = ShapePanel(self.document)
        self.status = StatusBar(self.document)
        self.features = tuple(feature(self) for feature in FEATURES)
        self.actions = build_actions(self, self.specs, self._handlers())
        self._connect()
        for feature in self.features:
            feature.wire()
        layout.compose(self)
        self.canvas.use_tool("select")
        self.worklist.show_entries(study.worklist(grader))

    def start(self) -> None:
        """Open the first image that is not submitted yet."""
        self.worklist.select_first_undone()
        self.canvas.setFocus()

    # Wiring

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """Every action of the window and its features."""
        return (*ACTIONS, *(spec for feature in self.features for spec in feature.specs))

    def feature(self, kind: type[SomeFeature]) -> SomeFeature:
        """The window's feature of a class."""
        return next(feature for feature in self.features if isinstance(feature, kind))

    def _handlers(self) -> dict[str, Handler]:
        canvas, document, offers = self.canvas, self.document, self.proposal_panel
        of_features = {name: call for part in self.features for name, call in part.handlers().items()}
        return {
            **of_features,
            "previous": self._go_previous,
            "next": self._go_next,
            "submit": self.submit,
            "reopen": document.reopen,
            "quit": self.close,
            "undo": self._undo,
            "redo": self._redo,
            "delete": self._delete,
            "select_all": canvas.select_all,
            **dict.fromkeys(TOOLS, self._use_tool),
            "fit": canvas.fit,
            "actual_size": canvas.show_actual_size,
            "zoom_in": self._zoom_in,
            "zoom_out": self._zoom_out,
            "hide_shapes": self._apply_visibility,
            "show_cam": self._show_cam,
            "accept": offers.accept,
            "edit": offers.edit,
            "reject": offers.reject,
            "accept_all": offers.accept_all,
            "label": self._choose_label_of_action,
        }

    def _connect(self) -> None:
        document, canvas = self.document, self.canvas
        document.opened.connect(self._refresh_labels)
        document.changed.connect(self._refresh_labels)
        document.graded.connect(self._refresh_labels)
        document.state_changed.connect(self._on_state)
        document.failed.connect(self.tell_failure)
        document.saved.connect(self.banner.show_state)
        document.undo_stack.canUndoChanged.connect(self.actions["undo"].setEnabled)
        document.undo_stack.canRedoChanged.connect(self.actions["redo"].setEnabled)
        document.undo_stack.undoTextChanged.connect(self._name_undo)
        document.undo_stack.redoTextChanged.connect(self._name_redo)
        for name in ("undo", "redo"):
            self.actions[name].setEnabled(False)
        self._enable_labels(())
        canvas.image_shown.connect(self.image_shown)
        canvas.image_shown.connect(self.banner.show_state)
        canvas.said.connect(self.status.say)
        canvas.pointer_moved.connect(self.status.show_position)
        canvas.view_changed.connect(self.status.show_zoom)
        canvas.tool_changed.connect(self._on_tool)
        canvas.selection_changed.connect(self.shape_panel.show_selection)
        canvas.drew_hidden.connect(self._show_labels)
        self.worklist.chosen.connect(self._open)
        self.opener.ready.connect(self._show_grading)
        self.opener.failed.connect(self.tell_failure)
        self.gallery.ready.connect(self._on_picture)
        self.gallery.failed.connect(self._on_picture_failed)
        self.label_panel.chosen.connect(self.choose_label)
        self.label_panel.absent_chosen.connect(self._set_absent)
        self.label_panel.hidden_changed.connect(self._apply_visibility)
        self.grading_panel.submit_asked.connect(self.submit)
        self.grading_panel.label_asked.connect(self.choose_label)
        self.shape_panel.selection_asked.connect(self._select_listed)
        self.proposal_panel.offers_changed.connect(canvas.set_offers)
        self.proposal_panel.edit_asked.connect(self._correct)
        self.proposal_panel.said.connect(self.status.say)
        self.proposal_panel.cam_box.toggled.connect(self.actions["show_cam"].setChecked)

    # Images

    def _open(self, entry: WorklistEntry) -> None:
        if self.image is not None and entry.image.id == self.image.id:
            return
        if not self._save_pending():
            self._stay()
            return
        try:
            opened = self.opener.open(entry.image)
        except RetinaError as error:
            self.tell_failure(str(error))
            self._stay()
            return
        self.canvas.tool.cancel()
        self.image = entry.image
        self.banner.start()
        self.canvas.show_picture(None)
        self.label_panel.show_modality(entry.image.modality)
        self.grading_panel.show_modality(entry.image.modality)
        self._offer_labels()
        self._apply_visibility()
        self._show_grading(opened)
        self.image_opened.emit()
        self.setWindowTitle(f"{entry.image.name} · {self.grader.name} · Retina Studio")
        self.gallery.want(entry.image.id, partial(self.study.image_file, entry.image))

    def _stay(self) -> None:
        """Choose the image that is shown again."""
        if self.image is not None:
            self.worklist.select(self.image.name)

    def _show_grading(self, opened: OpenGrading | None) -> None:
        """Show the image's grading; None while a large one is still being loaded."""
        self.document.open_prepared(opened)
        self.grading_panel.start()
        self.banner.show_state()

    def show_anew(self) -> None:
        """Load the open grading again, because somebody else has changed it."""
        if self.image is None or not self._save_pending():
            return
        try:
            self._show_grading(self.opener.open(self.image))
        except RetinaError as error:
            self.tell_failure(str(error))

    def _save_pending(self) -> bool:
        """Save what is still being nudged, drawn or typed; False when that could not be saved."""
        return self.canvas.leave() and self.grading_panel.flush()

    def _on_picture(self, image_id: int, picture: Picture) -> None:
        if self.image is None or image_id != self.image.id:
            return
        self.canvas.show_picture(picture)
        following = self.worklist.neighbour(1)
        if following is not None:
            self.gallery.prefetch(following.id, partial(self.study.image_file, following))

    def _on_picture_failed(self, image_id: int, sentence: str) -> None:
        self.tell_failure(sentence)

    def _go_next(self) -> None:
        self.worklist.go(1)

    def _go_previous(self) -> None:
        self.worklist.go(-1)

    # Labels, tools, shapes

    def choose_label(self, code: str) -> None:
        """Draw this label from now on, with the tool last taken for it, at first the catalogue's.

        What is half drawn becomes a shape of the new label where that may have one.
        """
        tool, kinds = self.canvas.tool, label(code).kinds
        is_new = code != self.canvas.label
        keeps = (tool.busy or tool.adds_to_selection) and tool.kind in kinds
        if not keeps and self._is_drawing():
            self.label_panel.show_chosen(self.canvas.label)
            return
        self.canvas.label = code
        self.label_panel.show_chosen(code)
        for name, kind in TOOLS.items():
            self.actions[name].setEnabled(kind.kind is None or kind.kind in kinds)
        if (is_new and not keeps) or tool.kind not in kinds:
            self.canvas.use_tool(self._tool_of.get(code, kinds[0]))
        self.canvas.setFocus()
        self.canvas.update()

    def _is_drawing(self) -> bool:
        """Whether something is half drawn; then the person is told to finish it first."""
        tool = self.canvas.tool
        if tool.kind is None or not tool.busy:
            return False
        self.status.say(tr("Finish the outline first (Enter), or press Esc."))
        return True

    def _choose_label_of_action(self) -> None:
        self.choose_label(self.sender().data())  # type: ignore[attr-defined]

    def _offer_labels(self) -> None:
        """Only the labels of the image's modality: the two modalities share keys."""
        assert self.image is not None  # noqa: S101  (called while one is opened)
        codes = [entry.code for entry in labels_of(self.image.modality)]
        self._enable_labels(codes)
        tool, chosen = self.canvas.tool.name, self.canvas.label
        self.choose_label(chosen if chosen in codes else _FIRST_LABEL[self.image.modality])
        if TOOLS[tool].kind is None:
            self.canvas.use_tool(tool)

    def _enable_labels(self, codes: Collection[str]) -> None:
        for name, action in self.actions.items():
            if name.startswith("label:"):
                action.setEnabled(name.removeprefix("label:") in codes)

    def _use_tool(self) -> None:
        if self._is_drawing():
            self._on_tool(self.canvas.tool.name)
        else:
            name = next(name for name in TOOLS if self.actions[name] is self.sender())
            if TOOLS[name].kind is not None:
                self._tool_of[self.canvas.label] = name
            self.canvas.use_tool(name)
        self.canvas.setFocus()

    def _on_tool(self, name: str) -> None:
        self.actions[name].setChecked(True)

    def _delete(self) -> None:
        if not self.canvas.press_key("Delete"):
            self.status.say(tr("Select the shapes to delete first."))

    def _set_absent(self, code: str, absent: bool) -> None:
        self.document.set_absent(code, absent)
        self._refresh_labels()  # also when it was refused: the boxes show what is saved

    def _apply_visibility(self) -> None:
        hide_all = self.actions["hide_shapes"].isChecked()
        hidden = frozenset(catalogue()) if hide_all else frozenset(self.label_panel.hidden)
        self.canvas.hide_labels(hidden)
        self.proposal_panel.hide_labels(hidden)

    def _show_labels(self, codes: frozenset[str]) -> None:
        self.actions["hide_shapes"].setChecked(False)
        self.label_panel.show_labels(codes)
        self._apply_visibility()

    def _select_listed(self, ids: frozenset[str]) -> None:
        self.canvas.use_tool("select")
        self.canvas.select(ids)

    def _correct(self, shape_id: str) -> None:
        self._show_labels(frozenset((self.document.grading.shapes[shape_id].label,)))
        self._select_listed(frozenset((shape_id,)))
        self.canvas.setFocus()

    def _refresh_labels(self) -> None:
        counts = self.canvas.scene.counts()
        self.label_panel.show_grading(self.document.grading, counts, editable=self.document.editable)

    # State

    def submit(self) -> None:
        """Hand in the grading; when something is missing, say what."""
        if not self._is_drawing() and self._save_pending():
            self.feature(Signing).ask(self._hand_in)

    def _hand_in(self) -> None:
        session = self.document.session
        if self.document.submit() and session is not None:
            self.status.say(signed_words(session.signature))
            self.canvas.setFocus()
        else:
            self.grading_panel.point_out_missing()

    def _undo(self) -> None:
        """Take back the last step of a gesture under way, else the last edit; typing counts as one."""
        if self.canvas.tool.busy:
            self.canvas.tool.take_back()
        elif self._save_pending():
            self.document.undo_stack.undo()

    def _redo(self) -> None:
        if not self._is_drawing() and self._save_pending():
            self.canvas.tool.cancel()
            self.document.undo_stack.redo()

    def _name_undo(self, edit: str) -> None:
        self.actions["undo"].setText(tr("Undo: {edit}", edit=edit) if edit else tr("Undo"))

    def _name_redo(self, edit: str) -> None:
        self.actions["redo"].setText(tr("Redo: {edit}", edit=edit) if edit else tr("Redo"))

    def _on_state(self, state: str) -> None:
        if self.image is not None and self.document.session is not None:
            self.worklist.set_state(self.image, self.document.session.state)
        self.grading_panel.refresh()
        self._refresh_labels()
        self.actions["submit"].setEnabled(self.document.editable)
        self.actions["reopen"].setEnabled(state == "submitted")
        self.banner.show_state()
        self.canvas.update()

    def tell_failure(self, sentence: str) -> None:
        """Say in the status bar and above the image what could not be done."""
        self.banner.failure = sentence
        self.status.say(sentence)
        self.banner.show_state()

    def _show_cam(self) -> None:
        self.proposal_panel.cam_box.setChecked(self.actions["show_cam"].isChecked())

    def _zoom_in(self) -> None:
        self.canvas.zoom(_ZOOM_STEP)

    def _zoom_out(self) -> None:
        self.canvas.zoom(1 / _ZOOM_STEP)

    # The window itself

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep half of the window for the canvas."""
        super().resizeEvent(event)
        layout.share_width(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is still being typed or nudged; stay open when that could not be saved."""
        if not self._save_pending():
            event.ignore()
            return
        layout.remember(self)
        for feature in self.features:
            feature.rest()
        self.canvas.settle()
        finish_jobs()
        super().closeEvent(event)
