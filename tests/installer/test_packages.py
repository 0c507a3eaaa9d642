"""The packages around the frozen application: built for real, of a tiny one."""

import re
import shutil
import subprocess
import tarfile
from itertools import pairwise
from pathlib import Path

import contents
import debian_package
import icons
import licences
import package
import pytest
from defusedxml import ElementTree
from PIL import Image

import retina_studio

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"
THIRD = [
    licences.ThirdParty(
        "Example", "1.2", "MIT", "https://example.org", "python", ("Permission is hereby granted",)
    )
]


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


@pytest.fixture
def frozen(tmp_path):
    """A folder as PyInstaller leaves it, with two programs and nothing behind them."""
    folder = tmp_path / "frozen" / contents.NAME
    (folder / "_internal" / "resources").mkdir(parents=True)
    for name in contents.PROGRAMS:
        (folder / name).write_text("#!/bin/sh\necho started $0\n")
        (folder / name).chmod(0o700)
    (folder / "_internal" / "libexample.so.1").write_bytes(bytes(5000))
    (folder / "_internal" / "libexample.so").symlink_to("libexample.so.1")
    (folder / "_internal" / "resources" / licences.FILE).write_text(licences.as_json(THIRD))
    return folder


def test_the_version_is_the_application_s():
    assert package.version() == retina_studio.__version__


@needs("dpkg")
def test_debian_sorts_versions_as_python_does():
    order = ["1.0.0.dev1", "1.0.0a2", "1.0.0b1", "1.0.0rc1", "1.0.0", "1.0.1"]
    for lower, higher in pairwise(order):
        words = (debian_package.debian_version(lower), "lt", debian_package.debian_version(higher))
        assert run("dpkg", "--compare-versions", *words).returncode == 0, words


def test_an_environment_of_the_other_flavour_is_refused():
    package.check_flavour("cuda", "13.0")
    package.check_flavour("cpu", None)
    with pytest.raises(SystemExit, match=r"for CUDA 13\.0, not for the flavour cpu"):
        package.check_flavour("cpu", "13.0")


def test_the_cpu_flavour_asks_for_an_index(tmp_path, monkeypatch):
    monkeypatch.delenv("TORCH_INDEX", raising=False)
    done = run("sh", INSTALLER / "environment.sh", "cpu", "python3", tmp_path / "env")
    assert done.returncode == 1
    assert "set TORCH_INDEX" in done.stderr
    assert run("sh", INSTALLER / "environment.sh", "tpu", "python3", tmp_path).returncode == 1


@needs("dpkg-deb")
def test_the_debian_package_installs_the_tree_the_links_and_the_desktop_s_files(frozen, tmp_path):
    debian_package.stage(frozen, tmp_path / "tree", "1.0.0rc1", "cpu", THIRD)
    deb = debian_package.build(tmp_path / "tree", tmp_path, "1.0.0rc1", "cpu")
    control = run("dpkg-deb", "--field", deb).stdout
    assert deb.name.startswith("retina-studio-cpu_1.0.0~rc1_")
    assert "Version: 1.0.0~rc1" in control
    assert "@" not in control.replace("<retina-studio@localhost>", "")
    assert {"libegl1", "libxcb-cursor0"} <= set(re.search(r"Depends: (.*)", control)[1].split(", "))
    assert run("dpkg-deb", "--extract", deb, tmp_path / "root").returncode == 0
    root = tmp_path / "root"
    assert (root / "opt/retina-studio/retina-studio").stat().st_mode & 0o777 == 0o755
    assert (root / "opt/retina-studio/_internal/libexample.so").is_symlink()
    assert (root / "usr/bin/retina-train").readlink() == Path("/opt/retina-studio/retina-train")
    assert "Permission is hereby granted" in (root / "usr/share/doc/retina-studio-cpu/copyright").read_text()
    assert "Apache License" in (root / "usr/share/doc/retina-studio-cpu/copyright").read_text()
    for size in icons.SIZES:
        with Image.open(root / f"usr/share/icons/hicolor/{size}x{size}/apps/retina-studio.png") as icon:
            assert icon.size == (size, size)
            assert icon.getextrema()[3] == (0, 255), "drawn, with transparent corners"
    listed = run("dpkg-deb", "--contents", deb).stdout
    assert all(" root/root " in line for line in listed.splitlines())


@needs("zstd")
def test_the_archive_unpacks_to_one_folder_of_its_name(frozen, tmp_path):
    file = package.archive(frozen, tmp_path, "retina-studio-1.0.0-cpu-linux-x86_64")
    assert run("zstd", "-d", "-q", file, "-o", tmp_path / "plain.tar").returncode == 0
    with tarfile.open(tmp_path / "plain.tar") as archive:
        members = {member.name: member for member in archive.getmembers()}
    assert all(name.split("/")[0] == "retina-studio-1.0.0-cpu-linux-x86_64" for name in members)
    assert (
        members["retina-studio-1.0.0-cpu-linux-x86_64/_internal/libexample.so"].linkname == "libexample.so.1"
    )


@needs("sha256sum")
def test_the_checksums_are_checked_by_the_usual_tool(tmp_path, capsys):
    (tmp_path / "a.deb").write_text("a")
    (tmp_path / "b.tar.zst").write_text("b")
    package.write_sums(tmp_path, key="")
    assert "not signed" in capsys.readouterr().out
    command = ["sha256sum", "--check", package.SUMS]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "a.deb").write_text("A")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


@needs("gpg")
def test_the_checksums_are_signed_with_a_key(tmp_path, tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    made = run(
        "gpg",
        "--batch",
        "--passphrase",
        "",
        "--quick-generate-key",
        "Release <r@example.org>",
        "ed25519",
        "sign",
    )
    assert made.returncode == 0, made.stderr
    (tmp_path / "a.deb").write_text("a")
    sums = package.write_sums(tmp_path, key="r@example.org")
    assert run("gpg", "--verify", f"{sums}.asc", sums).returncode == 0
    sums.write_text(sums.read_text() + "0  other\n")
    assert run("gpg", "--verify", f"{sums}.asc", sums).returncode == 1
    run("gpgconf", "--kill", "all")


def _filled(template, tmp_path, name):
    file = tmp_path / name
    file.write_text(debian_package.filled(template, {"VERSION": "1.0.0", "DATE": "2026-01-31"}), "utf-8")
    return file


@needs("desktop-file-validate")
def test_the_desktop_file_is_valid(tmp_path):
    done = run("desktop-file-validate", _filled("retina-studio.desktop", tmp_path, "retina-studio.desktop"))
    assert (done.returncode, done.stdout) == (0, "")


@needs("appstreamcli")
def test_the_metainfo_is_valid(tmp_path):
    name = "org.retinastudio.retina_studio.metainfo.xml"
    done = run(
        "appstreamcli",
        "validate",
        "--no-net",
        "--no-color",
        _filled("retina-studio.metainfo.xml", tmp_path, name),
    )
    assert done.returncode == 0, done.stdout


def test_the_desktop_opens_what_the_mime_type_names():
    mime = ElementTree.parse(INSTALLER / "debian" / "retina-studio.mime.xml").getroot()
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kind = mime.find(f"{space}mime-type").get("type")
    assert mime.find(f"{space}mime-type/{space}glob").get("pattern") == "study.toml"
    desktop = (INSTALLER / "debian" / "retina-studio.desktop").read_text("utf-8")
    assert f"MimeType={kind};" in desktop
    assert re.search(r"^Exec=retina-studio gui %f$", desktop, re.MULTILINE)


@pytest.mark.parametrize("script", sorted(INSTALLER.glob("*.sh")), ids=lambda path: path.name)
def test_shell_scripts_parse(script):
    done = run("sh", "-n", script)
    assert done.returncode == 0, done.stderr


def test_the_windows_script_packs_what_the_build_leaves():
    script = (INSTALLER / "windows" / "retina-studio.iss").read_text("utf-8")
    assert r"build\frozen\retina-studio\*" in script
    assert r"build\icons\retina-studio.ico" in script
