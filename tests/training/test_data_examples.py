from dataclasses import replace

import numpy as np
import pytest
import torch
from data_examples import DISC, LESIONS, SPEC, disc_data, lesion_data, lesion_image
from training_store import phantom, write_store

from retina_studio.networks.preprocessing import preprocess
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from training.data.example import pack, planes_for
from training.data.examples import SplitData
from training.data.needs import Needs


@pytest.fixture
def snapshot(tmp_path):
    images = [
        phantom(0, mask=True, point=True, split="train"),
        phantom(1, mask=False, point=True, split="train"),
        phantom(2, mask=True, split="train"),
        phantom(3, mask=True, empty=True, split="train"),
        phantom(4, mask=False, split="train"),
        phantom(5, split="val"),
    ]
    with Snapshot(write_store(tmp_path / "store.h5", images)) as opened:
        yield opened


def test_who_can_teach_what(snapshot):
    data = SplitData(snapshot, "train", SPEC, DISC)
    assert [entry.name for entry in data.entries] == ["image00", "image01", "image02", "image03"]
    assert data.with_mask("OD") == [0, 2, 3]  # the answer "none" is one
    assert data.with_point("OD") == [0, 1, 2]
    assert data.with_point("fovea") == data.with_grade("glaucoma") == []


def test_only_images_whose_names_match_and_of_the_modality(snapshot):
    assert [e.name for e in SplitData(snapshot, "train", SPEC, DISC, only="*[12]").entries] == [
        "image01",
        "image02",
    ]
    assert len(SplitData(snapshot, "train", SPEC, Needs("oct", labels=("OD",)))) == 0


def test_the_point_comes_before_the_centroid(snapshot):
    data = SplitData(snapshot, "train", SPEC, DISC)
    assert data.point(0, "OD") == snapshot.point(0, "OD")
    rows, columns = np.nonzero(snapshot.mask(2, "OD"))
    assert data.point(2, "OD") == (columns.mean() + 0.5, rows.mean() + 0.5)
    assert data.point(3, "OD") is None


def test_an_example_lies_in_the_network_frame(snapshot):
    data = SplitData(snapshot, "train", SPEC, DISC)
    example = data.example(2)
    expected, frame = preprocess(snapshot.pixels(2), SPEC)
    assert np.array_equal(example.image.permute(1, 2, 0), expected)
    assert np.array_equal(example.masks[0], frame.mask_to_network(snapshot.mask(2, "OD")))
    rows, columns = np.nonzero(example.masks[0].numpy())
    assert np.allclose((columns.mean() + 0.5, rows.mean() + 0.5), example.points[0], atol=0.4)
    assert example.known.tolist() == [True]
    assert example.points[1].isnan().all()
    assert example.grades.isnan().all()


def test_a_mask_that_was_not_answered_is_unknown_and_zero(snapshot):
    example = SplitData(snapshot, "train", SPEC, DISC).example(1)
    assert example.known.tolist() == [False]
    assert not example.masks.any()
    assert not example.points[0].isnan().any()


def test_grades_become_numbers(tmp_path):
    images = [
        lesion_image("a", dr=3, glaucoma=True, gradability="usable"),
        lesion_image("b", dr=0, glaucoma=False, gradability="good"),
        lesion_image("c", dr=4),
    ]
    needs = Needs("fundus", grades=("dr", "glaucoma", "gradability"))
    with Snapshot(write_store(tmp_path / "s.h5", images)) as snapshot:
        data = SplitData(snapshot, "train", SPEC, needs)
        assert data.with_grade("glaucoma") == [0, 1]
        assert data.example(0).grades.tolist() == [3, 1, 1]
        assert data.example(1).grades.tolist() == [0, 0, 0]
        assert np.isnan(data.grade(2, "glaucoma"))
        assert data.example(2).masks.shape == (0, 32, 48)


def test_graded_to_have_lesions_with_none_drawn_is_not_an_answer(tmp_path):
    nothing = dict.fromkeys(LESIONS, 0)
    images = [
        lesion_image("drawn", masks={**nothing, "HaEx": 255}, dr=2),
        lesion_image("graded", masks=nothing, dr=2),
        lesion_image("healthy", masks=nothing, dr=0),
        lesion_image("ungraded", masks=nothing),
        lesion_image("unfit", masks={**nothing, "MA": 127}, dr=1),
    ]
    snapshot, data = lesion_data(tmp_path / "s.h5", images)
    with snapshot:
        names = [entry.name for entry in data.entries]
        for label in LESIONS:
            assert [names[n] for n in data.with_mask(label)] == ["drawn", "healthy", "unfit", "ungraded"]
        assert data.with_grade("dr") == [0, 1, 2, 3]
        assert not data.example(names.index("graded")).known.any()


def test_a_disc_beside_a_ppa_grade_stays_an_answer(tmp_path):
    images = [lesion_image("a", masks={"OD": 255, "PPA": 0}, ppa=True)]
    with Snapshot(write_store(tmp_path / "s.h5", images)) as snapshot:
        data = SplitData(snapshot, "train", SPEC, Needs("fundus", labels=("OD", "PPA")))
        assert data.example(0).known.tolist() == [True, False]


def test_an_oct_class_without_its_lesion_drawn_is_not_outlined(tmp_path):
    pixels = np.zeros((40, 40), np.uint8)
    blank = {"drusen": np.zeros((40, 40), np.uint8)}
    images = [
        CuratedImage(name, pixels, "oct", "OD", name, "train", name, blank, grades={"oct": name})
        for name in ("normal", "drusen")
    ]
    with Snapshot(write_store(tmp_path / "s.h5", images)) as snapshot:
        data = SplitData(snapshot, "train", SPEC, Needs("oct", labels=("drusen",), grades=("oct",)))
        assert [data.entries[n].name for n in data.with_mask("drusen")] == ["normal"]
        assert [data.grade(n, "oct") for n in (0, 1)] == [1, 0]


def test_noncompliant_pixels_keep_a_code_of_their_own(tmp_path):
    snapshot, data = lesion_data(
        tmp_path / "s.h5", [lesion_image("a", masks={"MA": 127, "iHE": 255, "HaEx": 0}, dr=2)]
    )
    with snapshot:
        masks = data.example(0).masks
        assert [set(mask.unique().tolist()) for mask in masks] == [{0, 2}, {0, 1}, {0}]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 8])
def test_packing_loses_nothing(count, tmp_path):
    rng = np.random.default_rng(count)
    masks = [rng.integers(0, 3, (32, 48), dtype=np.uint8) for _ in range(count)]
    planes = pack([*masks], 32, 48)
    assert planes.shape == (32, 48, planes_for(count))
    snapshot, data = disc_data(tmp_path / "s.h5", 1)
    with snapshot:
        stored = data.stored(0)
        packed = type(stored)(stored.pixels, planes, np.ones(count, bool), stored.points, stored.grades)
        assert all(
            np.array_equal(packed.mask(n), mask) and np.array_equal(packed.example().masks[n], mask)
            for n, mask in enumerate(masks)
        )


def test_a_share_is_of_each_kind_and_lies_in_the_larger_share(snapshot, tmp_path):
    images = [phantom(n, mask=n < 10, point=n >= 10, split="train") for n in range(40)]
    with Snapshot(write_store(tmp_path / "many.h5", images)) as many:
        shares = [
            SplitData(many, "train", SPEC, DISC, fraction=fraction, seed=3) for fraction in (0.1, 0.5, 1.0)
        ]
        names = [{entry.name for entry in share.entries} for share in shares]
        assert [len(share.with_mask("OD")) for share in shares] == [1, 5, 10]
        assert [len(share) for share in shares] == [4, 20, 40]
        assert names[0] < names[1] < names[2]
        other = SplitData(many, "train", SPEC, DISC, fraction=0.5, seed=4)
        assert {entry.name for entry in other.entries} != names[1]


def test_what_has_no_room_in_memory_is_made_again(tmp_path):
    snapshot, kept = disc_data(tmp_path / "s.h5", 4)
    with snapshot:
        lazy = SplitData(snapshot, "train", SPEC, DISC, memory=kept.shape.bytes * 2)
        done = []
        lazy.prepare(done.append)
        assert done == [1, 2]
        assert lazy.memory_bytes == 2 * kept.shape.bytes
        assert lazy.stored(1) is lazy.stored(1)
        assert lazy.stored(3) is not lazy.stored(3)
        assert torch.equal(lazy.example(3).image, kept.example(3).image)


CLOSE = replace(SPEC, focus=2.0)


def test_a_network_that_looks_twice_learns_from_both_looks(snapshot):
    data = SplitData(snapshot, "train", CLOSE, DISC)
    # Of the images whose disc is drawn; image01 has a point and no outline, image03 no disc.
    assert [entry.name for entry in data.entries[4:]] == ["image00", "image02"]
    assert data.with_mask("OD") == [0, 2, 3, 4, 5]
    first, second = data.example(2), data.example(5)
    assert second.masks.float().mean() > 2 * first.masks.float().mean()
    assert second.known.tolist() == first.known.tolist()
    rows, columns = np.nonzero(second.masks[0].numpy())
    assert np.allclose((columns.mean() + 0.5, rows.mean() + 0.5), second.points[0], atol=1)
    again = SplitData(snapshot, "train", CLOSE, DISC).example(5)
    assert torch.equal(again.image, second.image)


def test_only_training_looks_closer_and_never_at_what_is_close_already(snapshot):
    assert len(SplitData(snapshot, "val", CLOSE, DISC)) == len(SplitData(snapshot, "val", SPEC, DISC))
    assert len(SplitData(snapshot, "train", replace(SPEC, focus=8.0), DISC)) == 4


def test_second_looks_have_places_of_their_own_in_the_cache_file(snapshot, tmp_path):
    kept = SplitData(snapshot, "train", CLOSE, DISC)
    filed = SplitData(snapshot, "train", CLOSE, DISC, cache=tmp_path / "cache", memory=0)
    for _ in range(2):  # made, then read
        for position in range(len(kept)):
            assert torch.equal(filed.example(position).image, kept.example(position).image)


def test_what_lies_outside_the_second_look_is_not_known(tmp_path):
    image = phantom(0, mask=True, split="train")
    with Snapshot(write_store(tmp_path / "far.h5", [replace(image, points={"fovea": (1.0, 1.0)})])) as opened:
        data = SplitData(opened, "train", CLOSE, DISC)
        whole, close = data.example(0), data.example(1)
    assert not whole.points[1].isnan().any()
    assert close.points[1].isnan().all()
