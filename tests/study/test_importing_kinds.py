"""Imports of DICOM, volumes and archives; names, dates and duplicates; stopping and going on."""

import threading
import time

import cv2
import numpy as np
import pytest
from scan_examples import NUMBER, TOMOGRAPHY, archive, bscans, dicom, encoded, photograph, volume_groups

from retina_studio.cli import main
from retina_studio.domain.errors import RetinaError
from retina_studio.exchange.transfer import import_labels
from retina_studio.images.metadata import read_sidecar
from retina_studio.images.read import read_image
from retina_studio.study import image_files, taking
from retina_studio.study.importing import import_images
from retina_studio.study.recording import study_name_of
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


def picture(seed):
    return np.random.default_rng(seed).integers(0, 255, (24, 32, 3), dtype=np.uint8)


@pytest.fixture
def volume_file(tmp_path):
    (tmp_path / "IM0001").write_bytes(dicom(bscans(), TOMOGRAPHY, "OPT", **volume_groups()))
    return tmp_path / "IM0001"


def test_a_volume_becomes_an_image_per_bscan(study, volume_file):
    report = import_images(study, [volume_file])
    assert report.imported == ["IM0001_b001", "IM0001_b002", "IM0001_b003"]
    images = study.images()
    assert [(i.bscan, i.bscans) for i in images] == [(1, 3), (2, 3), (3, 3)]
    assert len({i.volume for i in images}) == 1
    assert images[0].volume.startswith("V-")
    assert {(i.modality, i.eye, i.spacing) for i in images} == {("oct", "OS", (0.012, 0.004))}
    assert all(
        np.array_equal(read_image(study.image_file(i)), p) for i, p in zip(images, bscans(), strict=True)
    )
    assert study_problems(study) == []


def test_dates_are_moved_and_the_interval_stays(study, tmp_path):
    for name, day in (("a.dcm", "20210304"), ("b.dcm", "20210404")):
        (tmp_path / name).write_bytes(dicom(picture(ord(name[0])), AcquisitionDateTime=day))
    import_images(study, [tmp_path / "a.dcm", tmp_path / "b.dcm"])
    first, second = study.images()
    days = np.datetime64(second.acquired) - np.datetime64(first.acquired)
    assert days == np.timedelta64(31, "D")
    assert first.acquired < "2021-03-04"
    assert first.patient == second.patient


def test_nothing_that_tells_who_it_is_reaches_the_study(study, tmp_path):
    (tmp_path / "Doe_Jane_MRN-0012345.dcm").write_bytes(dicom(photograph()))
    (image,) = [
        study.image(n) for n in import_images(study, [tmp_path / "Doe_Jane_MRN-0012345.dcm"]).imported
    ]
    assert image.name == image.patient
    study.database.close()
    everything = b"".join(p.read_bytes() for p in study.folder.rglob("*") if p.is_file())
    assert not any(
        word in everything for word in (b"Doe", b"Jane", NUMBER.encode(), b"0012345", b"Clinic", b"20210304")
    )


def test_mixed_kinds_and_an_archive_in_one_import(study, tmp_path, volume_file):
    packed = {
        "x/a.png": encoded(picture(1)),
        "x/b.jpg": encoded(picture(2), ".jpg"),
        "x/bad.png": b"\x89PNG\r\n\x1a\n",
    }
    (tmp_path / "x.zip").write_bytes(archive(packed))
    (tmp_path / "c_OD.bmp").write_bytes(encoded(picture(3), ".bmp"))
    report = import_images(study, [tmp_path])
    assert set(report.imported) == {"a", "b", "c_OD", "IM0001_b001", "IM0001_b002", "IM0001_b003"}
    assert len(report.refused) == 1
    assert "bad.png" in report.refused[0]
    assert {i.name: i.modality for i in study.images()}["IM0001_b002"] == "oct"


def test_the_same_pixels_in_another_container_are_a_duplicate(study, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for suffix in (".png", ".bmp", ".tif"):
        (folder / f"a{suffix}").write_bytes(encoded(picture(1), suffix))
    jpeg = encoded(picture(2), ".jpg")
    (folder / "b.jpg").write_bytes(jpeg)
    (folder / "c.jpg").write_bytes(jpeg[:2] + b"\xff\xfe\x00\x06note" + jpeg[2:])
    report = import_images(study, [folder])
    assert report.imported == ["a", "b"]
    assert set(report.duplicates.values()) == {"a", "b"}
    assert len(report.duplicates) == 3
    again = import_images(study, [folder])
    assert (again.imported, len(again.duplicates)) == ([], 5)


def test_names_of_people_are_replaced_and_labels_still_find_their_image(study, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Jane_Doe_OD.png").write_bytes(encoded(picture(1)))
    report = import_images(study, [tmp_path / "in"])
    (name,) = report.imported
    assert report.renamed == [name]
    assert name == f"{study.image(name).patient}_OD"
    assert study_name_of(study, "Jane_Doe_OD") == name
    assert study_name_of(study, "John_Doe_OD") == "John_Doe_OD"
    mask = np.zeros((24, 32), np.uint8)
    mask[5:15, 5:15] = 255
    (tmp_path / "masks" / "OD").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "masks" / "OD" / "Jane_Doe_OD.png"), mask)
    study.add_grader("Ada")
    assert import_labels(study, tmp_path / "masks", study.grader("Ada"), "masks") == 1


def test_the_rule_for_names(study, tmp_path):
    sidecar = tmp_path / "s.csv"
    sidecar.write_text("image,patient,eye\nk77_1,77,OD\nx_2,88,OS\n", "utf-8")
    (tmp_path / "k77_1.png").write_bytes(encoded(picture(1)))
    (tmp_path / "x_2.png").write_bytes(encoded(picture(2)))
    listed = read_sidecar(sidecar)
    (one,) = import_images(study, [tmp_path / "k77_1.png"], sidecar=listed, names="pseudonym").imported
    assert one == f"{study.image(one).patient}_OD"
    assert import_images(study, [tmp_path / "x_2.png"], sidecar=listed).imported == ["x_2"]


def test_writing_in_the_picture_is_pointed_out(study, tmp_path):
    plain = np.zeros((400, 600, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "plain.png"), plain)
    cv2.putText(plain, "DOE JANE 1950", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    cv2.imwrite(str(tmp_path / "written.png"), plain)
    assert import_images(study, [tmp_path]).burnt_in == ["written"]


def test_a_header_that_tells_of_writing_is_believed(study, tmp_path):
    (tmp_path / "a.dcm").write_bytes(dicom(photograph(), BurnedInAnnotation="YES"))
    report = import_images(study, [tmp_path / "a.dcm"])
    assert report.burnt_in == report.imported


def test_large_files_are_taken_one_at_a_time(study, tmp_path, monkeypatch):
    monkeypatch.setattr(taking, "_LARGE", 100)
    inside, most = [], []
    opened = taking.open_scan

    def watched(content, name):
        inside.append(name)
        time.sleep(0.02)
        most.append(len(inside))
        inside.remove(name)
        return opened(content, name)

    monkeypatch.setattr(taking, "open_scan", watched)
    import_images(study, [many(tmp_path / "in", 6)])
    assert most == [1] * 6


def test_many_files_of_one_name_are_numbered(study, tmp_path):
    for number in range(5):
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}" / "OD.png").write_bytes(encoded(picture(number)))
    assert import_images(study, [tmp_path / f"p{n}" for n in (0, 1, 2)]).imported == ["OD", "OD-2", "OD-3"]
    assert import_images(study, [tmp_path]).imported == ["OD-4", "OD-5"]


def many(folder, count):
    folder.mkdir()
    for number in range(count):
        (folder / f"im{number:03d}.png").write_bytes(encoded(picture(number)))
    return folder


def test_an_import_that_was_stopped_goes_on(study, tmp_path):
    folder = many(tmp_path / "in", 30)
    first = import_images(study, [folder], progress=lambda done, _: done < 11)
    assert first.imported == [f"im{n:03d}" for n in range(11)]
    assert study_problems(study) == []
    second = import_images(study, [folder])
    assert len(second.imported) == 19
    assert len(second.duplicates) == 11
    assert len(study.images()) == 30


def test_a_volume_that_was_cut_short_is_made_whole(study, volume_file, monkeypatch):
    written, keep = [], image_files.write_whole

    def full_after_two(path, content, mode):
        if len(written) == 2:
            raise RetinaError("The disk is full.")
        written.append(path)
        keep(path, content, mode)

    monkeypatch.setattr(image_files, "write_whole", full_after_two)
    with pytest.raises(RetinaError, match="full"):
        import_images(study, [volume_file])
    assert study.images() == []
    monkeypatch.undo()
    assert len(import_images(study, [volume_file]).imported) == 3


def test_each_image_is_told_after_it_is_recorded(study, tmp_path):
    folder = many(tmp_path / "in", 20)
    seen = []

    def look(image):
        with Study.open(study.folder) as other:
            assert other.image(image.name) == image
        assert study.image_file(image).is_file()
        assert threading.current_thread() is threading.main_thread()
        seen.append(image.name)

    report = import_images(study, [folder], on_image=look)
    assert seen == report.imported
    assert len(seen) == 20


def test_two_programs_may_import_at_once(study, tmp_path):
    folder = many(tmp_path / "in", 12)

    def other_imports(done, _):
        if done == 6:
            with Study.open(study.folder) as other:
                import_images(other, [folder])
        return True

    report = import_images(study, [folder], progress=other_imports)
    assert len(study.images()) == 12
    assert len(report.duplicates) + len(report.imported) == 12
    assert study_problems(study) == []


def command(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    said = capsys.readouterr()
    return end.value.code or 0, said.out, said.err


def test_the_command_says_what_became_of_mixed_files(study, tmp_path, volume_file, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Jane_Doe.png").write_bytes(encoded(picture(1)))
    (folder / "bad.jpg").write_bytes(b"no picture")
    written = np.zeros((400, 600, 3), np.uint8)
    cv2.putText(written, "DOE JANE 1950", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    cv2.imwrite(str(folder / "written.png"), written)
    code, out, err = command(capsys, "import", study.folder, folder, volume_file)
    assert code == 1
    assert "5 imported, 0 there already." in out
    assert "1 got a pseudonym" in out
    assert "bad.jpg is not a" in err
    assert "Look at written: there seems to be writing" in err
    assert "Jane" not in out + err
    _, out, _ = command(capsys, "import", study.folder, folder, volume_file, "--names", "keep")
    assert "0 imported, 3 there already." in out
