"""Round trip, content hash, and the safety of the file that was there before."""

import os
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import replace

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.store.write import snapshot_path, write_snapshot

RULES = {"vote": {"graders": 3}, "shares": (0.7, 0.15)}


def write(path, images, **changes):
    return write_snapshot(path, images, **{"study_id": "study", "rules": RULES, **changes})


def assert_same(snapshot, entry, image):
    index = entry.index
    assert np.array_equal(snapshot.pixels(index), image.pixels)
    assert entry.labels == tuple(sorted(image.masks))
    for code, mask in image.masks.items():
        assert np.array_equal(snapshot.mask(index, code), mask)
    assert dict(entry.points) == dict(image.points)
    assert [snapshot.point(index, code) for code in entry.point_labels] == list(image.points.values())
    assert dict(entry.grades) == dict(image.grades)
    assert {k: type(v) for k, v in entry.grades.items()} == {k: type(v) for k, v in image.grades.items()}
    assert snapshot.consensus(index) == image.shapes
    assert snapshot.shapes(index) == tuple(entry.shape for entry in image.shapes)
    assert snapshot.decisions(index) == image.decisions
    assert snapshot.agreement(index) == image.agreement
    assert snapshot.votes(index) == image.votes
    assert snapshot.layers(index) == image.layers
    for name in ("name", "modality", "eye", "patient", "split", "source_sha256"):
        assert getattr(entry, name) == getattr(image, name)
    assert (entry.height, entry.width) == image.pixels.shape[:2]


def test_everything_comes_back_sorted_by_name(tmp_path, make_image):
    images = [make_image(n) for n in (3, 1, 2)]
    grey = make_image(4, pixels=images[0].pixels[..., 1], name="Grauwert ß 日本")
    seen = []
    named = write(tmp_path / "s.h5", iter([*images, grey]), progress=seen.append)
    assert seen == [1, 2, 3, 4]
    with Snapshot(tmp_path / "s.h5") as snapshot:
        assert snapshot.content_hash == named
        assert snapshot.study_id == "study"
        assert snapshot.rules == {"vote": {"graders": 3}, "shares": [0.7, 0.15]}
        assert snapshot.software_version
        by_name = {image.name: image for image in [*images, grey]}
        assert [entry.name for entry in snapshot.entries] == sorted(by_name)
        assert [entry.index for entry in snapshot.entries] == [0, 1, 2, 3]
        for entry in snapshot.entries:
            assert_same(snapshot, entry, by_name[entry.name])
    assert list(tmp_path.iterdir()) == [tmp_path / "s.h5"]


sizes = st.tuples(st.integers(1, 300), st.integers(1, 300))
names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in (".", "..")
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), size=sizes, channels=st.sampled_from([(), (3,)]), name=names, other=names)
def test_random_round_trip(tmp_path, make_image, data, size, channels, name, other):
    pixels = data.draw(hnp.arrays(np.uint8, (*size, *channels)))
    mask = data.draw(hnp.arrays(np.uint8, size, elements=st.sampled_from([0, 127, 255])))
    comment = data.draw(st.text(st.characters(codec="utf-8")))
    image = make_image(
        1, name=name, pixels=pixels, masks={"iHE": mask}, votes={"said": comment}, patient=other, shapes=()
    )
    write(tmp_path / "s.h5", [image])
    with Snapshot(tmp_path / "s.h5") as snapshot:
        assert_same(snapshot, snapshot.entries[0], image)


def test_equal_content_has_one_hash_and_any_difference_another(tmp_path, make_image):
    image, other = make_image(1), make_image(2)
    first = write(tmp_path / "a.h5", [image, other])
    assert write(tmp_path / "b.h5", [make_image(2), make_image(1)], study_id="a copy of the study") == first
    pixels = image.pixels.copy()
    pixels[7, 7, 1] ^= 1
    mask = image.masks["OD"].copy()
    mask[0, 0] = 127
    first_shape, *other_shapes = image.shapes
    shape = first_shape.shape
    moved = replace(
        first_shape, shape=shape.with_geometry(replace(shape.geometry, x=shape.geometry.x + 1e-6))
    )
    layers = {**image.layers, "grader-2": image.layers["grader-2"].with_grade("dr", 0)}
    variants = [
        replace(image, pixels=pixels),
        replace(image, masks={**image.masks, "OD": mask}),
        replace(image, masks={"OD": image.masks["OD"]}),
        replace(image, grades={**image.grades, "dr": 3}),
        replace(image, points={"fovea": (31.5, 22.5)}),
        replace(image, shapes=(moved, *other_shapes)),
        replace(image, shapes=(replace(first_shape, rule="3/3"), *other_shapes)),
        replace(image, decisions=()),
        replace(image, agreement={}),
        replace(image, layers=layers),
        replace(image, votes={}),
        replace(image, split="test"),
        replace(image, eye="OD"),
    ]
    assert isinstance(shape.geometry, Ellipse)
    hashes = [write(tmp_path / "v.h5", [variant, other]) for variant in variants]
    hashes.append(write(tmp_path / "v.h5", [image, other], rules={}))
    hashes.append(write(tmp_path / "v.h5", [image]))
    assert len({first, *hashes}) == len(hashes) + 1


def test_plain_h5py_reads_the_layout_as_documented(snapshot_file):
    with h5py.File(snapshot_file) as file:
        assert file.userblock_size == 512
        assert file.attrs["layout"] == 2
        assert file["images/photo 001/pixels"].shape == (40, 52, 3)
        assert set(np.unique(file["images/photo 001/masks/OD"])) == {0, 127, 255}
        assert file["index"].asstr()[0].startswith('{"channels":3,')
        assert file["images/photo 001/shapes"].asstr()[0].startswith('[{"compliant":true,')


def test_masks_take_next_to_nothing(tmp_path, make_image):
    size = (1000, 1000)
    pixels, empty = np.zeros((*size, 3), dtype=np.uint8), np.zeros(size, dtype=np.uint8)
    sizes = []
    for masks in ({}, dict.fromkeys(("MA", "iHE", "HaEx", "CWS"), empty)):
        write(tmp_path / "s.h5", [make_image(1, pixels=pixels, masks=masks)])
        sizes.append((tmp_path / "s.h5").stat().st_size)
    assert sizes[1] - sizes[0] < 60_000  # of four million bytes


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "a/b"},
        {"name": ".."},
        {"name": ""},
        {"name": "\udcff"},
        {"split": "training"},
        {"eye": "left"},
        {"modality": "octa"},
        {"masks": {"OD": np.zeros((40, 51), dtype=np.uint8)}},
        {"masks": {"OD": np.full((40, 52), 1, dtype=np.uint8)}},
        {"masks": {"OD": np.zeros((40, 52), dtype=bool)}},
        {"masks": {"blood": np.zeros((40, 52), dtype=np.uint8)}},
        {"grades": {"dr": 7}},
        {"grades": {"mood": 1}},
        {"points": {"fovea": (float("nan"), 2.0)}},
        {"pixels": np.zeros((40, 52, 4), dtype=np.uint8)},
        {"pixels": np.zeros((40, 52, 3), dtype=np.uint16)},
        {"pixels": np.zeros((0, 52, 3), dtype=np.uint8)},
    ],
)
def test_an_impossible_image_is_refused(make_image, changes):
    with pytest.raises(RetinaError):
        make_image(1, **changes)


def test_failures_on_the_way_leave_the_old_file_whole(snapshot_file, make_image):
    before = snapshot_file.read_bytes()

    def breaking():
        yield make_image(5)
        raise RuntimeError("the study went away")

    with pytest.raises(RuntimeError, match="went away"):
        write(snapshot_file, breaking())
    with pytest.raises(RetinaError, match="Two images are named photo 005"):
        write(snapshot_file, [make_image(5), make_image(5)])
    with pytest.raises(RetinaError, match="could not be written"):
        write(snapshot_file, [make_image(5, votes={"weight": float("nan")})])
    assert snapshot_file.read_bytes() == before
    assert list(snapshot_file.parent.iterdir()) == [snapshot_file]


def test_a_write_that_fails_anywhere_leaves_the_old_file_whole(snapshot_file, make_image):
    """The kernel refuses to let the file grow past a limit, for real; HDF5 must not take the process down."""
    resource = pytest.importorskip("resource")  # POSIX
    before = snapshot_file.read_bytes()
    images = [make_image(n, 120, 130) for n in range(4)]
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    outcomes = []
    for limit in [0, 100, 511, 600, 3000, *range(20_000, 260_000, 9_000)]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
        try:
            write(snapshot_file, images)
            outcomes.append("written")
        except RetinaError as error:
            assert "File too large" in str(error)  # noqa: PT017
            outcomes.append("refused")
            assert snapshot_file.read_bytes() == before
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        assert list(snapshot_file.parent.iterdir()) == [snapshot_file]
        before = snapshot_file.read_bytes()
    assert outcomes.index("written") > 10
    assert outcomes[-1] == "written"
    assert verify_snapshot(snapshot_file) == []


def test_a_full_disk_leaves_a_folder_as_it_was(tmp_path, make_image):
    resource = pytest.importorskip("resource")  # POSIX
    folder, images = tmp_path / "snapshots", [make_image(n, 120, 130) for n in range(3)]
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    for there in (None, make_image(9)):
        expected = [write(folder, [there])[:16]] if there else []
        for limit in (0, 600, 20_000, 100_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
            try:
                with pytest.raises(RetinaError, match="could not be written: File too large"):
                    write(folder, images)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
            found = sorted(folder.iterdir()) if folder.exists() else []
            assert [path.stem for path in found] == expected
            assert all(verify_snapshot(path) == [] for path in found)


def test_in_a_folder_a_damaged_snapshot_is_replaced_and_another_left_alone(tmp_path, make_image):
    named = write(tmp_path, [make_image(1)])
    path = snapshot_path(tmp_path, named)
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-9])
    assert write(tmp_path, [make_image(1)]) == named
    assert verify_snapshot(path) == []
    path.unlink()
    write(tmp_path / "other.h5", [make_image(2)])
    (tmp_path / "other.h5").rename(path)
    with pytest.raises(RetinaError, match="holds a snapshot of another content"):
        write(tmp_path, [make_image(1)])
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_may_write_to_a_snapshot(tmp_path, make_image):
    for _ in range(2):  # nor does that hinder the next one of this name
        write(tmp_path / "s.h5", [make_image(1)])
        assert (tmp_path / "s.h5").stat().st_mode & 0o222 == 0


def test_an_unwritable_place_is_one_sentence(tmp_path, make_image):
    (tmp_path / "file").write_text("")
    with pytest.raises(RetinaError, match="could not be written"):
        write(tmp_path / "file" / "s.h5", [make_image(1)])


def test_a_second_writer_is_turned_away_and_the_first_is_not_disturbed(snapshot_file, make_image):
    def images():
        yield make_image(1)
        with pytest.raises(RetinaError, match="another process is writing"):
            write(snapshot_file, [make_image(8)])
        yield make_image(2)

    write(snapshot_file, images())
    with Snapshot(snapshot_file) as snapshot:
        assert [entry.name for entry in snapshot.entries] == ["photo 001", "photo 002"]
    assert list(snapshot_file.parent.iterdir()) == [snapshot_file]


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[2])
from conftest import curated
from pathlib import Path
from retina_studio.store.write import write_snapshot
def images():
    for number in range(1000):
        print(number, flush=True)
        yield curated(number, 200, 200)
write_snapshot(Path(sys.argv[1]), images(), study_id="study", rules={})
"""


def test_a_killed_writer_leaves_the_old_file_and_the_next_one_succeeds(snapshot_file, make_image, request):
    before = snapshot_file.read_bytes()
    here = str(request.path.parent)
    for after in (1, 20):
        writer = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(snapshot_file), here], stdout=subprocess.PIPE, text=True
        )
        with writer:
            while int(writer.stdout.readline()) < after:
                pass
            os.kill(writer.pid, signal.SIGKILL)
        assert writer.returncode == -signal.SIGKILL
        assert snapshot_file.read_bytes() == before
        assert verify_snapshot(snapshot_file) == []
    write(snapshot_file, [make_image(9)])
    assert list(snapshot_file.parent.iterdir()) == [snapshot_file]


def test_a_killed_writer_leaves_the_other_snapshots_of_a_folder(tmp_path, make_image, request):
    path = snapshot_path(tmp_path, write(tmp_path, [make_image(1)]))
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(request.path.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        while int(writer.stdout.readline()) < 10:
            pass
        os.kill(writer.pid, signal.SIGKILL)
    assert verify_snapshot(path) == []
    second = snapshot_path(tmp_path, write(tmp_path, [make_image(2)]))
    assert sorted(tmp_path.iterdir()) == sorted([path, second])


def test_memory_does_not_grow_with_the_number_of_images(tmp_path, make_image):
    def peak(count):
        tracemalloc.start()
        write(tmp_path / "s.h5", (make_image(n, 256, 256) for n in range(count)))
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(2)  # imports and caches
    one_image = 256 * 256 * 5
    assert peak(40) - peak(6) < one_image
