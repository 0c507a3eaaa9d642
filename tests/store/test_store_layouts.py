"""Layout 1 is still read; and the file is read without this program, by h5py and h5dump."""

import json
import shutil
import subprocess

import h5py
import numpy as np
import pytest

from retina_studio.domain.voting.outcome import ConsensusShape
from retina_studio.store.diff import diff_snapshots
from retina_studio.store.layout import USER_BLOCK, content_hash, seal, text_hash, to_json
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.store.write import write_snapshot


def write_layout_1(path, image):
    """One image as version 1 of the layout had it, written by plain h5py."""
    texts = {
        "shapes": [entry.shape.to_dict() for entry in image.shapes],
        "votes": dict(image.votes),
        "layers": {name: grading.to_dict() for name, grading in image.layers.items()},
    }
    planes = {"pixels": image.pixels, **{f"masks/{code}": mask for code, mask in image.masks.items()}}
    sums = {part: text_hash(values.tobytes()) for part, values in planes.items()}
    with h5py.File(path, "w", userblock_size=USER_BLOCK, libver=("v110", "v110")) as file:
        for part, values in planes.items():
            file.create_dataset(f"images/{image.name}/{part}", data=values, chunks=True, compression="gzip")
        for part, value in texts.items():
            text = to_json(value).encode()
            file[f"images/{image.name}/{part}"] = np.array(
                [text], dtype=h5py.string_dtype("utf-8", len(text))
            )
            sums[part] = text_hash(text)
        record = {
            "name": image.name, "modality": "fundus", "eye": image.eye, "patient": image.patient,
            "split": image.split, "source_sha256": image.source_sha256, "height": 40, "width": 52, "channels": 3,
            "grades": dict(image.grades), "points": {code: list(xy) for code, xy in image.points.items()},
            "sha256": sums,
        }  # fmt: skip
        text, rules = to_json(record).encode(), b'{"graders":3}'
        file["index"] = np.array([text], dtype=h5py.string_dtype("utf-8", len(text)))
        file["rules"] = np.array([rules], dtype=h5py.string_dtype("utf-8", len(rules)))
        file.attrs["layout"] = 1
        file.attrs["content_hash"] = content_hash([text], {"graders": 3}, 1)
        file.attrs["study_id"], file.attrs["software_version"] = "study", "0.1"
    with path.open("r+b") as file:
        block = seal(file)
        file.seek(0)
        file.write(block)


@pytest.fixture
def old_file(tmp_path, make_image):
    write_layout_1(tmp_path / "old.h5", make_image(1))
    return tmp_path / "old.h5"


def test_layout_1_is_read_and_verified(old_file, make_image):
    image = make_image(1)
    assert verify_snapshot(old_file) == []
    with Snapshot(old_file) as snapshot:
        assert (snapshot.layout, snapshot.audit_head, snapshot.audit_rows) == (1, "", 0)
        assert np.array_equal(snapshot.pixels(0), image.pixels)
        assert np.array_equal(snapshot.mask(0, "OD"), image.masks["OD"])
        assert snapshot.shapes(0) == tuple(entry.shape for entry in image.shapes)
        assert snapshot.consensus(0)[0] == ConsensusShape(image.shapes[0].shape, {}, "")
        assert (snapshot.decisions(0), snapshot.agreement(0)) == ((), {})
        assert snapshot.layers(0) == image.layers


def test_the_layout_alone_is_no_difference(old_file, tmp_path, make_image):
    write_snapshot(tmp_path / "new.h5", [make_image(1)], study_id="study", rules={"graders": 3})
    found = diff_snapshots(old_file, tmp_path / "new.h5")
    assert found.layouts == (1, 2)
    assert found.same


def test_plain_h5py_reads_everything(snapshot_file, make_image):
    image = make_image(1)
    with h5py.File(snapshot_file) as file:
        assert dict(file.attrs) == {
            "layout": 2, "content_hash": file.attrs["content_hash"], "study_id": "study",
            "audit_head": "", "audit_rows": 0, "software_version": file.attrs["software_version"],
            "written_at": file.attrs["written_at"],
        }  # fmt: skip
        record = json.loads(file["index"][0])
        group = file["images"][record["name"]]
        assert np.array_equal(group["pixels"][()], image.pixels)
        assert set(group["masks"]) == {"OD", "MA"}
        assert np.array_equal(group["masks/OD"][()], image.masks["OD"])
        assert group["masks/MA"].id.get_num_chunks() == 0  # nothing but zeros takes no room
        assert not group["masks/MA"][()].any()
        assert [entry["rule"] for entry in json.loads(group["shapes"][0])] == [
            entry.rule for entry in image.shapes
        ]
        assert json.loads(group["agreement"][0]) == image.agreement
        assert json.loads(group["decisions"][0])[0]["by"] == "adjudicator-4"
        assert json.loads(file["rules"][0]) == {"graders": 3}


def test_h5dump_reads_everything(snapshot_file):
    h5dump = shutil.which("h5dump")
    if h5dump is None:
        pytest.skip("h5dump is not installed here (Debian: hdf5-tools)")
    told = subprocess.run([h5dump, snapshot_file], capture_output=True, text=True, check=True).stdout
    assert 'GROUP "photo 002"' in told
    assert "grader-2" in told
    mask = [h5dump, "-d", "/images/photo 001/masks/OD", snapshot_file]
    assert "127" in subprocess.run(mask, capture_output=True, text=True, check=True).stdout
