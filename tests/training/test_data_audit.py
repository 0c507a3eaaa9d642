import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from data_examples import DISC, LESIONS, SPEC, disc_data, lesion_image
from training_store import write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.store.read import Snapshot
from training.data import estimate as estimate_module
from training.data.audit import audit
from training.data.estimate import check_room, estimate
from training.data.examples import SplitData
from training.data.leakage import check_leakage
from training.data.needs import Needs

NEEDS = Needs("fundus", labels=LESIONS, grades=("dr",))
NOTHING = dict.fromkeys(LESIONS, 0)


@pytest.fixture
def opened(tmp_path):
    snapshots = []

    def open_(images):
        snapshots.append(Snapshot(write_store(tmp_path / f"{len(snapshots)}.h5", images)))
        return snapshots[-1]

    yield open_
    for snapshot in snapshots:
        snapshot.close()


def _good():
    return [
        lesion_image(
            f"{split}{n}", split, masks={**NOTHING, "MA": 255 * (n % 2), "iHE": 255, "HaEx": 255}, dr=n
        )
        for split in ("train", "val", "test")
        for n in (1, 2)
    ]


def _sentences(found):
    return [fault.sentence for fault in found.faults]


def test_a_snapshot_with_all_that_is_needed_has_no_fault(opened):
    snapshot = opened(_good())
    found = audit(snapshot, NEEDS)
    assert found.faults == []
    found.check()
    assert found.images == {"train": 2, "val": 2, "test": 2}
    count = found.masks["train"]["MA"]
    assert (count.drawn, count.none, count.known) == (1, 1, 2)
    assert count.share == pytest.approx(12 * 12 / (64 * 96))
    assert found.grades["val"]["dr"] == {"1": 1, "2": 1}


def test_what_each_plane_says_is_counted(opened):
    images = [
        lesion_image("a", masks={**NOTHING, "HaEx": 255}, dr=2),
        lesion_image("b", masks=NOTHING, dr=2),
        lesion_image("c", masks=NOTHING, dr=0),
        lesion_image("d", masks={"HaEx": 127}),
        lesion_image("e", dr=4),
    ]
    found = audit(opened(images), NEEDS)
    count = found.masks["train"]["HaEx"]
    counts = (count.drawn, count.none, count.noncompliant, count.not_outlined, count.unanswered)
    assert counts == (1, 1, 1, 1, 1)
    sentences = _sentences(found)
    assert any(
        "1 images of the split 'train' are graded to have lesions and none is drawn" in s for s in sentences
    )
    assert any("all HaEx drawn is against the settled grade" in s for s in sentences)
    assert any("'train' has MA drawn (always the answer \"none\")" in s for s in sentences)


def test_planes_of_only_127_and_labels_without_a_plane_are_told(opened):
    images = [
        lesion_image("a", masks={"MA": 127, "iHE": 255}, dr=0),
        lesion_image("b", "val", masks={"MA": 255}, dr=1),
    ]
    sentences = _sentences(audit(opened(images), NEEDS))
    assert any("'train' has MA drawn (only 127, against the settled grade)" in s for s in sentences)
    assert any("'val' has an answered mask of iHE: no epoch can be chosen by it" in s for s in sentences)


def test_what_val_and_test_cannot_measure_is_told_and_not_fatal(opened):
    images = [image for image in _good() if image.split != "test"]
    images.append(lesion_image("t", "test", masks={**NOTHING, "iHE": 255}, dr=2))
    found = audit(opened(images), NEEDS)
    found.check()
    sentences = _sentences(found)
    assert any("'test' has MA drawn" in s and "its figures will say nothing" in s for s in sentences)
    assert any(
        s == "Every dr grade of the split 'test' is 2: its figures will say nothing." for s in sentences
    )


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        ([lesion_image("a", "train", masks={"MA": 255}, dr=1)], "no fundus image in the split 'val'"),
        (
            [lesion_image("a", "train"), lesion_image("b", "val", dr=1)],
            r"split 'train' .* to learn from \(MA, iHE, HaEx, dr\)",
        ),
        (
            [lesion_image("a", "train", masks=NOTHING, dr=0), lesion_image("b", "val", dr=1)],
            "'train' .* to learn from",
        ),
        (
            [lesion_image("a", "train", masks={"MA": 255}, dr=1), lesion_image("b", "val")],
            "'val' .* to choose the best epoch by",
        ),
    ],
)
def test_nothing_to_learn_or_to_choose_by_is_fatal(opened, images, sentence):
    found = audit(opened(images), NEEDS)
    with pytest.raises(RetinaError, match=sentence):
        found.check()
    assert found.faults[0].fatal


def test_wrong_codes_and_grades_off_the_scale_are_fatal(opened, monkeypatch):
    snapshot = opened(_good())
    plane = np.zeros((64, 96), np.uint8)
    plane[0, :3] = 1, 200, 255
    monkeypatch.setattr(snapshot, "mask", lambda index, label: plane)
    snapshot.entries = (replace(snapshot.entries[0], grades={"dr": 9}), *snapshot.entries[1:])
    fatal = [fault.sentence for fault in audit(snapshot, NEEDS).faults if fault.fatal]
    assert any("the mask of iHE of train1 has the values 1, 200, not only 0, 127 and 255" in s for s in fatal)
    assert any("test1 has 9 as its dr grade, which is not on that scale" in s for s in fatal)


def test_json_and_table(opened):
    found = audit(opened(_good()), Needs("fundus", labels=("MA",), points=("OD",), grades=("dr",)))
    form = json.loads(json.dumps(found.to_dict()))
    assert form["masks"]["train"]["MA"]["drawn"] == 1
    assert form["needs"]["labels"] == ["MA"]
    assert form["faults"][0]["fatal"] is False
    rows = found.rows()
    assert rows[0] == ("", "train (2 images)", "val (2 images)", "test (2 images)")
    assert rows[1] == ("mask MA", *["1 drawn, 1 none"] * 3)
    assert rows[2] == ("point OD", "0", "0", "0")
    assert rows[3] == ("grade dr", *["1: 1, 2: 1"] * 3)


def test_progress_is_told(opened):
    done = []
    audit(opened(_good()), NEEDS, done.append)
    assert done == list(range(1, 7))


def test_no_leak_is_no_leak(opened):
    two_eyes = [lesion_image("a", patient="p1"), lesion_image("b", patient="p1")]
    unnamed = [
        replace(lesion_image("c", "val"), patient=""),
        replace(lesion_image("d", "test"), patient=""),
    ]
    check_leakage(opened([*two_eyes, *unnamed]))


def test_a_patient_in_two_splits_is_refused_by_name(opened):
    images = [
        lesion_image("a", "train", patient="p1"),
        lesion_image("b", "test", patient="p1"),
        lesion_image("c", "val", patient="p2"),
    ]
    with pytest.raises(RetinaError, match=r"the patient p1 \(train and test\) in more than one split"):
        check_leakage(opened(images))


def test_many_patients_are_counted(opened):
    images = [
        lesion_image(f"{split}{n}", split, patient=f"p{n}") for split in ("train", "val") for n in range(7)
    ]
    with pytest.raises(RetinaError, match=r"7 patients p0 \(train and val\), .* and 2 more, in more than"):
        check_leakage(opened(images))


def test_one_file_in_two_splits_is_refused(opened):
    images = [lesion_image("a", "train", source="x"), lesion_image("b", "test", source="x")]
    with pytest.raises(RetinaError, match=r"the image file of b \(train and test\) in more than one split"):
        check_leakage(opened(images))


class _Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.learns, self.frozen = torch.nn.Linear(1000, 1000), torch.nn.Linear(1000, 500)
        self.frozen.requires_grad_(False)


def test_the_size_of_a_run(tmp_path):
    snapshot, kept = disc_data(tmp_path / "s.h5", 6)
    with snapshot:
        filed = SplitData(snapshot, "train", SPEC, DISC, cache=tmp_path / "cache", memory=0)
        size = estimate({"train": filed, "val": kept}, _Net(), {"decoder": 120}, batch_size=4)
        assert size.examples == {"train": 6, "val": 6}
        assert (size.parameters, size.learning) == (1_501_500, 1_001_000)
        assert size.checkpoint_mb == pytest.approx((2 * 1.5015 + 2 * 1.001) * 4)
        assert size.memory_mb * 1e6 == 6 * kept.shape.bytes
        assert size.batch_mb * 1e6 == 4 * 4 * 32 * 48 * 4
        filed.prepare()
        (file,) = (tmp_path / "cache").iterdir()
        assert size.cache_mb * 1e6 == file.stat().st_size
        assert estimate({"train": filed}, _Net(), {}, 1).cache_mb == 0
        json.dumps(size.to_dict())


def test_a_disk_that_is_too_small_is_one_sentence(tmp_path, monkeypatch):
    snapshot, data = disc_data(tmp_path / "s.h5", 2)
    with snapshot:
        size = estimate({"train": data}, _Net(), {}, 1)
    out = tmp_path / "not" / "there" / "yet"
    check_room(size, out, None)
    asked: list[Path] = []

    def usage(path):
        asked.append(path)
        return SimpleNamespace(free=(size.run_mb + 50) * 1e6)

    monkeypatch.setattr(estimate_module.shutil, "disk_usage", usage)
    check_room(size, out, tmp_path / "cache")
    assert asked == [tmp_path]
    # Run and cache lie on one disk: their sum is too much.
    with pytest.raises(RetinaError, match=rf"disk of {out} has .* MB free and this run needs .* make room"):
        check_room(replace(size, cache_mb=60.0), out, tmp_path / "cache")
