"""A bad file of each kind gets its one sentence: it names the file, and says what to do or what is wrong."""

import io
import struct
import sys
import zipfile
import zlib

import cv2
import numpy as np
import pytest
from pydicom.uid import JPEGLosslessSV1
from scan_examples import TOMOGRAPHY, archive, bscans, dicom, encoded, photograph

from retina_studio.domain.errors import RetinaError
from retina_studio.images import pages
from retina_studio.images.scan import open_scan
from retina_studio.images.sources import find_sources
from retina_studio.images.vendor import SUFFIXES as VENDOR_SUFFIXES

CT = "1.2.840.10008.5.1.4.1.1.2"
EN_FACE = "1.2.840.10008.5.1.4.1.1.77.1.5.7"
HUGE = 60_000


def png_of_size(width, height):
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + b"\0" * 64
    )


def bmp_of_size(width, height):
    return b"BM" + bytes(12) + struct.pack("<IiiHH", 40, width, -height, 1, 24) + bytes(64)


def tiff_of_size(width, height):
    tags = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return b"II*\0" + struct.pack("<IH", 8, 2) + tags + bytes(64)


WEBP = encoded(photograph(), ".webp")
VOLUME = dicom(bscans(), TOMOGRAPHY, "OPT")
DEEP = bscans().astype(np.uint16)

BAD = {
    "text.jpg": (b"hello there", "not a JPEG, PNG, TIFF, BMP or WebP"),
    "text.webp": (b"RIFFxxxxWAVE", "not a JPEG, PNG, TIFF, BMP or WebP"),
    "cut.png": (encoded(photograph())[:60], "damaged"),
    "cut.bmp": (encoded(photograph(), ".bmp")[:40], "damaged"),
    "cut.webp": (WEBP[: len(WEBP) // 3], "damaged"),
    "cut.jpg": (encoded(photograph(), ".jpg")[:30], "damaged"),
    "cut.tif": (encoded(photograph(), ".tif")[:20], "damaged"),
    "huge.png": (png_of_size(HUGE, HUGE), "3600 megapixels"),
    "huge.bmp": (bmp_of_size(HUGE, HUGE), "3600 megapixels"),
    "huge.tif": (tiff_of_size(HUGE, HUGE), "3600 megapixels"),
    "text.dcm": (b"hello there", "not a DICOM file"),
    "cut.dcm": (VOLUME[: len(VOLUME) // 2], "damaged"),
    "head.dcm": (VOLUME[:140], "damaged|which cannot be read|is a DICOM"),
    "none.dcm": (dicom(None), "without pixels"),
    "ct.dcm": (dicom(bscans(1)[0], CT, "CT"), "CT image: only fundus photographs"),
    "map.dcm": (dicom(bscans(1)[0], EN_FACE, "OPT"), "measurement or map"),
    "huge.dcm": (dicom(photograph(), Rows=HUGE, Columns=HUGE), "3600 megapixels"),
    "long.dcm": (dicom(bscans(), NumberOfFrames=90_000_000), "GiB of pixels"),
    "flat.dcm": (dicom(photograph(), Rows=0), "how large its image is"),
    "short.dcm": (dicom(photograph(), Rows=2400), "cannot be decoded"),
    "window.dcm": (dicom(DEEP, TOMOGRAPHY, "OPT", WindowCenter=8, WindowWidth=0), "damaged DICOM file"),
    "palette.dcm": (dicom(bscans(1)[0], PhotometricInterpretation="PALETTE COLOR"), "damaged DICOM file"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_its_one_sentence(name):
    content, words = BAD[name]
    with pytest.raises(RetinaError, match=words) as caught:
        list(open_scan(content, name).images)
    text = str(caught.value)
    assert name in text
    assert "\n" not in text
    assert text.endswith(".")
    assert "Doe" not in text


def test_a_compression_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setattr(
        "pydicom.pixels.decoders.base.Decoder.is_available", False
    )  # a plugin may be installed
    with pytest.raises(RetinaError, match=r"JPEG Lossless.*export it uncompressed"):
        open_scan(_compressed(JPEGLosslessSV1), "a.dcm")


def _compressed(syntax):
    from pydicom import dcmread
    from pydicom.encaps import encapsulate

    made = dcmread(io.BytesIO(dicom(bscans(1)[0])))
    made.file_meta.TransferSyntaxUID = syntax
    made.PixelData = encapsulate([b"\xff\xd8\xff\xd9"])
    made["PixelData"].is_undefined_length = True
    stream = io.BytesIO()
    made.save_as(stream)
    return stream.getvalue()


@pytest.mark.parametrize("suffix", VENDOR_SUFFIXES)
def test_a_vendors_file_without_its_reader_names_the_extra(suffix, monkeypatch):
    monkeypatch.setitem(sys.modules, "oct_converter", None)
    monkeypatch.setitem(sys.modules, "oct_converter.readers", None)
    monkeypatch.setitem(sys.modules, "eyepy", None)
    monkeypatch.setitem(sys.modules, "eyepy.io.he.vol_reader", None)
    with pytest.raises(RetinaError, match=r"pip install 'retina-studio\[oct\]'"):
        open_scan(b"something", f"a{suffix}")


def packed_to_burst():
    """300 MB of nothing."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("b.png", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(1 << 20))
    return stream.getvalue()


def encrypted():
    content = bytearray(archive({"a.png": encoded(photograph())}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def damaged():
    content = bytearray(archive({"a.png": encoded(photograph())}))
    content[60] ^= 0xFF
    return bytes(content)


ARCHIVES = {
    "empty": (b"", "no ZIP file"),
    "text": (b"hello", "no ZIP file"),
    "cut": (archive({"a.png": encoded(photograph())})[:-30], "no ZIP file"),
    "hollow": (archive({"notes.txt": b"x"}), "holds no JPEG"),
    "encrypted": (encrypted(), "encrypted"),
    "bomb": (packed_to_burst(), "unpacks to 300 MB"),
    "parent": (archive({"../../a.png": encoded(photograph())}), "path out of the archive"),
    "absolute": (archive({"/etc/a.png": encoded(photograph())}), "path out of the archive"),
    "nested": (archive({"b.zip": archive({"a.png": b"x"})}), "archive inside an archive"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_bad_archive_gets_its_one_sentence(tmp_path, name):
    content, words = ARCHIVES[name]
    path = tmp_path / f"{name}.zip"
    path.write_bytes(content)
    with find_sources([path]) as sources:
        assert sources.files == []
        assert any(words in sentence for sentence in sources.refused)
        for sentence in sources.refused:
            assert f"{name}.zip" in sentence
            assert "\n" not in sentence


def test_a_damaged_member_is_refused_and_the_rest_is_read(tmp_path):
    (tmp_path / "a.zip").write_bytes(damaged())
    with (
        find_sources([tmp_path / "a.zip"]) as sources,
        pytest.raises(RetinaError, match="cannot be unpacked"),
    ):
        sources.files[0].read()


def test_what_an_archive_and_a_folder_hold(tmp_path):
    picture = encoded(photograph())
    members = {
        "eyes/a.png": picture,
        "eyes/IM01": VOLUME,
        "__MACOSX/eyes/._a.png": b"x",
        "Thumbs.db": b"x",
        "README": b"x",
    }
    (tmp_path / "x.zip").write_bytes(archive(members))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.PNG").write_bytes(picture)
    (tmp_path / "sub" / "IM02").write_bytes(VOLUME)
    (tmp_path / "sub" / "LICENSE").write_bytes(b"text")
    with find_sources([tmp_path]) as sources:
        assert sources.refused == []
        found = [str(each.path.relative_to(tmp_path)) for each in sources.files]
        assert found == ["sub/IM02", "sub/b.PNG", "x.zip/eyes/IM01", "x.zip/eyes/a.png"]
        assert sources.files[3].read() == picture


def test_arrays_of_one_value_do_not_break_a_scale():
    assert not np.stack(
        [i.pixels for i in open_scan(dicom(np.zeros((9, 9), np.uint16)), "a.dcm").images]
    ).any()


def test_an_archive_with_damaged_names_gets_one_sentence(tmp_path):
    packed = archive({"é.png": encoded(photograph())})
    directory = packed.rindex("é.png".encode())
    (tmp_path / "a.zip").write_bytes(packed[:directory] + b"\xff" + packed[directory + 1 :])
    with find_sources([tmp_path / "a.zip"]) as sources:
        assert sources.files == []
        assert "a.zip is damaged" in sources.refused[0]


def test_a_member_without_a_name_is_passed_over(tmp_path):
    (tmp_path / "a.zip").write_bytes(archive({".": b"x", "b.png": encoded(photograph())}))
    with find_sources([tmp_path / "a.zip"]) as sources:
        assert [source.path.name for source in sources.files] == ["b.png"]


def test_pages_are_limited_all_together(monkeypatch):
    content = cv2.imencodemulti(".tiff", list(bscans()))[1].tobytes()
    assert open_scan(content, "a.tif").count == 3
    monkeypatch.setattr(pages, "MAX_BYTES", 2 * bscans()[0].nbytes)
    with pytest.raises(RetinaError, match=r"a\.tif has over .* of pixels: split it"):
        open_scan(content, "a.tif")


def test_nothing_but_our_sentence_is_said_of_a_damaged_picture(capfd):
    with pytest.raises(RetinaError):
        open_scan(BAD["cut.tif"][0], "cut.tif")
    with pytest.raises(RetinaError):
        open_scan(BAD["cut.bmp"][0], "cut.bmp")
    assert capfd.readouterr().err == ""
