"""The cache of prepared examples: found again, never trusted."""

import os
import signal
import warnings

import numpy as np
import pytest
from data_examples import DISC, SPEC, disc_data

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.store.read import Snapshot
from training.data import cache
from training.data.examples import SplitData


@pytest.fixture
def made(tmp_path):
    """(snapshot, data in memory to compare with, a function that opens data in the cache folder)."""
    snapshot, kept = disc_data(tmp_path / "s.h5", 6)
    with snapshot:
        yield (
            snapshot,
            kept,
            lambda **options: SplitData(
                snapshot,
                "train",
                options.pop("spec", SPEC),
                DISC,
                cache=tmp_path / "cache",
                memory=0,
                **options,
            ),
        )


def _same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name in ("points", "grades"))
        for name in ("pixels", "planes", "known", "points", "grades")
    )


def _killed_in_the_fourth(store, folder):
    try:
        data = SplitData(Snapshot(store), "train", SPEC, DISC, cache=folder, memory=0)
        for n in range(3):
            data.stored(n)
        cache.zlib.crc32 = lambda record: os.kill(
            os.getpid(), signal.SIGKILL
        )  # the record is there, its sum is not
        data.stored(3)
    finally:
        os._exit(0)


def _files(tmp_path):
    return sorted((tmp_path / "cache").iterdir())


def _never(*_):
    raise AssertionError("this example was prepared again")


def test_examples_are_the_same_and_found_again(made, tmp_path, monkeypatch):
    _, kept, opened = made
    first = opened()
    assert first.missing_cache_bytes > 6 * 32 * 48 * 4
    first.prepare()
    assert first.missing_cache_bytes == 0
    monkeypatch.setattr(SplitData, "_make", _never)
    again = opened()
    monkeypatch.undo()
    assert all(_same(again.stored(n), kept.stored(n)) for n in range(6))
    assert len(_files(tmp_path)) == 1


def test_a_share_uses_the_file_of_the_whole(made, tmp_path, monkeypatch):
    _, kept, opened = made
    opened().prepare()
    share = opened(fraction=0.5)
    monkeypatch.setattr(SplitData, "_make", _never)
    examples = [share.stored(n) for n in range(len(share))]
    monkeypatch.undo()
    names = [entry.name for entry in kept.entries]
    for entry, example in zip(share.entries, examples, strict=True):
        assert _same(example, kept.stored(names.index(entry.name)))
    assert len(_files(tmp_path)) == 1


def test_another_preprocessing_has_a_file_of_its_own(made, tmp_path):
    _, _, opened = made
    opened().prepare()
    other = opened(spec=Preprocessing(32, 48, crop=False, clahe="lab"))
    other.prepare()
    assert len(_files(tmp_path)) == 2
    assert other.stored(0).pixels.std() != opened().stored(0).pixels.std()


@pytest.mark.parametrize("damage", ["cut", "foreign", "grown", "empty"])
def test_a_damaged_file_is_made_anew(made, tmp_path, damage):
    _, kept, opened = made
    opened().prepare()
    (file,) = _files(tmp_path)
    content = file.read_bytes()
    file.unlink()
    changed = {
        "cut": content[: len(content) // 2],
        "foreign": content[:30] + b"x" * 40 + content[70:],
        "grown": content + b"0",
        "empty": b"",
    }
    file.write_bytes(changed[damage])
    again = opened()
    assert all(_same(again.stored(n), kept.stored(n)) for n in range(6))
    assert file.stat().st_size == len(content)


def test_a_flipped_byte_costs_one_example(made, tmp_path, monkeypatch):
    _, kept, opened = made
    opened().prepare()
    (file,) = _files(tmp_path)
    size = kept.shape.bytes
    with file.open("r+b") as stream:
        stream.seek(-3 * size + 100, os.SEEK_END)
        byte = stream.read(1)
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte[0] ^ 1]))
    prepared = []
    make = SplitData._make
    monkeypatch.setattr(SplitData, "_make", lambda self, n: prepared.append(n) or make(self, n))
    again = opened()
    examples = [again.stored(n) for n in range(6)]
    assert prepared == [3]
    monkeypatch.undo()
    assert all(_same(example, kept.stored(n)) for n, example in enumerate(examples))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_kill_in_the_middle_leaves_what_was_done(made, tmp_path, monkeypatch):
    snapshot, kept, opened = made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the child only fills the cache: other threads do not matter to it
        child = os.fork()
    if not child:
        _killed_in_the_fourth(snapshot.path, tmp_path / "cache")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    prepared = []
    make = SplitData._make
    monkeypatch.setattr(SplitData, "_make", lambda self, n: prepared.append(n) or make(self, n))
    again = opened()
    examples = [again.stored(n) for n in range(6)]
    monkeypatch.undo()
    assert prepared == [3, 4, 5]
    assert all(_same(example, kept.stored(n)) for n, example in enumerate(examples))


def test_a_full_disk_is_one_sentence(made, monkeypatch):
    _, _, opened = made

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "_take_room", full)
    with pytest.raises(RetinaError, match=r"cache of prepared images .*No space left.* make room for 1 MB"):
        opened().prepare()


def test_files_unused_for_longest_make_room(made, tmp_path, monkeypatch):
    _, _, opened = made
    specs = [Preprocessing(32, 48, gamma=gamma) for gamma in (1.1, 1.2, 1.3)]
    for age, spec in zip((30, 20), specs, strict=False):
        opened(spec=spec).prepare()
        newest = max(_files(tmp_path), key=lambda file: file.stat().st_mtime)
        os.utime(newest, (newest.stat().st_mtime - 1000 * age,) * 2)
    first, second = sorted(_files(tmp_path), key=lambda file: file.stat().st_mtime)
    monkeypatch.setattr(cache, "LIMIT", int(2.5 * first.stat().st_size))
    opened(spec=specs[2]).prepare()
    assert not first.exists()
    assert second.exists()
    assert len(_files(tmp_path)) == 2
