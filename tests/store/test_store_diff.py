"""What changed between two snapshots."""

from dataclasses import replace

import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.store.diff import ImageDiff, PlaneDiff, ShapesDiff, diff_snapshots
from retina_studio.store.read import Snapshot
from retina_studio.store.write import write_snapshot

RULES = {"vote": {"graders": 3, "merge": "auto"}}


@pytest.fixture
def compare(tmp_path):
    def compared(before, after, rules=RULES, study="study"):
        first, second = tmp_path / "a.h5", tmp_path / "b.h5"
        write_snapshot(first, before, study_id="study", rules=RULES)
        write_snapshot(second, after, study_id=study, rules=rules)
        return diff_snapshots(first, second)

    return compared


def test_the_same_content_is_the_same(compare, make_image):
    found = compare([make_image(1), make_image(2)], [make_image(2), make_image(1)])
    assert found.same
    assert found.hashes[0] == found.hashes[1]
    assert found.to_dict()["same"] is True


def test_images_come_and_go_and_rules_change(compare, make_image):
    rules = {"vote": {"graders": 4, "merge": "auto", "anatomy": "staple"}}
    found = compare([make_image(1), make_image(2)], [make_image(2), make_image(3)], rules, "another")
    assert (found.added, found.removed, found.changed) == (("photo 003",), ("photo 001",), ())
    assert found.rules == {"vote.anatomy": (None, "staple"), "vote.graders": (3, 4)}
    assert not found.same
    assert not found.same_study


def test_masks_are_compared_by_dice(compare, make_image):
    one = make_image(1)
    moved = np.roll(one.masks["OD"], 2, axis=1)
    complies = np.where(one.masks["OD"] == 127, 255, one.masks["OD"]).astype(np.uint8)
    (found,) = compare([one], [replace(one, masks={"OD": moved, "HaEx": complies})]).changed
    inside, later = one.masks["OD"] > 0, moved > 0
    dice = 2 * (inside & later).sum() / (inside.sum() + later.sum())
    area = int(inside.sum())
    partial = int((one.masks["OD"] == 127).sum())
    assert found.masks == {
        "OD": PlaneDiff(area, area, partial, partial, pytest.approx(dice)),
        "MA": PlaneDiff(0, None),
        "HaEx": PlaneDiff(None, area),
    }
    (found,) = compare([one], [replace(one, masks={**one.masks, "OD": complies})]).changed
    assert found.masks == {"OD": PlaneDiff(area, area, partial, 0, 1.0)}


def test_everything_else_that_changed_is_named(compare, make_image):
    one = make_image(1)
    pixels = one.pixels.copy()
    pixels[0, 0, 0] ^= 1
    first, second, third = one.shapes
    other = replace(third, shape=replace(third.shape, id="another"))
    layers = {"grader-1": one.layers["grader-1"]}
    later = replace(
        one, pixels=pixels, split="test", grades={"dr": 3, "ppa": True}, points={"fovea": (3.0, 4.0), "OD": (1.0, 2.0)},
        shapes=(first, replace(second, compliant=True), other), layers=layers, decisions=(), eye="OD",
    )  # fmt: skip
    (found,) = compare([one], [later]).changed
    assert found == ImageDiff(
        name=one.name,
        pixels=True,
        split=("val", "test"),
        grades={"dr": (2, 3), "gradability": ("usable", None)},
        points={"OD": (None, (1.0, 2.0)), "fovea": ((31.5, 22.75), (3.0, 4.0))},
        shapes=ShapesDiff(1, 1, 1),
        facts={"eye": ("OS", "OD")},
        texts=("decisions", "layers"),
    )


def test_arrays_are_read_only_where_they_differ(compare, make_image, monkeypatch):
    read = []
    plain = Snapshot._plane
    images = [make_image(n) for n in range(4)]
    later = replace(images[2], masks={**images[2].masks, "OD": np.zeros((40, 52), np.uint8)})

    def watched(snapshot, index, part):
        read.append((index, part))
        return plain(snapshot, index, part)

    monkeypatch.setattr("retina_studio.store.write.verify_snapshot", lambda path: [])
    monkeypatch.setattr(Snapshot, "_plane", watched)
    assert len(compare(images, [*images[:2], later, images[3]]).changed) == 1
    assert read == [(2, "masks/OD"), (2, "masks/OD")]


def test_what_is_no_snapshot_is_refused(snapshot_file, tmp_path):
    with pytest.raises(RetinaError, match="cannot be opened"):
        diff_snapshots(snapshot_file, tmp_path / "absent.h5")
