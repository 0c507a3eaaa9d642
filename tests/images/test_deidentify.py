import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.images.deidentify import pseudonym, strip_metadata
from retina_studio.images.metadata import facts_from_name, image_name, read_sidecar
from retina_studio.images.read import decode_image

SECRET = b"DOE^JANE 1950-01-01"


def exif(orientation):
    """A little-endian EXIF block with an orientation and the patient's name as the artist."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack("<HHII", 0x013B, 2, len(SECRET), 8 + 2 + 2 * 12 + 4)
    tiff = b"II*\x00" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + SECRET
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\x00\x00" + tiff


@pytest.fixture
def jpeg():
    ramp = np.tile(np.linspace(0, 255, 48).astype(np.uint8), (32, 1))
    pixels = np.dstack([ramp, ramp[:, ::-1], np.full_like(ramp, 90)])
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def with_notes(jpeg, orientation):
    comment = b"\xff\xfe" + struct.pack(">H", len(SECRET) + 2) + SECRET
    return jpeg[:2] + exif(orientation) + comment + jpeg[2:] + b"trailing " + SECRET


@pytest.mark.parametrize("orientation", range(1, 9))
def test_identity_goes_and_the_pixels_stay_upright(jpeg, orientation):
    noted = with_notes(jpeg, orientation)
    assert SECRET in noted
    clean = strip_metadata(noted, "a.jpg")
    assert SECRET not in clean.content
    assert np.array_equal(decode_image(clean.content, "a"), decode_image(noted, "a"))
    assert clean.suffix == (".jpg" if orientation == 1 else ".png")
    assert clean.pixels.shape[:2] == ((32, 48) if orientation <= 4 else (48, 32))


def test_orientation_six_turns_clockwise(jpeg):
    upright = decode_image(jpeg, "a")
    turned = strip_metadata(with_notes(jpeg, 6), "a").pixels
    assert np.array_equal(turned, np.rot90(upright, -1))


def test_a_jpeg_keeps_its_compressed_pixels(jpeg):
    assert strip_metadata(with_notes(jpeg, 1), "a").content == jpeg


def segment(marker, body):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


@pytest.mark.parametrize("progressive", [0, 1])
def test_no_segment_of_a_jpeg_smuggles_a_name(progressive):
    rng = np.random.default_rng(0)
    pixels = cv2.GaussianBlur(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8), (5, 5), 0)
    plain = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_PROGRESSIVE, progressive])[1].tobytes()
    head = b"".join(segment(marker, name + SECRET) for marker, name in [
        (0xE0, b"JFXX\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe "), (0xED, b"Photoshop"), (0xFE, b""),
    ])  # fmt: skip
    noted = plain[:2] + head + plain[2:]
    if progressive:
        scan = noted.index(b"\xff\xda")
        between = noted.index(b"\xff\xc4", scan)
        noted = noted[:between] + segment(0xFE, SECRET) + noted[between:]
    clean = strip_metadata(noted, "a.jpg")
    assert clean.suffix == ".jpg"
    assert SECRET not in clean.content
    assert np.array_equal(decode_image(clean.content, "a"), decode_image(plain, "a"))


def test_text_in_a_png_goes(jpeg):
    png = cv2.imencode(".png", decode_image(jpeg, "a"))[1].tobytes()
    text = b"tEXtAuthor\x00" + SECRET
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", __import__("zlib").crc32(text))
    noted = png[:33] + chunk + png[33:]
    clean = strip_metadata(noted, "a.png")
    assert SECRET not in clean.content
    assert np.array_equal(clean.pixels, decode_image(noted, "a"))


def test_a_pseudonym_is_stable_and_needs_the_key():
    one, two = "11" * 32, "22" * 32
    assert pseudonym(one, "Jane Doe") == pseudonym(one, " jane doe ")
    assert pseudonym(one, "Jane Doe") != pseudonym(two, "Jane Doe")
    assert pseudonym(one, "Jane Doe") != pseudonym(one, "John Doe")
    assert "jane" not in pseudonym(one, "Jane Doe").lower()


@pytest.mark.parametrize(
    ("name", "eye", "patient"),
    [
        ("P012_OD_1.jpg", "OD", "P012"),
        ("Patient001_L_0.png", "OS", "Patient001"),
        ("1222_OI_o_1.jpg", "OS", "1222"),
        ("left.tif", "OS", "left"),
        ("patient7/OD.png", "OD", "patient7"),
        ("drishtiGS_004.jpg", "", "drishtiGS_004"),
        ("modern_photo.jpg", "", "modern_photo"),
    ],
)
def test_eye_and_patient_from_the_file_name(name, eye, patient):
    facts = facts_from_name(Path(name))
    assert (facts.eye, facts.patient) == (eye, patient)


def test_the_name_of_an_image_is_its_file_name_alone():
    assert image_name("../../etc/a.b.JPG") == "a.b"
    assert image_name("C:\\eyes\\x.png") == "x"
    assert image_name("no.ending") == "no.ending"


def test_a_sidecar_is_read_and_a_wrong_one_refused_by_line(tmp_path):
    path = tmp_path / "images.csv"
    path.write_text("image,eye,patient,split,other\na.jpg,right,7,train,x\nb,OS,,,\n", "utf-8")
    sidecar = read_sidecar(path)
    assert sidecar.of(Path("x/a.png")).eye == "OD"
    assert sidecar.of(Path("a.jpg")).split == "train"
    assert sidecar.of(Path("b.tif")).patient == ""
    assert sidecar.of(Path("c.tif")) is None
    assert sidecar.unmatched([Path("x/a.png")]) == ["b"]
    for text, words in [
        ("name\nx\n", "column 'image'"),
        ("image,eye\na,middle\n", "line 2: eye 'middle'"),
        ("image,split\na,train\na,test\n", "line 3: image 'a' is listed twice"),
        ("image,split\na,holdout\n", "split 'holdout'"),
    ]:
        path.write_text(text, "utf-8")
        with pytest.raises(RetinaError, match=words):
            read_sidecar(path)
    path.write_bytes(b"image\n\xff\xfe\n")
    with pytest.raises(RetinaError, match="UTF-8"):
        read_sidecar(path)


def test_a_sidecar_from_a_spreadsheet_and_one_with_folders(tmp_path):
    path = tmp_path / "images.csv"
    path.write_text("Image;Eye\np1/OD.png;OD\np2/OD.png;OS\n", "utf-8")
    sidecar = read_sidecar(path)
    assert sidecar.of(Path("/data/p1/OD.jpg")).eye == "OD"
    assert sidecar.of(Path("/data/p2/OD.jpg")).eye == "OS"
    assert sidecar.of(Path("/data/p3/OD.jpg")) is None


@pytest.mark.parametrize("name", ["...png", "..", "."])
def test_a_name_of_dots_is_no_name(name):
    assert image_name(name) == "image"
