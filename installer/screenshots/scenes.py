"""Each picture: a window brought to a state with something to see, grabbed, and written small."""

import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from installer.screenshots.studies import (
    ADJUDICATOR,
    ENGINEER,
    GRADED,
    GRADERS,
    SIZE,
    hand_in,
    photographs,
    pictured_study,
    propose,
    scans,
    settled_study,
    truth,
)
from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Ellipse
from retina_studio.gui import settings, theme
from retina_studio.gui.app import follow_theme, make_application
from retina_studio.gui.board.window import BoardWindow
from retina_studio.gui.dashboard.window import DashboardWindow
from retina_studio.gui.demo.hands import wait_for
from retina_studio.gui.features.comparing import Comparing
from retina_studio.gui.features.importing import Importing
from retina_studio.gui.features.models import Models
from retina_studio.gui.features.retraining import Retraining
from retina_studio.gui.features.thumbnails import Thumbnails
from retina_studio.gui.main_window import MainWindow
from retina_studio.gui.panels.tabs import SideTabs
from retina_studio.gui.preferences_dialog import PreferencesDialog
from retina_studio.gui.retraining.follower import Seen
from retina_studio.gui.retraining.work import Order
from retina_studio.gui.welcome.page import WelcomePage
from retina_studio.phantoms.graders import profiles, simulate
from retina_studio.study.study import Study

_WINDOW = (1440, 900)
_SEED = 5
_PAIR = 4  # a right eye whose left one was taken alike
_RETRAINED, _TRAINED, _EPOCHS = "glaucoma", 240.0, 4  # the model, its training time in seconds, epochs to see
_DISPUTED = 4  # of the board's list: a photograph whose graders disagree on a haemorrhage
Take = Callable[[str, QWidget], None]


def take_all(home: Path, out: Path, names: Sequence[str]) -> Iterator[Path]:
    """Take the pictures that are named, or all, into a folder; yields each file.

    Args:
        home: a folder to work in.
        out: the folder of the pictures.
        names: of the pictures wanted, without their ending; empty: all.
    """
    make_application()
    written: list[Path] = []

    def take(name: str, widget: QWidget) -> None:
        if not names or name in names:
            QTest.qWait(250)
            written.append(_write(widget, out / f"{name}.png"))

    study = pictured_study(home)
    settings.choose_theme("dark")
    follow_theme()
    for scene, pictures in _SCENES.items():
        if names and not set(names) & set(pictures):
            continue
        scene(study, take)
        yield from written
        written.clear()
    study.close()


def _grading(study: Study, take: Take) -> None:
    """A grading under way, the check of the guideline beside it."""
    image = photographs(study)[GRADED + 1]
    reading = simulate(truth(GRADED + 1), profiles(3, _SEED)[0], 1, *SIZE, "fundus")
    hand_in(study, image, GRADERS[0], reading, submit=False)
    with _window(study, GRADERS[0], image.name) as window:
        shapes = [s for s in window.document.grading.shapes.values() if isinstance(s.geometry, Ellipse)]
        largest = max((s for s in shapes if s.label == "iHE"), key=lambda s: s.geometry.a)
        window.canvas.select(frozenset((largest.id,)))
        _show_tab(window, "Check")
        take("window", window)


def _proposals(study: Study, take: Take) -> None:
    """What the shipped models offer, and the map that the grade came from."""
    image = photographs(study)[GRADED]
    propose(study, [image])
    with _window(study, GRADERS[0], image.name) as window:
        _show_tab(window, "Proposals")
        panel = window.proposal_panel
        panel.least.setValue(25)
        panel.cam_box.setChecked(True)
        choices = [panel.cam.map.itemText(place) for place in range(panel.cam.map.count())]
        panel.cam.map.setCurrentIndex(next(k for k, text in enumerate(choices) if "laucoma" in text))
        panel.cam.map.activated.emit(panel.cam.map.currentIndex())
        take("proposals", window)


def _volume(study: Study, take: Take) -> None:
    """One B-scan of a volume, with what the model `oct` offers."""
    scan = scans(study)[0]
    propose(study, [scan])
    with _window(study, GRADERS[0], scan.name) as window:
        _show_tab(window, "Proposals")
        take("oct", window)


def _side_by_side(study: Study, take: Take) -> None:
    """Both eyes of a patient, mirrored and linked."""
    with _window(study, GRADERS[0], photographs(study)[_PAIR].name) as window:
        window.actions["left_side"].trigger()
        window.actions["compare_other_eye"].trigger()
        window.actions["etdrs_grid"].setChecked(True)
        beside = window.feature(Comparing).panel.canvas
        _until(lambda: beside.picture is not None, "the other eye")
        take("side-by-side", window)


def _dialogs(study: Study, take: Take) -> None:
    """The small windows: import, preferences, models."""
    with _window(study, ENGINEER, photographs(study)[0].name) as window:
        importing = window.feature(Importing)
        importing.ask([Path("/media/camera/2026-11"), Path("/media/camera/macula_OD.dcm")])
        take("import", importing.dialog)
        importing.dialog.reject()
        window.actions["preferences"].trigger()
        preferences = window.findChild(PreferencesDialog)
        take("preferences", preferences)
        preferences.close()
        models = window.feature(Models)
        window.actions["models"].trigger()
        _until(lambda: bool(models.dialog and models.dialog.versions), "the versions")
        take("models", models.dialog)
        models.dialog.close()


def _adjudication(study: Study, take: Take) -> None:
    """The board with three readings and an item that they dispute."""
    board = BoardWindow(study, study.grader(ADJUDICATOR))
    board.resize(*_WINDOW)
    board.show()
    wait_for(board.image_shown.connect, board.start, "the board")
    for _ in range(_DISPUTED):
        wait_for(board.image_shown.connect, board.next_image, "the next image")
    board.focus_item(next(item.key for item in board.case.items if item.code == "iHE"))
    for _ in range(3):
        board.actions["zoom_out"].trigger()
    QTest.qWait(500)
    take("adjudication", board)
    board.close()


def _agreement(study: Study, take: Take) -> None:
    """The first page of the dashboard."""
    dashboard = DashboardWindow(study, study.grader(ADJUDICATOR))
    dashboard.resize(1280, 800)
    dashboard.show()
    wait_for(dashboard.shown.connect, dashboard.start, "the agreement", 120)
    take("agreement", dashboard)
    dashboard.close()


def _retraining(study: Study, take: Take) -> None:
    """What would be learnt, a run under way, and the verdict on it: a real one, of four minutes."""
    learning = settled_study(study.folder.parent)
    with _window(learning, ENGINEER, photographs(learning)[0].name) as window:
        feature = window.feature(Retraining)
        feature.retrain()
        _until(lambda: feature.retraining is not None, "the window")
        shown = feature.retraining
        _until(lambda: shown.plan.models.topLevelItemCount() > 0 and not shown.is_busy, "the plan")
        take("retraining-plan", shown)
        shown.plan.wanted.emit(Order((_RETRAINED,), seconds=_TRAINED, device="cpu"))
        _until(lambda: _has_learnt(shown.follower.last), "some epochs", 600)
        take("retraining-run", shown)
        _until(lambda: shown.follower.last.runs[0].done, "the verdict", 600)
        shown.show_verdict(shown.follower.last.runs[0].id)
        _until(lambda: shown.verdict.judged is not None, "the figures")
        take("retraining-verdict", shown)
        shown.close()
    learning.close()


def _has_learnt(seen: Seen) -> bool:
    return len(seen.pictures) >= _EPOCHS or (bool(seen.runs) and seen.runs[0].done)


def _welcome(_: Study, take: Take) -> None:
    """What the first start shows."""
    welcome = WelcomePage([Path("/srv/studies/screening 2026"), Path("/srv/studies/myopia pilot")])
    welcome.show()
    take("welcome", welcome)
    welcome.close()


def _light(study: Study, take: Take) -> None:
    """The light theme, with the whole window's shapes hidden but the disc's."""
    settings.choose_theme("light")
    follow_theme()
    with _window(study, GRADERS[1], photographs(study)[1].name) as window:
        window.actions["view:red_free"].trigger()
        QTest.qWait(800)
        take("light", window)


@contextmanager
def _window(study: Study, grader: str, image: str) -> Iterator[MainWindow]:
    """A grader's window with an image on its canvas."""
    window = MainWindow(study, study.grader(grader))
    window.resize(*_WINDOW)
    window.show()
    window.activateWindow()
    wait_for(window.image_shown.connect, lambda: window.worklist.select(image), image)
    window.canvas.setFocus()
    _until(lambda: window.feature(Thumbnails).is_idle, "the thumbnails")
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        QApplication.processEvents()


def _show_tab(window: MainWindow, title: str) -> None:
    tabs = window.findChild(SideTabs)
    tabs.setCurrentIndex(next(k for k in range(tabs.count()) if tabs.tabToolTip(k).startswith(title)))


def _until(is_there: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} seconds.")
        QTest.qWait(50)


def _write(widget: QWidget, path: Path) -> Path:
    """Grab a widget and write it with a palette: a third of the size, and no difference to the eye."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    picture = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(palette=_palette(picture), dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    return path


def _palette(picture: Image.Image) -> Image.Image:
    """256 colours: those of labels and controls as they are, since few pixels have them, then the picture's own."""
    roles = (
        "window",
        "panel",
        "raised",
        "line",
        "text",
        "muted",
        "accent",
        "chosen",
        "good",
        "warn",
        "bad",
        "canvas",
    )
    kept = [*(entry.colour for entry in catalogue().values()), *(theme.colour(role) for role in roles)]
    fixed = [part for colour in dict.fromkeys(kept) for part in ImageColor.getrgb(colour)]
    own = (
        _spread(picture).quantize(256 - len(fixed) // 3, Image.Quantize.MEDIANCUT, kmeans=2).getpalette()
        or []
    )
    palette = Image.new("P", (1, 1))
    palette.putpalette([*fixed, *own][:768])
    return palette


def _spread(picture: Image.Image) -> Image.Image:
    """The picture's colours, each as often as the root of its pixels: a small bright disc gets its share of them."""
    pixels = np.asarray(picture).reshape(-1, 3) & 0xFC
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    return Image.fromarray(np.repeat(colours, np.sqrt(counts).astype(int), axis=0)[None])


# Last, because it leaves the light theme: the others are taken in the dark one.
_SCENES: Mapping[Callable[[Study, Take], None], tuple[str, ...]] = {
    _grading: ("window",),
    _proposals: ("proposals",),
    _volume: ("oct",),
    _side_by_side: ("side-by-side",),
    _dialogs: ("import", "preferences", "models"),
    _adjudication: ("adjudication",),
    _agreement: ("agreement",),
    _retraining: ("retraining-plan", "retraining-run", "retraining-verdict"),
    _welcome: ("welcome",),
    _light: ("light",),
}
