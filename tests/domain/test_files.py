"""Files written whole: also by two writers at once, and told apart when the disk is full."""

import errno
import os
import stat
import threading

import pytest

from retina_studio.domain import files
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole


def test_a_file_is_written_and_replaced(tmp_path):
    place = tmp_path / "new" / "a.txt"
    write_whole(place, b"one", 0o600)
    write_whole(place, b"two", 0o600)
    assert place.read_bytes() == b"two"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [each.name for each in place.parent.iterdir()] == ["a.txt"]


def test_two_writers_of_one_file_do_not_meet(tmp_path, monkeypatch):
    """Both are half-way at the same time; as two programs that import the same image may be."""
    both, sync, refused = threading.Barrier(2, timeout=5), os.fsync, []

    def meet(handle):
        if stat.S_ISREG(os.fstat(handle).st_mode):
            both.wait()
        sync(handle)

    def write():
        try:
            write_whole(tmp_path / "a", b"x" * 5000)
        except RetinaError as error:
            refused.append(str(error))

    monkeypatch.setattr(os, "fsync", meet)
    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert refused == []
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "free some space"), (errno.EIO, r"\(Input/output error\)\.")]
)
def test_a_failure_leaves_the_old_file_and_says_why(tmp_path, monkeypatch, number, words):
    write_whole(tmp_path / "a", b"old")

    def fail(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RetinaError, match=words):
        write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_new_folder_is_durable_before_the_file_in_it(tmp_path, monkeypatch):
    synced = []
    sync = files.sync_folder
    monkeypatch.setattr(files, "sync_folder", lambda folder: (synced.append(folder), sync(folder)))
    write_whole(tmp_path / "a" / "b" / "c.txt", b"one")
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
