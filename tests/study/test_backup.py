"""Backups: of a study in use, on both databases; restored, refused, and never half-made."""

import hashlib
import json
import shutil
import threading

import pytest
from sqlalchemy import func, select

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.store.layout import to_json
from retina_studio.study.backup import backup, restore
from retina_studio.study.curation import trail_end
from retina_studio.study.schema import Base
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


@pytest.fixture
def used(peopled):
    """A study with something in it."""
    session = peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"))
    session.apply(add_shapes(new_shape("OD", Ellipse(20, 20, 8, 9))))
    session.apply(SetGrade("dr", None, 2))
    session.submit(complete=False)
    return peopled


def rows(study):
    """Every row of every table."""
    with study.database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }


def test_a_backup_restored_is_the_same_study(used, tmp_path):
    seen = []
    report = backup(used, tmp_path / "backup", progress=lambda *done: seen.append(done) or True)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (report.images, report.missing) == (3, ())
    assert restore(tmp_path / "backup", tmp_path / "again") == report
    with Study.open(tmp_path / "again") as again:
        assert again.database.engine.dialect.name == "sqlite"
        assert again.id == used.id
        assert rows(again) == rows(used)
        assert trail_end(again) == trail_end(used)
        assert study_problems(again) == []
        session = again.session(again.image("p1_OS"), again.grader("Ben"))
        session.apply(SetGrade("dr", None, 1))  # and work goes on in it
    restore(tmp_path / "backup", tmp_path / "third")  # the backup was not touched
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith(".part")) == []


def test_a_backup_during_edits_is_of_one_moment(used, tmp_path):
    made, stop = [], threading.Event()

    def draw():
        session = used.session(used.image("p2_OD"), used.grader("Ben"))
        while not stop.is_set():
            session.apply(add_shapes(new_shape("MA", Ellipse(10, 10, 2, 2))))
            made.append(1)

    worker = threading.Thread(target=draw)
    worker.start()
    try:
        for number in range(3):
            before = len(made)
            backup(used, tmp_path / f"backup{number}")
            assert len(made) > before  # nobody waited
    finally:
        stop.set()
        worker.join()
    for number in range(3):
        restore(tmp_path / f"backup{number}", tmp_path / f"study{number}")
        with Study.open(tmp_path / f"study{number}") as again:
            assert study_problems(again) == []


def test_links_hold_the_same_bytes(used, tmp_path):
    report = backup(used, tmp_path / "backup", link=True)
    image = used.images()[0]
    assert (tmp_path / "backup" / "images" / image.file).samefile(used.image_file(image))
    assert restore(tmp_path / "backup", tmp_path / "again") == report


def test_a_lost_image_is_told_and_the_rest_saved(used, tmp_path):
    lost, changed, _ = used.images()
    used.image_file(lost).unlink()
    used.image_file(changed).write_bytes(b"something else")
    assert backup(used, tmp_path / "backup").missing == (lost.name, changed.name)
    assert restore(tmp_path / "backup", tmp_path / "again").missing == (lost.name, changed.name)


@pytest.fixture
def backed_up(used, tmp_path):
    backup(used, tmp_path / "backup")
    return tmp_path / "backup"


def test_any_damaged_or_lost_file_is_refused(backed_up, tmp_path):
    for path in [path for path in backed_up.rglob("*") if path.is_file()]:
        whole = path.read_bytes()
        middle = len(whole) // 2
        for damaged in (whole[:-1], whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :], None):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            with pytest.raises(RetinaError, match=r"is damaged|is not a backup"):
                restore(backed_up, tmp_path / "again")
            path.write_bytes(whole)
        assert sorted(entry.name for entry in tmp_path.iterdir() if "again" in entry.name) == []
    restore(backed_up, tmp_path / "again")


def test_what_was_forged_is_refused(backed_up, tmp_path):
    manifest = json.loads((backed_up / "manifest.json").read_text())
    manifest["files"]["../../evil"] = manifest["files"].pop("study.toml")
    (backed_up / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RetinaError, match=r"manifest.json was changed"):
        restore(backed_up, tmp_path / "again")
    manifest.pop("sha256")
    forged = {**manifest, "sha256": hashlib.sha256(to_json(manifest).encode()).hexdigest()}
    (backed_up / "manifest.json").write_text(json.dumps(forged))
    with pytest.raises(RetinaError, match="names a file outside itself"):
        restore(backed_up, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_places_that_cannot_be_are_refused(used, backed_up, tmp_path):
    before = sorted(backed_up.rglob("*"))
    with pytest.raises(RetinaError, match="is not empty"):
        backup(used, backed_up)
    with pytest.raises(RetinaError, match="is not empty"):
        restore(backed_up, used.folder)
    with pytest.raises(RetinaError, match="inside the study"):
        backup(used, used.folder / "backup")
    with pytest.raises(RetinaError, match="is not a backup"):
        restore(tmp_path / "nothing", tmp_path / "again")
    (tmp_path / "file").write_text("")
    with pytest.raises(RetinaError, match="is not empty"):
        restore(backed_up, tmp_path / "file")
    assert sorted(backed_up.rglob("*")) == before


def test_a_full_disk_leaves_nothing_behind(used, tmp_path):
    resource = pytest.importorskip("resource")  # POSIX
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, 2000, 60_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, unlimited[1]))
        try:
            with pytest.raises(RetinaError):
                backup(used, tmp_path / "out" / "backup")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        assert list((tmp_path / "out").iterdir()) == []
    shutil.rmtree(tmp_path / "out")
    assert backup(used, tmp_path / "out" / "backup").images == 3


def test_a_rewritten_trail_is_not_backed_up(used, tmp_path):
    with used.database.transaction() as session:
        audit = Base.metadata.tables["audit"]
        assert session.scalar(select(func.count()).select_from(audit)) > 4
        session.execute(audit.update().where(audit.c.id == 3).values(who="Nobody"))
    with pytest.raises(RetinaError, match="Audit row 3"):
        backup(used, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
