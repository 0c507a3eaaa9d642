import dataclasses
import json
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest
import torch
from training_store import write_store

from retina_studio.domain.labels import catalogue
from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame
from retina_studio.networks.table import model_spec
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from training.evaluation.driver import Case, evaluate
from training.report.charts import confusion_chart, roc_chart, stage_chart
from training.report.figures import tables
from training.report.gallery import Gallery, Graded, true_value
from training.report.history import read_history
from training.report.names import number, readable
from training.report.page import write_report
from training.report.panels import panels
from training.tasks import task_spec

SHAPE = (80, 120)
REPORT = {
    "model": "disc",
    "size": "compact",
    "seed": 7,
    "devices": 1,
    "device": "cpu",
    "store_hash": "abc123",
    "software": "0.1",
    "weights_hash": "def456",
    "backbone": "",
    "system": "",
    "parameters": 12345,
    "images": {"train": 30, "val": 10},
    "training_seconds": 3723.0,
    "cut_by_time": [],
    "validation": {"dice": 0.9},
    "test": None,
}


def _image(number, *, name=None, modality="fundus", labels=("OD",), points=None, grades=None, drawn=True):
    rng = np.random.default_rng(number)
    masks = {}
    for place, label in enumerate(labels):
        masks[label] = np.zeros(SHAPE, np.uint8)
        if drawn:
            cv2.circle(masks[label], (30 + 15 * place, 40), 12 - place, 255, cv2.FILLED)
    pixels = rng.integers(40, 90, (*SHAPE, 3) if modality == "fundus" else SHAPE, dtype=np.uint8)
    return CuratedImage(
        name=name or f"image{number:02}",
        pixels=pixels,
        modality=modality,
        eye="OD",
        patient=f"p{number}",
        split="test",
        source_sha256="0" * 64,
        masks=masks,
        points=points or {},
        grades=grades or {},
    )


@pytest.fixture
def snapshot(tmp_path):
    """Discs outlined; a point and a grade too."""
    images = [_image(n, points={"fovea": (80.0, 40.0)}, grades={"glaucoma": n % 2 == 1}) for n in range(6)]
    with Snapshot(write_store(tmp_path / "store.h5", images)) as opened:
        yield opened


def _finding(mask=None, *, glaucoma=None, cam=None):
    frame = Frame(SHAPE, (0, 0, SHAPE[1], SHAPE[0]), (0, 0, SHAPE[1], SHAPE[0]), SHAPE)
    return Finding(
        frame,
        maps={} if mask is None else {"OD": mask.astype(np.float32)},
        points={"fovea": (20.0, 60.0)},
        grades={} if glaucoma is None else {"glaucoma": {False: 1 - glaucoma, True: glaucoma}},
        cams={} if cam is None else {"glaucoma": cam},
    )


def _case(snapshot, index=0, **finding):
    entry = snapshot.entries[index]
    return Case(snapshot, entry, frozenset(entry.labels), _finding(**finding))


def _events(file, *events):
    file.write_text("".join(json.dumps(event) + "\n" for event in events), "utf-8")


def _epoch(stage, epoch, loss=1.0, **metrics):
    numbers = {"losses": {"mse": loss}, "metrics": metrics or {"dice": 0.1 * epoch}, "learning_rate": 1e-3}
    return {"event": "epoch", "stage": stage, "epoch": epoch, **numbers}


def test_the_history_of_a_run_that_was_killed_holds_what_counts(tmp_path):
    file = tmp_path / "events.jsonl"
    stage = {"event": "stage", "steps": 2, "epochs": 9}
    _events(
        file,
        {"event": "start", "parameters": 12},
        {**stage, "stage": "one"},
        _epoch("one", 1, loss=9.0),
        {**stage, "stage": "one"},  # killed before the first checkpoint: everything again
        _epoch("one", 1, loss=8.0),
        {"event": "best", "stage": "one", "epoch": 1, "metrics": {}},
        {**stage, "stage": "two"},
        _epoch("two", 1),
        _epoch("two", 2, loss=5.0),
        {"event": "best", "stage": "two", "epoch": 2, "metrics": {}},
        {"event": "drop", "stage": "two", "epoch": 2, "drops": 1},
        {"event": "notice", "message": "Memory ran out"},
        {"event": "start", "parameters": 13},
        {"event": "resume", "stage": "two", "epoch": 1},
        _epoch("two", 2, loss=4.0),
        {"event": "end"},
    )
    with file.open("a") as stream:
        stream.write('["not an event"]\n{"event": "epo')
    history = read_history(file)
    assert list(history.stages) == ["one", "two"]
    one, two = history.stages.values()
    assert [event["losses"]["mse"] for event in one.epochs.values()] == [8.0]
    assert one.bests == [1]
    assert {number: event["losses"]["mse"] for number, event in two.epochs.items()} == {1: 1.0, 2: 4.0}
    assert (two.bests, two.drops, two.resumed) == ([], [], [1])
    assert history.notices == ["Memory ran out"]


def test_no_events_are_no_history(tmp_path):
    assert read_history(tmp_path / "none.jsonl").stages == {}


@pytest.mark.parametrize(
    ("count", "best", "worst"),
    [(1, 0, 1), (3, 1, 2), (4, 2, 2), (6, 2, 2)],
    ids=["one", "three", "four", "six"],
)
def test_the_gallery_keeps_the_best_and_the_worst_and_no_image_twice(snapshot, count, best, worst):
    scores = [0.5, 0.9, 0.1, 0.7, 0.3, 0.6][:count]
    gallery = Gallery(each=2)
    for index, score in enumerate(scores):
        gallery.add(_case(snapshot, index), {"name": "", "score": score})
    gallery.add(_case(snapshot), {"name": "", "score": None})
    assert [view.score for view in gallery.worst] == sorted(scores)[:worst]
    assert [view.score for view in gallery.best] == sorted(scores, reverse=True)[:best]


def test_a_case_says_what_was_graded_and_found(snapshot):
    gallery = Gallery()
    gallery.add(_case(snapshot, 1, glaucoma=0.2), {"name": "x", "dice": 0.25, "words": "no", "score": 0.25})
    (view,) = gallery.worst
    assert view.name == "image01"
    assert view.notes == (
        "Glaucoma: graded yes, found no (0.80)".replace("yes", _title(True)).replace(
            "no ", f"{_title(False)} "
        ),
        "Dice: 0.25",
    )
    assert [graded.scale for graded in gallery.graded] == ["glaucoma"]
    assert gallery.graded[0].truths == [1]
    assert gallery.graded[0].probabilities == [(0.8, 0.2)]


def _title(value):
    return Graded("glaucoma", (value,)).titles[0]


def test_an_outline_answers_a_yes_or_no_scale_that_nobody_graded(tmp_path):
    images = [_image(0, labels=("PPA",)), _image(1, labels=("PPA",), drawn=False), _image(2)]
    images += [_image(3, grades={"dr": 3}), _image(4, modality="oct", labels=(), grades={"oct": "drusen"})]
    with Snapshot(write_store(tmp_path / "store.h5", images)) as snapshot:
        case = [_case(snapshot, index) for index in range(5)]
        assert [true_value(c, "ppa") for c in case[:3]] == [True, False, None]
        assert true_value(case[3], "dr") == 3
        assert true_value(case[2], "dr") is None
        assert true_value(case[4], "oct") == "drusen"


def test_panels_show_truth_proposal_and_cam(snapshot):
    found = np.zeros(SHAPE, bool)
    found[10:12, 100:102] = True  # two pixels wide: still to be seen
    cam = np.zeros((2, 3), np.float32)
    cam[0, 2] = 1
    shown, labels = panels(_case(snapshot, mask=found, glaucoma=0.9, cam=cam))
    assert [panel.title for panel in shown] == [
        "The image",
        "Drawn by graders",
        "Proposed",
        "What speaks for Glaucoma",
    ]
    assert labels == ("OD", "fovea")
    plain, true, proposed, heat = (_decoded(panel.jpeg).astype(int) for panel in shown)
    assert plain.shape == (280, 420, 3)
    zoom = 420 / SHAPE[1]
    assert _is_coloured(true, "OD", 30, 28, zoom)  # the top of the circle
    assert not _is_coloured(true, "OD", 100, 11, zoom)
    assert _is_coloured(proposed, "OD", 100, 11, zoom)
    assert not _is_coloured(proposed, "OD", 30, 28, zoom)
    assert _is_coloured(true, "fovea", 80, 40, zoom)
    assert _is_coloured(proposed, "fovea", 20, 60, zoom)
    changed = np.abs(heat - plain).sum(axis=2)
    assert changed[:100, 320:].mean() > 10 * changed[180:, :100].mean()


def _decoded(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def _is_coloured(picture, label, x, y, zoom):
    """Whether a pixel near (x, y) of the image has the label's colour, as far as JPEG leaves it."""
    colour = catalogue()[label].colour
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    x, y = round(x * zoom), round(y * zoom)
    near = picture[y - 5 : y + 6, x - 5 : x + 6]
    return bool((np.abs(near - wanted).sum(axis=2) < 110).any())


def test_tables_put_the_paper_beside_and_figures_by_label_together():
    figures = {
        "split": "test",
        "images": 9,
        "f1": 0.5,
        "f1_interval": (0.25, 0.75),
        "dice_mean": 0.123456,
        "dice_interval": [0.1, 0.2],
        "f1_MA": 0.25,
        "f1_iHE": None,
        "f1_counts": {"MA": [1, 2, 3], "iHE": [0, 0, 1]},
        "classes": {
            "normal": {"auc": 0.5, "auc_interval": (0.4, 0.6)},
            "cnv": {"auc": None, "auc_interval": None},
        },
        "confusion": [[1]],
        "per_image": [],
    }
    whole, labels, counts, classes = tables(figures, {"kappa": 0.8, "f1": 0.6, "f1_MA": 0.7, "f1_iHE": 0.9})
    assert whole.rows == (
        ("Kappa", "—", "", "0.8"),
        ("F1", "0.5", "(0.25 to 0.75)", "0.6"),
        ("Dice mean", "0.1235", "(0.1 to 0.2)", ""),
    )
    assert labels.heads == ("Label", "F1", "F1, the paper")
    assert labels.rows == (
        ("Microaneurysm (MA)", "0.25", "0.7"),
        ("Intraretinal haemorrhage (iHE)", "—", "0.9"),
    )
    assert counts.heads[1] == "True positive / false positive / missed"
    assert counts.rows == (("MA", "1 / 2 / 3"), ("iHE", "0 / 0 / 1"))
    assert classes.rows == (("normal", "0.5 (0.4 to 0.6)"), ("cnv", "—"))


def test_names_and_numbers_are_those_of_people():
    assert readable("centre_mse_px2") == "Centre mean squared error (px²)"
    assert readable("iHE") == "iHE"
    assert [number(v) for v in (None, float("nan"), True, 3, 12345.678, 0.00001)] == [
        "—",
        "—",
        "yes",
        "3",
        "1.235e+04",
        "1e-05",
    ]


def test_charts_are_drawn_of_whatever_there_is(tmp_path):
    epochs = [_epoch("one", n, loss=10.0**-n, f1_MA=0.1, f1_iHE=None, kappa=0.2) for n in range(1, 5)]
    events = [
        *epochs,
        {"event": "best", "stage": "one", "epoch": 3},
        {"event": "drop", "stage": "one", "epoch": 4},
    ]
    _events(tmp_path / "a.jsonl", *events, {"event": "stage", "stage": "empty"})
    one, empty = read_history(tmp_path / "a.jsonl").stages.values()
    assert _decoded(stage_chart(one)).shape[1] > 1000
    assert stage_chart(empty) is None
    several = Graded("dr", (0, 1, 2), [0, 1, 1], [(0.8, 0.1, 0.1), (0.2, 0.7, 0.1), (0.4, 0.3, 0.3)])
    assert _decoded(confusion_chart(several)).std() > 5
    assert _decoded(roc_chart(several)).std() > 5
    assert roc_chart(Graded("glaucoma", (False, True), [1, 1], [(0.1, 0.9), (0.2, 0.8)])) is None


class _Page(HTMLParser):
    """What the page refers to, and what it says."""

    def __init__(self, text):
        super().__init__()
        self.sources, self.tags, self.text = [], set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href", "srcset", "action")]

    def handle_data(self, data):
        self.text += " ".join(data.split()) + " "


def _written(out, report, gallery=None, paper=None, remark=""):
    file = write_report(out, {**REPORT, **report}, gallery or Gallery(), paper=paper or {}, remark=remark)
    assert file == out / "report.html"
    page = _Page(file.read_text("utf-8"))
    assert all(source.startswith("data:image/") for source in page.sources)  # readable without a network
    assert not page.tags & {"script", "link", "iframe", "object"}
    return page


def test_a_page_needs_nothing_but_the_report(tmp_path):
    page = _written(tmp_path, {})
    assert "says nothing of what this model answers" in page.text
    assert "No epoch was finished." in page.text
    assert "1 h 2 min" in page.text
    for words in ("abc123", "def456", "12,345", "30 train, 10 val", "random weights"):
        assert words in page.text
    assert "Compared system" not in page.text
    assert "Compared system unet" in _written(tmp_path, {"system": "unet", "weights_hash": None}).text


def test_a_page_says_what_was_cut_and_escapes_every_text(tmp_path):
    hostile = "<script>alert('x')</script>"
    _events(
        tmp_path / "events.jsonl",
        {"event": "notice", "message": hostile},
        _epoch("decoder", 1, **{hostile: 0.5}),
    )
    (tmp_path / "recipe.toml").write_text(f'only = "{hostile}"\n', "utf-8")
    with Snapshot(write_store(tmp_path / "store.h5", [_image(0, name="a <b>&c")])) as snapshot:
        gallery = Gallery()
        gallery.add(_case(snapshot), {"score": 0.5})
    test = {"images": 1, "dice_mean": 0.5, hostile: 1.0}
    page = _written(
        tmp_path,
        {"cut_by_time": ["decoder"], "backbone": hostile, "test": test},
        gallery,
        {"dice_mean": 0.88},
        hostile,
    )
    assert "Time was up before training was done, in: decoder." in page.text
    assert page.text.count(hostile) >= 4
    assert "b" not in page.tags
    assert "a <b>&c" in page.text
    assert "The data differ" in page.text
    assert "0.88" in page.text


SMALL = {
    "ppa": {"labels": ("OD", "PPA"), "grades": {"ppa": True}},
    "disc": {"labels": ("OD",)},
    "lesion": {"labels": ("MA", "iHE", "HaEx"), "grades": {"dr": 2}},
    "glaucoma": {"labels": ("OD", "OC"), "points": {"fovea": (80.0, 40.0)}, "grades": {"glaucoma": True}},
    "oct": {"modality": "oct", "labels": ("drusen",), "grades": {"oct": "drusen"}},
}
OTHER = {
    "ppa": {"ppa": False},
    "disc": {},
    "lesion": {"dr": 0},
    "glaucoma": {"glaucoma": False},
    "oct": {"oct": "normal"},
}


@pytest.mark.parametrize("stem", list(SMALL))
def test_every_model_gets_its_page(stem, tmp_path):
    """From the answers of a network that knows nothing, through its own evaluation."""
    row, evaluation = model_spec(stem, "compact"), task_spec(stem).evaluation
    spec = dataclasses.replace(row.preprocessing, height=64, width=64)
    torch.manual_seed(0)
    network = row.build(spec).eval()
    for name, buffer in network.named_buffers():
        if name.rpartition(".")[2] in ("taught", "graded", "localises"):
            buffer.fill_(1)
    images = [_image(0, **SMALL[stem]), _image(1, **{**SMALL[stem], "grades": OTHER[stem], "drawn": False})]
    gallery = Gallery()
    with Snapshot(write_store(tmp_path / "store.h5", images)) as snapshot:
        test = evaluate(
            evaluation, lambda pixels: find(row, network, pixels, spec), snapshot, "test", watch=gallery.add
        )
    assert len(gallery.best) == len(gallery.worst) == 1
    assert len(gallery.graded) == (stem != "disc")
    for view in (*gallery.best, *gallery.worst):
        titles = [panel.title for panel in view.panels]
        assert titles[:3] == ["The image", "Drawn by graders", "Proposed"]
        assert titles[3].startswith("What speaks for")
    page = _written(
        tmp_path,
        {"model": stem, "test": json.loads(json.dumps(test))},
        gallery,
        evaluation.paper,
        evaluation.remark,
    )
    assert len(page.sources) == 2 * 4 + 2 * len(gallery.graded)
    assert evaluation.remark.split(";")[0][:40] in page.text
    for figure in evaluation.paper:
        assert figure in test or figure.rpartition("_")[0] in test
