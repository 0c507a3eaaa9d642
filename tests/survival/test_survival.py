"""`make survival`, small: a few kills, a few dozen spoiled files, a few power cuts, one full disk."""

import os

import pytest

from tests.survival import backups, disk, files, kill, power, soak
from tests.survival.merging import merged
from tests.survival.page import write_page
from tests.survival.record import Record
from tests.survival.syscalls import NoTraceError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks, kills and mounts")


def quiet(_sentence):
    """Nothing is printed in a test."""


def test_a_few_kills_lose_nothing(tmp_path):
    found = kill.session_kills(tmp_path, 8, seed=3, says=quiet)
    assert found.faults is None
    assert found.kills == 8


@pytest.mark.slow
def test_a_few_servers_and_graders_are_killed(tmp_path, postgres):
    found = kill.server_kills(tmp_path, 3, seed=3, says=quiet)
    assert found.faults is None
    assert found.recovered > 0
    assert found.said > 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_few_dozen_spoiled_files(tmp_path):
    found = files.measure(tmp_path, 60, says=quiet)
    assert found["faults"] == []
    assert found["answers"]["refused"] + found["answers"]["taken"] == 60


def test_a_few_power_cuts(tmp_path):
    try:
        found = power.measure(tmp_path, 6, says=quiet)
    except NoTraceError as error:
        pytest.skip(str(error))
    assert found["study"]["faults"] == found["snapshot"]["faults"] == []
    assert found["study"]["syncs"] > 50


@pytest.mark.slow
def test_a_full_disk(tmp_path):
    try:
        found = disk.measure(tmp_path, says=quiet, trains=False)
    except disk.NoDiskError as error:
        pytest.skip(str(error))
    assert found["faults"] == []


@pytest.mark.slow
def test_two_backups_of_a_study_in_use(tmp_path):
    assert backups.measure(tmp_path, 2, says=quiet)["faults"] == []


@pytest.mark.slow
def test_a_short_day_in_the_window(tmp_path, qapp):
    found = soak.main(40, 120, tmp_path / "soak.json", 300, tmp_path / "work")
    assert found["problems"] == []
    assert (found["switches"], found["edits"]) == (40, 120)


def test_parts_add_up_and_are_done_once(tmp_path):
    record = Record(tmp_path / "reliability.json")
    for part in ("0+100", "100+100"):
        kills = {"kills": 100, "acknowledged": 7, "in_mid_change": 2, "of_these_made": 1, "faults": ["lost"]}
        record.keep("kill", part, {"session": kills}, {"session": 300, "window": 5, "server": 5})
    again = Record(tmp_path / "reliability.json")
    assert again.has("kill", "0+100")
    assert not again.has("kill", "200+100")
    assert again.figures("kill")["session"]["acknowledged"] == 14
    assert again.faults(["kill"]) == ["lost", "lost"]
    write_page(again, tmp_path / "reliability.md")
    page = (tmp_path / "reliability.md").read_text()
    assert "| 200 of 300 | 14 | 4 (2) |" in page
    assert "Faults: 2." in page
    assert "Not run yet: `python -m tests.survival soak`." in page
    again.forget("kill")
    assert not Record(tmp_path / "reliability.json").has("kill", "0+100")


def test_the_slowest_of_all_parts_is_kept():
    parts = ({"slowest_cpu_seconds": 2.0, "files": 3}, {"slowest_cpu_seconds": 1.0, "files": 4})
    assert merged(parts) == {"slowest_cpu_seconds": 2.0, "files": 7}
