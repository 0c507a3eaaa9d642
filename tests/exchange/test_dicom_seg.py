"""DICOM segmentations as pydicom and highdicom read them, there and back, and those of others."""

from dataclasses import replace

import cv2
import highdicom
import numpy as np
import pydicom
import pytest
from exchange_examples import HEIGHT, HOLE, RING, WIDTH, graded, layer, record, write_picture
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.exchange import dicom_seg
from retina_studio.images.read import read_image

SIZE = (HEIGHT, WIDTH)


@pytest.fixture
def grading():
    return graded(
        ("OD", Ellipse(40.3, 30.1, 12.5, 9.25, 31.0)),
        ("CWS", Polygon(RING, (HOLE,))),
        ("fovea", Point(12.125, 44.5)),
        grades={"gradability": "usable"},
        absent={"MA"},
        comment="seen by Dr. Roe",
    )


@pytest.fixture
def picture(tmp_path):
    return write_picture(tmp_path / "study" / "a.png")


@pytest.fixture
def written(tmp_path, grading, picture):
    image = record(spacing=(0.01, 0.012), acquired="2021-03-04", eye="OS")
    assert dicom_seg.write_labels(tmp_path / "out", iter([layer(grading, picture, image)])) == 1
    return tmp_path / "out" / "a.seg.dcm"


def read(path, image=None):
    (found,) = dicom_seg.read_labels(path)
    return found.read(image or record())


def changed(path, change):
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return path


def test_highdicom_reads_the_same_masks_and_codes(written, grading):
    segmentation = highdicom.seg.segread(written)
    labels = [segmentation.get_segment_description(n).segment_label for n in segmentation.segment_numbers]
    assert labels == ["MA", "CWS", "OD"]
    (_, _, source) = segmentation.get_source_image_uids()[0]
    pixels = segmentation.get_pixels_by_source_instance([source], assert_missing_frames_are_empty=True)
    for index, code in enumerate(labels):
        assert np.array_equal(pixels[0, ..., index] > 0, grading.mask(code, *SIZE))
    disc = segmentation.get_segment_description(3)
    assert (disc.segmented_property_type.value, disc.segmented_property_category.value) == (
        "81016008",
        "91723000",
    )
    assert disc.segmented_property_type.scheme_designator == "SCT"
    spot = segmentation.get_segment_description(2).segmented_property_type
    assert (spot.value, spot.scheme_designator) == ("CWS", "99RETINASTUDIO")


def test_the_image_beside_it_is_the_one_it_refers_to(written, picture):
    image, segmentation = pydicom.dcmread(written.with_name("a.dcm")), pydicom.dcmread(written)
    assert np.array_equal(image.pixel_array, read_image(picture))
    reference = segmentation.ReferencedSeriesSequence[0]
    assert reference.SeriesInstanceUID == image.SeriesInstanceUID
    assert reference.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID
    assert segmentation.StudyInstanceUID == image.StudyInstanceUID
    assert (image.PatientID, image.Laterality, image.Modality, image.StudyDate) == (
        "P-1",
        "L",
        "OP",
        "20210304",
    )
    assert [float(value) for value in image.PixelSpacing] == [0.012, 0.01]  # rows first
    assert image.PatientIdentityRemoved == segmentation.PatientIdentityRemoved == "YES"


def test_nothing_but_the_pseudonym_names_anybody(written):
    for name in ("a.dcm", "a.seg.dcm"):
        dataset = pydicom.dcmread(written.with_name(name))
        for keyword in (
            "PatientName",
            "PatientBirthDate",
            "PatientSex",
            "ReferringPhysicianName",
            "AccessionNumber",
        ):
            assert not dataset.get(keyword)
        content = written.with_name(name).read_bytes()
        assert b"Roe" not in content
        assert b"Ada" not in content


def test_uids_are_decided_by_study_image_and_content(tmp_path, written, grading, picture):
    def uids(folder, content, **values):
        image = record(spacing=(0.01, 0.012), acquired="2021-03-04", eye="OS")
        entry = layer(content, picture, image, **values)
        dicom_seg.write_labels(tmp_path / folder, iter([entry]))
        files = [pydicom.dcmread(tmp_path / folder / name) for name in ("a.dcm", "a.seg.dcm")]
        return [file.SOPInstanceUID for file in files]

    before = [pydicom.dcmread(written.with_name(name)).SOPInstanceUID for name in ("a.dcm", "a.seg.dcm")]
    assert all(value.startswith("2.25.") and value.is_valid for value in before)
    assert uids("again", grading) == before
    other = uids("other", graded(("OD", Ellipse(40, 30, 12, 9))))
    assert other[0] == before[0]
    assert other[1] != before[1]


def test_areas_and_none_come_back(written, grading):
    back = read(written)
    for code in ("OD", "CWS"):
        assert np.array_equal(back.mask(code, *SIZE), grading.mask(code, *SIZE))
    assert back.absent == {"MA"}
    assert not back.grades
    assert not back.comment


def test_only_none_is_a_segmentation_too(tmp_path, picture):
    dicom_seg.write_labels(tmp_path, iter([layer(graded(absent={"OD", "PPA"}), picture)]))
    assert read(tmp_path / "a.seg.dcm").absent == {"OD", "PPA"}


def test_a_bscan_of_a_volume(tmp_path):
    picture = tmp_path / "grey.png"
    cv2.imwrite(str(picture), np.random.default_rng(1).integers(0, 255, SIZE, dtype=np.uint8))
    image = record(modality="oct", bscan=7, bscans=9)
    grading = graded(("drusen", Ellipse(20, 20, 8, 4)))
    dicom_seg.write_labels(tmp_path, iter([layer(grading, picture, image)]))
    source = pydicom.dcmread(tmp_path / "a.dcm")
    assert (source.Modality, source.InstanceNumber, source.PhotometricInterpretation) == (
        "OPT",
        7,
        "MONOCHROME2",
    )
    assert np.array_equal(
        read(tmp_path / "a.seg.dcm", image).mask("drusen", *SIZE), grading.mask("drusen", *SIZE)
    )


def test_a_folder_holds_the_images_too(written):
    (found,) = dicom_seg.read_labels(written.parent)
    assert found.names[0] == "a"
    with pytest.raises(RetinaError, match=r"a\.dcm is no segmentation"):
        list(dicom_seg.read_labels(written.with_name("a.dcm")))


def test_a_segmentation_of_another_image_is_refused(written):
    with pytest.raises(RetinaError, match="another image than b, by its content"):
        read(written, replace(record("b"), sha256="0" * 64))
    with pytest.raises(RetinaError, match=r"80 x 60 pixels and a has 81 x 60"):
        read(written, record(size=(60, 81)))


def test_segments_of_another_program_are_known_by_name_or_code(written, grading):
    def change(dataset):
        del dataset[0x00990010], dataset[0x00991001], dataset[0x00991002]
        dataset.SegmentSequence[2].SegmentLabel = "papilla"  # SNOMED says what it is
        dataset.SegmentSequence[1].SegmentLabel = "cws"

    back = read(changed(written, change))
    assert np.array_equal(back.mask("OD", *SIZE), grading.mask("OD", *SIZE))
    assert np.array_equal(back.mask("CWS", *SIZE), grading.mask("CWS", *SIZE))


def unknown(dataset):
    dataset.SegmentSequence[1].SegmentLabel = "tumour"
    dataset.SegmentSequence[1].SegmentedPropertyTypeCodeSequence[0].CodingSchemeDesignator = "99X"


def twice(dataset):
    dataset.SegmentSequence[1].SegmentLabel = "OD"


def frames(dataset):
    for group in dataset.PerFrameFunctionalGroupsSequence:
        group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 2


def undescribed(dataset):
    del dataset.SegmentSequence[2]


def setting(**values):
    def change(dataset):
        for keyword, value in values.items():
            setattr(dataset, keyword, value)

    return change


def without(keyword):
    return lambda dataset: delattr(dataset, keyword)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (unknown, "no label 'tumour'"),
        (twice, "two segments of OD"),
        (frames, "several frames of segment 2"),
        (undescribed, "which is not described"),
        (setting(SegmentationType="FRACTIONAL"), "not BINARY"),
        (setting(NumberOfFrames=2**31 - 1), "do not fit"),
        (setting(NumberOfFrames=0), "do not fit"),
        (setting(Rows=65535, Columns=65535), "do not fit"),
        (setting(PixelData=b"\0\0"), "do not fit"),
        (without("PixelData"), "lacks what"),
        (without("SegmentSequence"), "lacks what"),
        (without("PerFrameFunctionalGroupsSequence"), "lacks what"),
        (without("Rows"), "lacks what"),
    ],
)
def test_a_wrong_segmentation_is_one_sentence(written, change, sentence):
    with pytest.raises(RetinaError, match=rf"^a\.seg\.dcm[^\n]*{sentence}[^\n]*\.$"):
        read(changed(written, change))


def test_what_is_damaged_or_compressed_is_refused_before_it_is_unpacked(written):
    whole = written.read_bytes()
    for content in (b"", whole[:100], b"\0" * 128 + b"DICM", b"\0" * 128 + b"DICM" + b"\xff" * 200):
        written.write_bytes(content)
        with pytest.raises(RetinaError, match=r"a\.seg\.dcm is (damaged|compressed)"):
            read(written)
    for syntax in (RLELossless, "1.2.840.10008.1.2.1.99"):  # deflated: a bomb until it is read
        text = str(ExplicitVRLittleEndian).encode() + b"\0"
        other = str(syntax).encode()
        other += b"\0" * (len(other) % 2)
        start = whole.index(text) - 2
        length = int.from_bytes(whole[start : start + 2], "little")
        part = len(other).to_bytes(2, "little") + other
        changed_file = whole[:start] + part + whole[start + 2 + length :]
        group = changed_file.index(b"\x02\0\0\0UL\x04\0") + 8
        size = int.from_bytes(changed_file[group : group + 4], "little") + len(other) - length
        changed_file = changed_file[:group] + size.to_bytes(4, "little") + changed_file[group + 4 :]
        written.write_bytes(changed_file)
        with pytest.raises(RetinaError, match=r"a\.seg\.dcm is compressed: save it as Explicit"):
            read(written)
