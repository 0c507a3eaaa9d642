"""What doctor finds: everything in order, and each thing that is not."""

import importlib.metadata
import json
import os
from pathlib import Path

import pytest

from retina_studio import paths
from retina_studio.cli import main
from retina_studio.doctor import findings, installed, machine, places
from retina_studio.doctor.finding import Finding
from retina_studio.domain.errors import RetinaError
from retina_studio.study.place import Place


def found(found_now, what):
    return next(finding for finding in found_now if finding.what == what)


def test_shipped_weights_are_held_against_their_cards(shipped_weights):
    weights = list(installed.weights())
    assert [finding.state for finding in weights] == ["ok"] * 6
    assert all("as its model card says" in finding.value for finding in weights[:5])


def test_damaged_and_missing_weights_want_attention(shipped_weights, tmp_path, monkeypatch):
    data = bytearray((shipped_weights / "disc.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "disc.safetensors").write_bytes(data)
    monkeypatch.setattr(paths, "shipped_weights", lambda: tmp_path)
    weights = list(installed.weights())
    assert "not what its model card says" in found(weights, "Weights disc").value
    assert found(weights, "Weights disc").state == found(weights, "Weights ppa").state == "attention"


def test_a_package_that_is_gone_is_missing(monkeypatch):
    def version(name):
        if name == "h5py":
            raise importlib.metadata.PackageNotFoundError(name)
        return "6.12.0" if name.startswith("PySide6") else "1"

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(installed.sys, "version_info", (3, 11, 7))
    told = list(installed.versions())
    assert found(told, "h5py").state == "missing"
    assert "aborts" in found(told, "PySide6-Essentials").value


def test_little_memory_a_wrong_clock_and_no_display(monkeypatch):
    monkeypatch.setattr(machine, "_memory", lambda: (4 * 2**30, 2**30))
    assert machine.memory().state == "attention"
    monkeypatch.setattr(machine, "_memory", lambda: (32 * 2**30, 2**28))
    assert machine.memory().advice == "close other programs"
    monkeypatch.setattr(machine, "_memory", lambda: (0, 0))
    assert machine.memory().state == "ok"
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setattr(machine, "has_display", lambda: False)
    assert machine.display().state == "attention"
    assert machine.clock().state == "ok"


def test_a_clock_of_before_the_application_is_told(tmp_path, monkeypatch):
    made = tmp_path / "labels.toml"
    made.touch()
    os.utime(made, (4e9, 4e9))
    monkeypatch.setattr(machine, "resources", lambda: tmp_path)
    assert machine.clock().advice == "set the clock"


def test_a_full_disk_and_a_folder_that_takes_nothing(tmp_path, monkeypatch):
    usage = places.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(places.shutil, "disk_usage", lambda _: usage._replace(free=2**20))
    assert places._folder("Study", tmp_path).state == "attention"
    assert places._folder("Study", tmp_path / "gone").state == "missing"


def test_a_study_over_a_network_wants_attention(study, monkeypatch):
    told = list(places.study_place(study.folder))
    assert [finding.state for finding in told] == ["ok", "ok", "ok"]
    monkeypatch.setattr(places, "_kind_of_file_system", lambda _: "nfs4")
    assert "PostgreSQL" in found(places.study_place(study.folder), "Study's file system").advice
    (study.folder / "study.sqlite").unlink()
    assert found(places.study_place(study.folder), "Study's database").state == "missing"


def test_a_shared_study_needs_its_driver(tmp_path, monkeypatch):
    place = Place(tmp_path, "postgresql+psycopg://studio@server/retina")
    assert [finding.state for finding in places._database(place)] == ["ok"]
    monkeypatch.setattr(places.importlib.util, "find_spec", lambda _: None)
    (finding,) = places._database(place)
    assert (finding.state, "server" in finding.value) == ("missing", True)


def test_the_mount_with_the_longest_path_is_the_one(tmp_path, monkeypatch):
    lines = f"a / ext4 rw 0 0\nb {tmp_path!s} nfs rw 0 0\nc /nowhere\\040else cifs rw 0 0\n"
    monkeypatch.setattr(places.Path, "read_text", lambda self, encoding: lines)
    assert places._kind_of_file_system(tmp_path / "study") == "nfs"
    assert places._kind_of_file_system(Path("/other")) == "ext4"


@pytest.mark.parametrize(("state", "status"), [("attention", 0), ("missing", 1)])
def test_the_command_prints_json_and_fails_when_something_essential_is_missing(
    capsys, monkeypatch, state, status
):
    told = [Finding("torch", "2.11"), Finding("h5py", "not installed", state, "install it")]
    monkeypatch.setattr("retina_studio.doctor.findings", lambda study: iter(told))
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--json"])
    assert (end.value.code or 0) == status
    assert json.loads(capsys.readouterr().out)[1] == {
        "what": "h5py", "value": "not installed", "state": state, "advice": "install it"
    }  # fmt: skip


def test_what_is_no_study_is_refused(tmp_path):
    with pytest.raises(RetinaError, match="is not a study"):
        next(findings(tmp_path))
