"""From assignment to snapshot, on both databases: phantoms always, real photographs where they are."""

import cv2
import numpy as np
import pytest
from whole_protocol import real_truths, run

from retina_studio.domain.grading import Grading
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.exchange.transfer import import_labels
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.store.read import Snapshot
from retina_studio.study.assigning import assign
from retina_studio.study.consensus import run_vote
from retina_studio.study.curation import curate
from retina_studio.study.importing import import_images
from retina_studio.study.snapshot_check import snapshot_problems
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


@pytest.fixture
def study_url(either_url):
    return either_url


def check(figures, images):
    assert figures["problems"] == []
    assert figures["images"] == figures["settled"] == images
    assert figures["given"] >= 3 * images
    assert figures["decided"] > 0


def test_phantoms_from_assignment_to_snapshot(tmp_path, study_url):
    truths = {}
    for number in range(6):
        phantom = fundus_phantom(number, size=(240, 240))
        name = f"p{number}_OD"
        cv2.imwrite(str(tmp_path / f"{name}.png"), cv2.cvtColor(phantom.pixels, cv2.COLOR_RGB2BGR))
        truths[name] = phantom.grading
    figures = run(tmp_path / "study", study_url, [tmp_path], truths.__getitem__, tmp_path / "store.h5")
    check(figures, 6)
    assert figures["dice with the truth"]["OD"] > 0.9


@pytest.mark.slow
@pytest.mark.real_data
def test_real_lesions_from_assignment_to_snapshot(tmp_path, study_url, real_data):
    pictures = sorted((real_data / "idrid" / "images").glob("*.jpg"))[:2]
    truths = real_truths(real_data / "idrid", pictures)
    assert all(isinstance(truth, Grading) and len(truth.shapes) > 20 for truth in truths.values())
    figures = run(tmp_path / "study", study_url, pictures, truths.__getitem__, tmp_path / "store.h5")
    check(figures, 2)
    dice = figures["dice with the truth"]
    assert dice["OD"] > 0.9
    assert dice["HaEx"] > 0.5


def drishti(folder, url, data, names, agreeing):
    """Drishti's counts, assigned to four graders, voted on and curated; every plane must be the set's own."""
    out = folder / "store.h5"
    with Study.create(folder / "study", url) as study:
        pictures = [data / "images" / f"{name}.jpg" for name in names]
        import_images(study, pictures, names="keep")
        graders = [study.add_grader(name) for name in ("Ada", "Ben", "Cleo", "Dan")]
        assert assign(study, per_image=4, seed=1).given == 4 * len(names)
        assert import_labels(study, data, graders, "counts", submit=True) == len(names)
        study.set_setting("vote", VoteRules(graders=4, agreeing=agreeing).to_dict(), "Ada")
        assert run_vote(study).settled == len(names)
        curate(study, out)
        assert [*study_problems(study), *snapshot_problems(study, out)] == []
    with Snapshot(out) as store:
        assert [entry.name for entry in store.entries] == names
        for entry in store.entries:
            for code, counts in (("OD", "od_graders"), ("OC", "oc_graders")):
                count = cv2.imread(str(data / counts / f"{entry.name}.png"), cv2.IMREAD_UNCHANGED)
                assert np.array_equal(store.mask(entry.index, code) == 255, count >= agreeing)


@pytest.mark.real_data
@pytest.mark.parametrize("agreeing", [2, 3])
def test_four_real_graders_from_assignment_to_snapshot(tmp_path, study_url, real_data, agreeing):
    data = tmp_path / "drishti"
    names = sorted(path.stem for path in (real_data / "drishti" / "images").glob("*.jpg"))[agreeing::36]
    for kind in ("od_graders/{}.png", "oc_graders/{}.png", "images/{}.jpg"):
        for name in names:
            copy = data / kind.format(name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((real_data / "drishti" / kind.format(name)).read_bytes())
    drishti(tmp_path, study_url, data, names, agreeing)


@pytest.mark.slow
@pytest.mark.real_data
def test_all_real_graders_from_assignment_to_snapshot(tmp_path, study_url, real_data):
    data = real_data / "drishti"
    names = sorted(path.stem for path in (data / "images").glob("*.jpg"))
    drishti(tmp_path, study_url, data, names, 2)
