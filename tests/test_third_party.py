"""Whose packages are shipped."""

import json
import subprocess
import sys

from retina_studio import paths, third_party


def test_every_package_that_is_needed_is_named_with_its_licence():
    found = {package.name.lower(): package for package in third_party.packages()}
    assert {"torch", "pyside6_essentials", "numpy", "sqlalchemy", "markupsafe"} <= set(found)
    assert "retina-studio" not in found
    assert not {"pytest", "ruff", "hypothesis"} & set(found)  # not shipped
    assert all(package.license and package.version for package in found.values())
    assert "LGPL" in found["pyside6_essentials"].license
    assert "Redistribution" in found["numpy"].text


def test_a_frozen_application_reads_them_from_its_file(tmp_path, monkeypatch):
    out = tmp_path / "third-party.json"
    subprocess.run([sys.executable, "-m", "retina_studio.third_party", str(out)], check=True, timeout=120)
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    assert third_party.packages() == [third_party.Package(**entry) for entry in json.loads(out.read_text())]
