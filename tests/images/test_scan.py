import importlib.util
import tracemalloc

import cv2
import numpy as np
import pytest
from pydicom.uid import JPEGBaseline8Bit, SecondaryCaptureImageStorage
from scan_examples import (
    NUMBER,
    PATIENT,
    TOMOGRAPHY,
    bscans,
    dicom,
    encoded,
    heidelberg_vol,
    photograph,
    volume_groups,
)  # fmt: skip

from retina_studio.images import read
from retina_studio.images.read import decode_image, to_8_bits
from retina_studio.images.scan import may_be_scan, open_scan


def pixels_of(scan):
    return [image.pixels for image in scan.images]


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp", ".jpg"])
def test_photographs_of_every_kind(suffix):
    options = {".webp": [cv2.IMWRITE_WEBP_QUALITY, 101]}.get(suffix, [])
    content = cv2.imencode(suffix, photograph()[..., ::-1], options)[1].tobytes()
    scan = open_scan(content, f"a{suffix}")
    (found,) = pixels_of(scan)
    assert scan.count == 1
    assert np.abs(found.astype(int) - photograph()).mean() < (3 if suffix == ".jpg" else 0.01)


def test_the_pages_of_a_tiff_are_images_on_one_scale():
    deep = (bscans(dtype=np.uint16) * 40).astype(np.uint16)
    done, content = cv2.imencodemulti(".tif", list(deep))
    assert done
    scan = open_scan(content.tobytes(), "stack.tif")
    found = pixels_of(scan)
    assert scan.count == 3
    assert np.array_equal(np.stack(found), np.rint(deep * (255 / deep.max())).astype(np.uint8))


def test_a_preview_page_does_not_make_a_volume(tmp_path):
    pil = pytest.importorskip("PIL.Image")
    full, preview = pil.fromarray(photograph()), pil.fromarray(photograph(6, 8))
    preview.encoderinfo = {"tiffinfo": {254: 1}}
    full.save(tmp_path / "a.tif", save_all=True, append_images=[preview])
    scan = open_scan((tmp_path / "a.tif").read_bytes(), "a.tif")
    assert scan.count == 1
    assert np.array_equal(pixels_of(scan)[0], photograph())


def test_a_colour_photograph_in_dicom():
    scan = open_scan(dicom(photograph(), ImageLaterality="R", PixelSpacing=[0.02, 0.01]), "a.dcm")
    assert np.array_equal(pixels_of(scan)[0], photograph())
    facts = scan.facts
    assert (facts.modality, facts.eye, facts.acquired, facts.spacing) == (
        "fundus",
        "OD",
        "2021-03-04",
        (0.01, 0.02),
    )
    assert facts.patient == NUMBER
    assert PATIENT in facts.names


def test_a_jpeg_in_dicom():
    scan = open_scan(dicom(photograph(), syntax=JPEGBaseline8Bit), "a.dcm")
    assert np.abs(pixels_of(scan)[0].astype(int) - photograph()).mean() < 6


def test_an_oct_volume_gives_its_bscans():
    content = dicom(bscans(), TOMOGRAPHY, "OPT", **volume_groups())
    scan = open_scan(content, "IM0001")
    assert (scan.count, scan.facts.modality, scan.facts.eye) == (3, "oct", "OS")
    assert scan.facts.spacing == (0.012, 0.004)
    assert np.array_equal(np.stack(pixels_of(scan)), bscans())


def test_nothing_of_the_header_is_kept():
    content = dicom(bscans(), TOMOGRAPHY, "OPT", **volume_groups())
    assert b"Doe^Jane" in content
    for image in open_scan(content, "a.dcm").images:
        assert not any(word in image.content for word in (b"Doe", b"0012345", b"Clinic", b"2021"))
        assert np.array_equal(decode_image(image.content, "a"), image.pixels)


def test_monochrome1_is_turned_and_deep_pixels_are_windowed():
    deep = bscans(1, dtype=np.uint16)[0] * 100
    turned = open_scan(dicom(deep, PhotometricInterpretation="MONOCHROME1"), "a.dcm")
    assert np.array_equal(pixels_of(turned)[0], 255 - np.rint(deep * (255 / deep.max())).astype(np.uint8))
    windowed = open_scan(dicom(deep, WindowCenter=5000, WindowWidth=2000), "a.dcm")
    shown = pixels_of(windowed)[0]
    assert shown[deep <= 4000].max() == 0
    assert shown[deep >= 6000].min() == 255


def test_a_secondary_capture_leaves_the_modality_to_the_person():
    scan = open_scan(dicom(photograph(), SecondaryCaptureImageStorage, "XC"), "a.dcm")
    assert scan.facts.modality == ""


def test_ybr_becomes_rgb():
    ybr = cv2.cvtColor(photograph(), cv2.COLOR_RGB2YCrCb)[..., [0, 2, 1]]
    scan = open_scan(dicom(np.ascontiguousarray(ybr), PhotometricInterpretation="YBR_FULL"), "a.dcm")
    assert np.abs(pixels_of(scan)[0].astype(int) - photograph()).max() <= 3


@pytest.mark.parametrize(
    ("name", "known"),
    [("a.JPG", True), ("b/IM0001", None), ("1.2.840.7", None), ("DICOMDIR", False), ("a.csv", False), ("x.E2E", True)],
)  # fmt: skip
def test_what_a_name_says(name, known):
    assert may_be_scan(name) is known


@pytest.mark.skipif(importlib.util.find_spec("eyepy") is None, reason="the extra `oct` is not installed")
def test_a_heidelberg_volume():
    values = bscans() / 255.0
    scan = open_scan(heidelberg_vol(values), "a.vol")
    assert (scan.count, scan.facts.eye, scan.facts.patient) == (3, "OS", "MRN-7788")
    assert scan.facts.spacing == pytest.approx((0.011, 0.0039))
    assert np.abs(np.stack(pixels_of(scan)).astype(int) - np.rint(values**0.25 * 255)).max() <= 1


def test_an_image_named_like_a_vendors_volume_is_an_image():
    assert open_scan(encoded(photograph()), "a.img").count == 1


def test_a_deep_volume_takes_little_more_memory_than_its_pixels():
    deep = np.random.default_rng(0).integers(0, 4000, (64, 200, 300), dtype=np.uint16)
    content = dicom(deep, TOMOGRAPHY, "OPT", WindowCenter=2000, WindowWidth=3000)
    open_scan(content, "a.dcm")  # what is loaded once is not counted
    tracemalloc.start()
    open_scan(content, "a.dcm")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * deep.nbytes


def test_a_window_shows_its_whole_range_whatever_the_intercept():
    deep = np.linspace(0, 4000, 24 * 32).reshape(24, 32).astype(np.uint16)
    window = {"WindowCenter": 3000, "WindowWidth": 2000, "RescaleSlope": 1, "RescaleIntercept": 1000}
    (image,) = open_scan(dicom(deep, TOMOGRAPHY, "OPT", **window), "a.dcm").images
    assert (image.pixels.min(), image.pixels.max()) == (0, 255)
    assert int(image.pixels[12, 0]) == pytest.approx(127, abs=5)


def test_what_the_header_says_of_writing_in_the_picture():
    assert open_scan(dicom(photograph(), BurnedInAnnotation="YES"), "a.dcm").facts.burnt_in
    assert not open_scan(dicom(photograph(), BurnedInAnnotation="NO"), "a.dcm").facts.burnt_in


def test_deep_pictures_are_scaled_a_few_rows_at_a_time(monkeypatch):
    deep = np.random.default_rng(0).integers(0, 60000, (50, 7, 3), dtype=np.uint16)
    whole = to_8_bits(deep)
    monkeypatch.setattr(read, "_BAND", 4 * 7 * 3)
    assert np.array_equal(to_8_bits(deep), whole)
    assert np.array_equal(whole, np.rint(deep.astype(np.float32) * (255.0 / float(deep.max()))))
