import errno
import os
import stat

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.images.deidentify import sha256
from retina_studio.images.metadata import read_sidecar
from retina_studio.images.read import read_image
from retina_studio.study.importing import import_images
from retina_studio.study.verify import study_problems


def test_pixels_eye_and_pseudonym(study, pictures):
    report = import_images(study, [pictures])
    assert report.imported == ["p1_OD", "p1_OS", "p2_OD"]
    images = study.images()
    assert [image.eye for image in images] == ["OD", "OS", "OD"]
    assert images[0].patient == images[1].patient != images[2].patient
    assert "p1" not in images[0].patient
    for image in images:
        stored = study.image_file(image)
        assert np.array_equal(read_image(stored), read_image(pictures / f"{image.name}.png"))
        assert sha256(stored.read_bytes()) == image.sha256
        assert (image.width, image.height) == (60, 40)
        assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert study_problems(study) == []


def test_the_same_file_is_imported_once_and_reported(study, pictures):
    import_images(study, [pictures])
    (pictures / "copy.png").write_bytes((pictures / "p1_OD.png").read_bytes())
    again = import_images(study, [pictures])
    assert again.imported == []
    assert again.duplicates[str(pictures / "copy.png")] == "p1_OD"
    assert len(study.images()) == 3


def test_two_files_of_one_name_get_two_names(study, pictures, tmp_path):
    import_images(study, [pictures])
    other = tmp_path / "other"
    other.mkdir()
    cv2.imwrite(str(other / "p1_OD.png"), np.full((9, 9), 7, np.uint8))
    assert import_images(study, [other]).imported == ["p1_OD-2"]


def test_a_bad_file_is_named_and_the_rest_goes_on(study, pictures):
    (pictures / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    (pictures / "empty.png").touch()
    report = import_images(study, [pictures])
    assert len(report.imported) == 3
    assert len(report.refused) == 2
    assert all("broken.jpg" in s or "empty.png" in s for s in report.refused)


def test_facts_of_the_sidecar_win(study, pictures, tmp_path):
    sidecar = tmp_path / "images.csv"
    sidecar.write_text("image,eye,patient,split\np1_OD.png,OS,77,test\nother,,,\n", "utf-8")
    report = import_images(study, [pictures], sidecar=read_sidecar(sidecar))
    assert report.unmatched == ["other"]
    assert report.telling == []
    image = study.image("p1_OD")
    assert (image.eye, image.split) == ("OS", "test")
    assert image.patient != study.image("p1_OS").patient


def test_progress_counts_and_stops(study, pictures):
    seen = []

    def stop_after_one(done, total):
        seen.append((done, total))
        return done < 1

    assert len(import_images(study, [pictures], progress=stop_after_one).imported) == 1
    assert seen[:2] == [(0, 3), (1, 3)]


@pytest.mark.parametrize("kind", ["missing", "hollow"])
def test_a_path_without_images_gets_one_sentence(study, tmp_path, kind):
    if kind == "hollow":
        (tmp_path / "hollow").mkdir()
    with pytest.raises(RetinaError, match=r"does not exist|holds no JPEG"):
        import_images(study, [tmp_path / kind])


def test_a_full_disk_leaves_no_half_image(study, pictures, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RetinaError, match="No space left"):
        import_images(study, [pictures])
    monkeypatch.undo()
    assert study.images() == []
    assert not list((study.folder / "images").rglob("*.part"))
    assert len(import_images(study, [pictures]).imported) == 3


def test_unknown_image_names_are_made_safe(study, tmp_path):
    bad = tmp_path / "a:b*c?.png"
    cv2.imwrite(str(bad), np.full((9, 9), 3, np.uint8))
    assert import_images(study, [bad]).imported == ["a_b_c_"]


def test_a_name_that_holds_the_patient_is_pointed_out(study, pictures, tmp_path):
    sidecar = tmp_path / "images.csv"
    sidecar.write_text("image,patient\np1_OD,P1\np2_OD,77\n", "utf-8")
    report = import_images(study, [pictures], sidecar=read_sidecar(sidecar), names="keep")
    assert report.telling == ["p1_OD"]
    assert report.renamed == []


def test_a_file_name_that_is_no_text_is_imported(study, tmp_path):
    file = tmp_path / os.fsdecode(b"eye\xfe.png")
    file.write_bytes(cv2.imencode(".png", np.full((9, 9), 5, np.uint8))[1].tobytes())
    assert import_images(study, [file]).imported == ["eye_"]
