"""Damage: every flipped byte, every cut; and files that are something else."""

import random

import h5py
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.store.layout import seal
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.store.write import write_snapshot


def reseal(path):
    """What a careful forger would do: the seal fits again."""
    with path.open("r+b") as file:
        block = seal(file)
        file.seek(0)
        file.write(block)


def test_a_sound_file_has_no_problems(snapshot_file):
    assert verify_snapshot(snapshot_file) == []


def test_any_flipped_byte_is_found(snapshot_file):
    whole = snapshot_file.read_bytes()
    chance = random.Random(7)
    offsets = {0, 30, 40, 100, 300, 511, 512, len(whole) - 1, *chance.sample(range(len(whole)), 300)}
    for offset in offsets:
        damaged = bytearray(whole)
        damaged[offset] ^= chance.randrange(1, 256)
        snapshot_file.write_bytes(damaged)
        problems = verify_snapshot(snapshot_file)
        assert problems, f"the byte at {offset} was changed unseen"
        assert all(problem.endswith((".", "`.")) and "\n" not in problem for problem in problems)


def test_the_damaged_image_and_part_are_named(snapshot_file, make_image):
    whole = bytearray(snapshot_file.read_bytes())
    with h5py.File(snapshot_file) as file:
        chunk = file["images/photo 002/pixels"].id.get_chunk_info(0)
    whole[512 + chunk.byte_offset + chunk.size // 2] ^= 1
    snapshot_file.write_bytes(whole)
    problems = verify_snapshot(snapshot_file)
    assert len(problems) == 1
    assert "the pixels of photo 002" in problems[0]
    with Snapshot(snapshot_file) as snapshot:
        assert np.array_equal(snapshot.pixels(0), make_image(1).pixels)
        with pytest.raises(RetinaError, match="photo 002"):
            snapshot.pixels(1)


@pytest.mark.parametrize("name", ["pixels", "masks/OD"])
def test_a_resealed_change_of_the_data_is_still_found(snapshot_file, name):
    with h5py.File(snapshot_file, "r+") as file:
        file[f"images/photo 001/{name}"][0, 0] = 77
    reseal(snapshot_file)
    assert verify_snapshot(snapshot_file) == [
        f"{snapshot_file} is damaged: the {name} of photo 001 have changed."
    ]


def test_a_resealed_change_of_the_index_is_still_found(snapshot_file):
    with h5py.File(snapshot_file, "r+") as file:
        file["index"][0] = file["index"][0].replace(b'"eye":"OS"', b'"eye":"OD"')
    reseal(snapshot_file)
    with pytest.raises(RetinaError, match="content hash"):
        Snapshot(snapshot_file)


def test_any_cut_is_refused_and_found(snapshot_file):
    whole = snapshot_file.read_bytes()
    for size in [0, 1, 100, 512, 513, 2000, len(whole) // 2, len(whole) - 1]:
        snapshot_file.write_bytes(whole[:size])
        assert len(verify_snapshot(snapshot_file)) == 1
        with pytest.raises(RetinaError):
            Snapshot(snapshot_file)
    snapshot_file.write_bytes(whole + b"\0")
    assert len(verify_snapshot(snapshot_file)) == 1


def test_a_newer_layout_is_refused(snapshot_file):
    with h5py.File(snapshot_file, "r+") as file:
        file.attrs["layout"] = 3
    reseal(snapshot_file)
    with pytest.raises(RetinaError, match=r"has layout 3 and .* reads layouts up to 2: update the program"):
        Snapshot(snapshot_file)
    assert "layout 3" in verify_snapshot(snapshot_file)[0]


def test_other_files_are_refused(tmp_path):
    plain, text = tmp_path / "plain.h5", tmp_path / "text.h5"
    with h5py.File(plain, "w") as file:
        file["index"] = [1, 2]
    text.write_text("label,x,y\n" * 100)
    for path in (plain, text):
        with pytest.raises(RetinaError, match="is not a curated store"):
            Snapshot(path)
        assert len(verify_snapshot(path)) == 1
    for path in (tmp_path / "absent.h5", tmp_path):
        with pytest.raises(RetinaError, match="cannot be opened"):
            Snapshot(path)
        assert len(verify_snapshot(path)) == 1


def test_a_link_to_another_file_is_not_followed(snapshot_file, tmp_path, make_image):
    other = tmp_path / "other.h5"
    write_snapshot(other, [make_image(1)], study_id="x", rules={})
    with h5py.File(snapshot_file, "r+") as file:
        del file["images/photo 001/pixels"]
        file["images/photo 001/pixels"] = h5py.ExternalLink(str(other), "images/photo 001/pixels")
    reseal(snapshot_file)
    assert any("the pixels of photo 001" in problem for problem in verify_snapshot(snapshot_file))


def test_unanswered_labels_and_points_are_refused(snapshot_file):
    with Snapshot(snapshot_file) as snapshot:
        assert not snapshot.mask(0, "MA").any()
        with pytest.raises(RetinaError, match="no mask of HaEx"):
            snapshot.mask(0, "HaEx")
        with pytest.raises(RetinaError, match="no point for OD"):
            snapshot.point(0, "OD")
