"""Whose work is shipped is found from the files, with version, licence and text."""

import json
from importlib.metadata import version
from pathlib import Path

import h5py
import licences
import numpy as np
import PySide6
import pytest


@pytest.fixture(scope="module")
def found():
    return licences.third_party([np.__file__, h5py.__file__, PySide6.__file__, "/elsewhere/own.py"])


def test_the_packages_of_files_with_version_licence_and_text(found):
    packages = {one.name: one for one in found}
    assert packages.keys() == {"numpy", "h5py", "PySide6_Essentials", "Python"}
    assert packages["numpy"].version == version("numpy")
    assert "BSD" in packages["numpy"].licence
    assert any("NumPy Developers" in text for text in packages["numpy"].texts)
    assert "LGPL-3.0" in packages["PySide6_Essentials"].licence
    assert packages["Python"].licence == "PSF-2.0"


def test_as_json_is_what_the_about_box_reads(found):
    rows = json.loads(licences.as_json(found))
    assert all(row.keys() == {"name", "version", "license", "text"} for row in rows)
    again = [licences.from_row(row) for row in rows]
    assert [(one.name, one.version, one.licence) for one in again] == [
        (one.name, one.version, one.licence) for one in found
    ]


def test_as_text_has_each_text_once_with_whose_it_is(found):
    text = licences.as_text([*found, *found])
    different = {licence for one in found for licence in one.texts}
    assert text.splitlines().count("=" * 100) == 2 * len(different)
    for one in found:
        assert f"{one.name} {one.version}: {one.licence}" in text
        assert all(licence.strip() in text for licence in one.texts)


def test_the_metadata_that_tells_versions_comes_along(found):
    places = {place for _, place in licences.metadata_files(found)}
    assert f"numpy-{version('numpy')}.dist-info/METADATA" in places
    assert all(Path(file).is_file() for file, _ in licences.metadata_files(found))
    assert not any("RECORD" in place or place.startswith(("numpy/", "torch")) for place in places)


def test_everything_here_says_its_licence_or_brings_it():
    """But the few that say nothing in their metadata; none of these is shipped."""
    silent = {one.name for one in licences.everything_here() if one.licence == "not stated" and not one.texts}
    assert silent <= {"cuda-toolkit"}
