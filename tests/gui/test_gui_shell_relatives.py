"""Which images are worth seeing side by side, and which make a volume."""

from retina_studio.gui.features.relatives import Relatives, comparable, other_eye
from retina_studio.study.records import ImageRecord


def image(number, name, eye="OD", patient="p", acquired="", volume="", bscan=0, bscans=0, modality="fundus"):
    return ImageRecord(
        number, name, name, "", modality, eye, patient, "", 400, 300, None, acquired, volume, bscan, bscans
    )


OPEN = image(1, "open", acquired="2024-05-01")
NEAR = image(2, "near", acquired="2024-03-01")
FAR = image(3, "far", acquired="2020-01-01")
UNDATED = image(4, "undated")
OTHER = image(5, "other", eye="OS", acquired="2024-05-01")
SCAN = image(6, "scan", modality="oct")


def test_the_same_eye_comes_first_and_the_nearest_visit_before_the_others():
    found = comparable(OPEN, [SCAN, OTHER, UNDATED, FAR, OPEN, NEAR])
    assert [one.name for one in found] == ["near", "far", "undated", "other"]


def test_the_other_eye_is_known_by_its_side_only():
    assert other_eye(OPEN, [NEAR, OTHER]) == OTHER
    assert other_eye(OPEN, [NEAR]) is None
    assert other_eye(image(9, "x", eye=""), [OTHER]) is None


def test_of_another_volume_the_b_scan_at_the_same_place_is_offered():
    def scan(number, volume, place, count):
        return image(number, f"{volume}{place}", modality="oct", volume=volume, bscan=place, bscans=count)

    own = [scan(place, "a", place, 5) for place in range(1, 6)]
    later = [scan(10 + place, "b", place, 10) for place in range(1, 11)]
    assert [one.name for one in comparable(own[3], [*own, *later])] == ["b8"]


class _Study:
    def __init__(self, images):
        self.kept, self.asked = images, 0

    def images(self):
        self.asked += 1
        return self.kept


def test_relatives_are_read_once_and_again_for_a_new_image():
    study = _Study([OPEN, NEAR, image(7, "stranger", patient="q")])
    relatives = Relatives(study)
    assert [one.name for one in relatives.of_patient(OPEN)] == ["open", "near"]
    assert [one.name for one in relatives.of_patient(NEAR)] == ["open", "near"]
    assert study.asked == 1
    study.kept = [*study.kept, FAR]
    assert FAR in relatives.of_patient(FAR)
    assert relatives.of_volume(OPEN) == []
    assert study.asked == 2


def test_an_image_of_nobody_has_no_relatives():
    lone = image(8, "lone", patient="")
    assert list(Relatives(_Study([lone, image(9, "too", patient="")])).of_patient(lone)) == [lone]


def test_a_volume_is_in_the_order_of_its_b_scans():
    scans = [image(n, f"s{n}", volume="v", bscan=n, bscans=3, modality="oct") for n in (3, 1, 2)]
    assert [scan.bscan for scan in Relatives(_Study(scans)).of_volume(scans[0])] == [1, 2, 3]
