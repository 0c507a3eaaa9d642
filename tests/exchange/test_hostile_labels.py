"""An atlas of hostile label files: each is refused in one sentence, in little time, and changes nothing."""

import json
import resource
import stat
import struct
import time
import warnings
import zipfile
import zlib

import cv2
import numpy as np
import pydicom
import pytest
from exchange_examples import HEIGHT, WIDTH, content, graded, layer, write_picture

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse
from retina_studio.exchange import dicom_seg
from retina_studio.exchange.files import file_name
from retina_studio.exchange.transfer import export_labels, import_labels
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study

SIZE = (HEIGHT, WIDTH)
TRIANGLE = [[1, 1], [9, 1], [9, 9]]


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    """A study whose grader has drawn something already."""
    folder = tmp_path_factory.mktemp("victim")
    for seed, name in enumerate("ab"):
        write_picture(folder / "pictures" / f"{name}.png", seed=seed)
    with Study.create(folder / "study") as study:
        import_images(study, [folder / "pictures"])
        ada = study.add_grader("Ada")
        (folder / "labels").mkdir()
        labelme(folder / "labels" / "a.json")
        import_labels(study, folder / "labels", ada, "labelme")
        yield study


def labelme(path, **values):
    shape = {"label": "MA", "points": TRIANGLE, "shape_type": "polygon"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"shapes": [shape], "imagePath": "a.jpg", **values}))
    return path


def coco(folder, annotation=None, **image):
    entry = {"id": 1, "file_name": "a.jpg", "height": HEIGHT, "width": WIDTH, **image}
    one = {
        "id": 1,
        "image_id": 1,
        "category_id": 1,
        "segmentation": [[1, 1, 9, 1, 9, 9]],
        **(annotation or {}),
    }
    form = {"images": [entry], "annotations": [one], "categories": [{"id": 1, "name": "MA"}]}
    return text(folder / "annotations.json", json.dumps(form))


def many_vertices(path):
    content = path.read_text()
    path.write_text(content.replace("[[7, 7]]", f"[[{'1,2,' * 1_000_001}1,2]]"))
    return path


def text(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(path, *members, method=zipfile.ZIP_DEFLATED):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore")  # of two members with one name
        for name, body in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, body)
    return path


def good_json():
    return json.dumps({"shapes": [{"label": "MA", "points": TRIANGLE}], "imagePath": "a.jpg"}).encode()


def png(plane):
    return cv2.imencode(".png", plane)[1].tobytes()


def png_that_claims(width, height):
    """A whole PNG, checksums and all, of a size that its few bytes of pixels do not have."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def link_member(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


def lying_zip(path):
    """Its entry says ten bytes; what it unpacks to is thirty megabytes."""
    zipped(path, ("a.json", b" " * 30_000_000))
    content = bytearray(path.read_bytes())
    for start in (content.index(b"PK\x03\x04") + 22, content.index(b"PK\x01\x02") + 24):
        content[start : start + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    return path


def encrypted_zip(path):
    zipped(path, ("a.json", good_json()))
    content = bytearray(path.read_bytes())
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1
    path.write_bytes(content)
    return path


def nul_in_a_zip(path):
    zipped(path, ("evil.jsonX.png", good_json()))
    path.write_bytes(path.read_bytes().replace(b"evil.jsonX", b"evil.json\0"))
    return path


def linked(folder, target):
    labelme(folder / "b.json", imagePath="b.jpg")
    (folder / "a.json").symlink_to(target)
    return folder


def segmentation(folder, change):
    picture = write_picture(folder / "picture.png")
    dicom_seg.write_labels(folder, iter([layer(graded(("OD", Ellipse(40, 30, 12, 9))), picture)]))
    path = folder / "a.seg.dcm"
    dataset = pydicom.dcmread(path)
    dataset[0x00991002].value = ""
    for keyword, value in change.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)
    return path


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = (
    f'<!DOCTYPE annotations [<!ENTITY l0 "lol">{LAUGHS}]><annotations><image name="&l9;"/></annotations>'
)
EXTERNAL = (
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotations><image name="&x;"/></annotations>'
)
REMOTE = '<!DOCTYPE annotations SYSTEM "http://localhost:1/a.dtd"><annotations/>'


SEQUENCE_BEGINS = b"\x08\0\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff"  # and its first item


def deep(path):
    """A file whose header is followed by 5,000 sequences, one in the other."""
    content = path.read_bytes()
    start = 144 + int.from_bytes(
        content[140:144], "little"
    )  # of the dataset: after the group length and its group
    path.write_bytes(content[:start] + SEQUENCE_BEGINS * 5000)
    return path


def cvat(inside="", about='width="80" height="60"'):
    return f'<annotations><image name="a.jpg" {about}>{inside}</image></annotations>'


def geojson(ring, **extra):
    one = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"label": "MA"},
    }
    return json.dumps({"type": "FeatureCollection", "features": [one], **extra})


def yolo(folder, line):
    text(folder / "data.yaml", "names:\n  0: MA\n")
    text(folder / "labels" / "a.txt", line)
    return folder


def masks(folder, content, name="OD/a.png"):
    text(folder / name, content)
    return folder


ATLAS = {
    # Paths. A name is only ever compared with the study's; nothing is opened by it.
    "labelme: imagePath out of the folder": ("labelme", lambda f: labelme(f / "x.json", imagePath="../../etc/passwd")),
    "labelme: absolute imagePath": ("labelme", lambda f: labelme(f / "x.json", imagePath="/etc/shadow")),
    "labelme: control characters in imagePath": ("labelme", lambda f: labelme(f / "x.json", imagePath="a\n\x1b[2J")),
    "labelme: NUL in imagePath": ("labelme", lambda f: labelme(f / "x.json", imagePath="a\0.jpg")),
    "coco: traversal": ("coco", lambda f: coco(f, file_name="../../a/../../etc/passwd")),
    "a folder with a link out": ("labelme", lambda f: linked(f, "/etc/passwd")),
    "a folder with a link to nowhere": ("labelme", lambda f: linked(f, "../nowhere.json")),
    "nothing there": ("labelme", lambda f: f / "absent"),
    # ZIP files
    "zip: traversal": ("labelme", lambda f: zipped(f / "x.zip", ("a.json", good_json()), ("../b.json", good_json()))),
    "zip: absolute": ("labelme", lambda f: zipped(f / "x.zip", ("/var/a.json", good_json()))),
    "zip: drive": ("labelme", lambda f: zipped(f / "x.zip", ("C:evil.json", good_json()))),
    "zip: backslashes": ("labelme", lambda f: zipped(f / "x.zip", ("..\\..\\a.json", good_json()))),
    "zip: control character": ("labelme", lambda f: zipped(f / "x.zip", ("a\n.json", good_json()))),
    "zip: NUL": ("labelme", lambda f: nul_in_a_zip(f / "x.zip")),
    "zip: link": ("labelme", lambda f: zipped(f / "x.zip", link_member("a.json", "/etc/passwd"))),
    "zip: twice the same": ("labelme", lambda f: zipped(f / "x.zip", ("a.json", good_json()), ("A.json", good_json()))),
    "zip: bomb by ratio": ("labelme", lambda f: zipped(f / "x.zip", ("a.json", b" " * 50_000_000))),
    "zip: bomb by lying": ("labelme", lambda f: lying_zip(f / "x.zip")),
    "zip: encrypted": ("labelme", lambda f: encrypted_zip(f / "x.zip")),
    "zip: damaged": ("labelme", lambda f: text(f / "x.zip", b"PK\x03\x04" + b"\0" * 50)),
    "zip: empty": ("masks", lambda f: zipped(f / "x.zip")),
    # XML
    "cvat: billion laughs": ("cvat", lambda f: text(f / "annotations.xml", BILLION)),
    "cvat: external entity": ("cvat", lambda f: text(f / "annotations.xml", EXTERNAL)),
    "cvat: remote document type": ("cvat", lambda f: text(f / "annotations.xml", REMOTE)),
    "cvat: 50,000 levels": ("cvat", lambda f: text(f / "annotations.xml", "<annotations>" + "<a>" * 50_000)),
    "cvat: a gigapixel": ("cvat", lambda f: text(f / "annotations.xml", cvat("", 'width="1000000000" height="1"'))),
    "cvat: terabytes of runs": (
        "cvat",
        lambda f: text(
            f / "annotations.xml",
            cvat('<mask label="MA" rle="0, 9000000000000" left="0" top="0" width="80" height="60"/>'),
        ),
    ),
    "cvat: not UTF-8": ("cvat", lambda f: text(f / "annotations.xml", b"<annotations>\xff\xfe</annotations>")),
    # JSON
    "coco: a gigapixel": ("coco", lambda f: coco(f, width=10**9)),
    "coco: terabytes of runs": (
        "coco",
        lambda f: coco(f, {"segmentation": {"size": [HEIGHT, WIDTH], "counts": [0, 10**13]}}),
    ),
    "coco: two million vertices": ("coco", lambda f: many_vertices(coco(f, {"segmentation": [[7, 7]]}))),
    "coco: NaN": ("coco", lambda f: text(f / "annotations.json", '{"images": NaN}')),
    "coco: 1e999": ("coco", lambda f: coco(f, {"segmentation": [[1, 1, 9, 1, 9, 1e300]]})),
    "coco: unknown label": ("coco", lambda f: coco(f, {"category_id": 5})),
    "coco: outside": ("coco", lambda f: coco(f, {"segmentation": [[500, 500, 509, 501, 509, 509]]})),
    "coco: the same image twice": (
        "coco",
        lambda f: text(
            f / "annotations.json",
            json.dumps(
                {
                    "images": [
                        {"id": n, "file_name": f"{n}/a.jpg", "height": HEIGHT, "width": WIDTH} for n in (1, 2)
                    ],
                    "annotations": [],
                    "categories": [],
                }
            ),
        ),
    ),
    "labelme: 100,000 levels": ("labelme", lambda f: text(f / "a.json", '{"shapes": ' + "[" * 100_000)),
    "labelme: not UTF-8": ("labelme", lambda f: text(f / "a.json", b'{"shapes": [], "imagePath": "\xff"}')),
    "labelme: UTF-16": ("labelme", lambda f: text(f / "a.json", good_json().decode().encode("utf-16"))),
    "labelme: another size": ("labelme", lambda f: labelme(f / "a.json", imageWidth=10**9, imageHeight=HEIGHT)),
    "labelme: another image": ("labelme", lambda f: labelme(f / "a.json", retina_studio={"sha256": "beef"})),
    "labelme: unknown label, with control characters": (
        "labelme",
        lambda f: labelme(f / "a.json", shapes=[{"label": "x\n\x00\x1b" + "y" * 5000, "points": TRIANGLE}]),
    ),
    "geojson: infinity": ("geojson", lambda f: text(f / "a.geojson", geojson([[1, 1], [9, 1], [9, 1e400], [1, 1]]))),
    "geojson: another image": (
        "geojson",
        lambda f: text(f / "a.geojson", geojson([*TRIANGLE, TRIANGLE[0]], retina_studio={"sha256": "beef"})),
    ),
    "geojson: 100,000 levels": ("geojson", lambda f: text(f / "a.geojson", '{"features": ' + '{"a":' * 100_000)),
    # tables and text
    "csv: formula as a grade": ("csv", lambda f: text(f / "labels.csv", "image,dr\na,=1+1\n")),
    "csv: NUL": ("csv", lambda f: text(f / "labels.csv", b"image,dr\na,\0\n")),
    "csv: not UTF-8": ("csv", lambda f: text(f / "labels.csv", "image,dr\nä,1\n".encode("latin-1"))),
    "csv: the same image twice": ("csv", lambda f: text(f / "labels.csv", "image,dr\na,1\na.jpg,2\n")),
    "yolo: NaN": ("yolo", lambda f: yolo(f, "0 0.1 0.1 0.2 nan 0.3 0.3")),
    "yolo: two million vertices": ("yolo", lambda f: yolo(f, "0 " + "0.5 0.5 " * 1_000_001)),
    "yolo: not UTF-8": ("yolo", lambda f: yolo(f, b"0 0.1 0.1 \xff")),
    "yolo: an alias bomb": (
        "yolo",
        lambda f: text(yolo(f, "0 0.1 0.1 0.2 0.2 0.3 0.1") / "data.yaml", "a: &a [x]\nnames: [*a,*a]\n").parent,
    ),
    # pictures
    "masks: cut short": ("masks", lambda f: masks(f, png(np.full(SIZE, 255, np.uint8))[:-20])),
    "masks: a gigapixel": ("masks", lambda f: masks(f, png_that_claims(10**9, 10**9))),
    "masks: less inside than it says": ("masks", lambda f: masks(f, png_that_claims(WIDTH, HEIGHT))),
    "masks: another size": ("masks", lambda f: masks(f, png(np.full((9, 9), 255, np.uint8)))),
    "masks: NaN point": ("masks", lambda f: masks(f, "image,label,x,y\na,fovea,nan,1\n", "points.csv")),
    "masks: NUL in a point": ("masks", lambda f: masks(f, b"image,label,x,y\na,fov\0ea,1,1\n", "points.csv")),
    "counts: cut short": ("counts", lambda f: masks(f, png(np.full(SIZE, 1, np.uint8))[:-20])),
    "counts: a gigapixel": ("counts", lambda f: masks(f, png_that_claims(10**9, 10**9))),
    "counts: 200 graders": ("counts", lambda f: masks(f, png(np.full(SIZE, 200, np.uint8)))),
    "refuge: an ordinary mask": ("refuge", lambda f: masks(f, png(np.full(SIZE, 1, np.uint8)), "a.png")),
    "refuge: a gigapixel BMP": (
        "refuge",
        lambda f: masks(f, b"BM" + b"\0" * 16 + struct.pack("<ii", 10**9, 10**9) + b"\0" * 40, "a.bmp"),
    ),
    # DICOM
    "dicom: huge frames": ("dicom-seg", lambda f: segmentation(f, {"Rows": 65535, "Columns": 65535})),
    "dicom: two thousand million frames": ("dicom-seg", lambda f: segmentation(f, {"NumberOfFrames": 2**31 - 1})),
    "dicom: pixels missing": ("dicom-seg", lambda f: segmentation(f, {"PixelData": b"\0\0"})),
    "dicom: no DICOM": ("dicom-seg", lambda f: text(f / "a.dcm", b"\0" * 128 + b"DICM" + b"\xff" * 4000)),
    "dicom: deep": (
        "dicom-seg",
        lambda f: deep(segmentation(f, {})),
    ),
}  # fmt: skip


def seen(study):
    return [
        content(study.session(image, grader).grading)
        for grader in study.graders()
        for image in study.images()
    ]


@pytest.mark.parametrize("name", ATLAS)
def test_it_is_refused_in_one_sentence_and_changes_nothing(victim, tmp_path, name):
    form, build = ATLAS[name]
    folder = tmp_path / "source"
    folder.mkdir()
    source = build(folder)
    before, files = seen(victim), set(tmp_path.rglob("*"))
    peak, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(RetinaError) as refusal:
        import_labels(victim, source, victim.grader("Ada"), form)
    sentence = str(refusal.value)
    assert sentence.isprintable()
    assert sentence.endswith(".")
    assert len(sentence) < 700
    assert time.monotonic() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 500_000  # kilobytes
    assert seen(victim) == before
    assert set(tmp_path.rglob("*")) == files


def test_a_total_too_large_is_refused_though_each_member_is_honest(victim, tmp_path, monkeypatch):
    from retina_studio.exchange import sources

    monkeypatch.setattr(sources, "MAX_TOTAL_BYTES", 300)
    members = [(f"{name}.json", good_json()) for name in "abcde"]
    with pytest.raises(RetinaError, match=r"x\.zip unpacks to 0 GB: split it\.$"):
        import_labels(victim, zipped(tmp_path / "x.zip", *members), victim.grader("Ada"), "labelme")


def test_too_many_members_are_refused(victim, tmp_path, monkeypatch):
    from retina_studio.exchange import sources

    monkeypatch.setattr(sources, "MAX_MEMBERS", 3)
    members = [(f"{name}.json", good_json()) for name in "abcde"]
    with pytest.raises(RetinaError, match=r"x\.zip has more than 3 members"):
        import_labels(victim, zipped(tmp_path / "x.zip", *members), victim.grader("Ada"), "labelme")


def test_a_link_inside_the_folder_is_followed(victim, tmp_path):
    labelme(tmp_path / "in" / "deep" / "original.json")
    (tmp_path / "in" / "a.json").symlink_to("deep/original.json")
    with pytest.raises(RetinaError, match="are both of image a"):  # it was read, as the file that it is
        import_labels(victim, tmp_path / "in", victim.grader("Ada"), "labelme")


def test_no_image_name_leads_out_on_export():
    for name in ("../a", "a/b", "..", "", "a\\b", "a\0b", "a\nb", "a\x1b"):
        with pytest.raises(RetinaError, match="rename it"):
            file_name(name, ".json")


def test_a_full_disk_leaves_no_half_file(victim, tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for form in ("geojson", "cvat", "coco", "csv", "dicom-seg", "yolo"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, limits[1]))
        try:
            with pytest.raises(RetinaError, match="could not be written"):
                export_labels(victim, tmp_path / form, form, "Ada")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert not [path for path in (tmp_path / form).rglob("*") if path.is_file()]
