"""Image files in a folder and at a URL: whole, checked, and never outside their place."""

import stat
from dataclasses import replace

import fsspec
import pytest

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.images.deidentify import sha256
from retina_studio.study.image_files import ImageFiles
from retina_studio.study.importing import import_images
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

CONTENT = b"the pixels"
DIGEST = sha256(CONTENT)
FILE = f"{DIGEST[:2]}/{DIGEST}.png"
RECORD = ImageRecord(1, "p1_OD", FILE, DIGEST, "fundus", "OD", "P", "", 4, 4)


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture(params=["folder", "file-url", "memory", "other-folder"])
def files(request, tmp_path, memory):
    places = {
        "folder": "",
        "file-url": (tmp_path / "shared ä").as_uri(),
        "memory": "memory://clinic/retina",
        "other-folder": str(tmp_path / "else"),
    }
    return ImageFiles(places[request.param], tmp_path / "study")


def test_what_was_put_is_found(files):
    files.put(FILE, CONTENT)
    files.put(FILE, CONTENT)
    assert files.path(RECORD).read_bytes() == CONTENT
    assert files.read(RECORD) == CONTENT
    assert stat.S_IMODE(files.path(RECORD).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name", ["../x.png", "ab/../../x", "/etc/passwd", "ab\\x.png", "ab/c/d.png", "C:/x", "x.png", "ab/.x", ""]
)
def test_no_name_leads_outside(files, name):
    for use in (lambda: files.put(name, CONTENT), lambda: files.path(replace(RECORD, file=name))):
        with pytest.raises(RetinaError, match="cannot be"):
            use()


def test_a_missing_file_is_one_sentence(files):
    with pytest.raises(RetinaError, match="is missing"):
        files.read(RECORD)


def test_a_file_that_was_changed_at_its_url_is_refused(tmp_path, memory):
    files = ImageFiles("memory://clinic", tmp_path)
    files.put(FILE, CONTENT)
    memory.pipe_file(f"/clinic/{FILE}", b"other pixels")
    with pytest.raises(RetinaError, match="p1_OD was changed"):
        files.path(RECORD)
    assert not list((paths.user_cache() / "images").rglob("*.png"))


def test_a_copy_is_fetched_once_and_mended(tmp_path, memory, monkeypatch):
    files = ImageFiles("memory://clinic", tmp_path)
    files.put(FILE, CONTENT)
    kept = files.path(RECORD)
    assert kept.is_relative_to(paths.user_cache())
    with monkeypatch.context() as patch:
        patch.setattr(files, "read", None)
        assert files.path(RECORD) == kept
    kept.write_bytes(b"half")
    assert files.path(RECORD).read_bytes() == CONTENT


def test_a_place_that_breaks_is_one_sentence(tmp_path, memory, monkeypatch):
    files = ImageFiles("memory://clinic", tmp_path)

    def broken(*_, **__):
        raise TimeoutError("no answer\nfrom there")

    monkeypatch.setattr(type(memory), "pipe_file", broken)
    monkeypatch.setattr(type(memory), "cat_file", broken)
    with pytest.raises(RetinaError, match=r"could not be stored .*no answer\)") as told:
        files.put(FILE, CONTENT)
    assert "\n" not in str(told.value)
    with pytest.raises(RetinaError, match="could not be fetched"):
        files.path(RECORD)


def test_an_unknown_kind_of_place_and_a_password_are_refused(tmp_path):
    with pytest.raises(RetinaError, match="cannot be used"):
        ImageFiles("carrier-pigeon://roof", tmp_path).put(FILE, CONTENT)
    with pytest.raises(RetinaError, match="holds a password"):
        ImageFiles("ftp://me:secret@host/x", tmp_path)


def test_a_shared_study_is_joined_with_its_images(tmp_path, postgres_url, pictures, memory):
    with Study.create(tmp_path / "one", postgres_url, "memory://clinic/retina") as first:
        import_images(first, [pictures])
        first.add_grader("Ada")
    assert not (tmp_path / "one" / "images").exists()
    with Study.join(tmp_path / "two", postgres_url) as second:
        assert second.image_files.location == "memory://clinic/retina"
        assert [image.name for image in second.images()] == ["p1_OD", "p1_OS", "p2_OD"]
    with Study.open(tmp_path / "two") as again:
        assert again.image_file(again.image("p1_OD")).is_file()
        assert study_problems(again) == []
    with pytest.raises(RetinaError, match="not empty"):
        Study.join(tmp_path / "two", postgres_url)
    with pytest.raises(RetinaError, match="holds a study already"):
        Study.create(tmp_path / "three", postgres_url)


def test_a_study_whose_images_stay_at_home_is_joined_by_naming_them(tmp_path, postgres_url, pictures):
    with Study.create(tmp_path / "one", postgres_url) as first:
        import_images(first, [pictures])
    with pytest.raises(RetinaError, match="--images"):
        Study.join(tmp_path / "two", postgres_url)
    with Study.join(tmp_path / "three", postgres_url, str(tmp_path / "one" / "images")) as joined:
        assert study_problems(joined) == []


def test_only_a_server_is_joined(tmp_path):
    Study.create(tmp_path / "one").close()
    with pytest.raises(RetinaError, match="Only a study on a PostgreSQL server"):
        Study.join(tmp_path / "two", f"sqlite:///{tmp_path / 'one' / 'study.sqlite'}")


def test_a_failed_join_leaves_no_study(tmp_path, postgres_url):
    with pytest.raises(RetinaError):
        Study.join(tmp_path / "two", postgres_url)
    assert not (tmp_path / "two" / "study.toml").exists()
