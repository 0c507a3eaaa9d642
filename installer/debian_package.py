"""The Debian package of a frozen application: its tree, its control file, and dpkg-deb."""

import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import contents
import icons
import licences

HERE = Path(__file__).resolve().parent
_TEMPLATES = HERE / "debian"
_HOME = Path("opt") / contents.NAME
# Measured on PyTorch's and NVIDIA's libraries: level 6 takes three times as long for 5 % less, 9 five times for 9 %.
ZSTD_LEVEL = 3
_COMPRESSION = ("-Zzstd", f"-z{ZSTD_LEVEL}")
FLAVOURS = {
    "cpu": "This build has PyTorch for the CPU.",
    "cuda": "This build has PyTorch with CUDA: it uses an NVIDIA GPU where there is one, with the driver alone.",
}


def system_packages() -> list[str]:
    """The Debian packages of Qt's system libraries, from the one list of them (system-packages.sh)."""
    found = re.search(r'^needed="([^"]+)"', (HERE / "system-packages.sh").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit("installer/system-packages.sh has no list `needed`.")
    return found[1].split()


def dependencies() -> list[str]:
    """What the package depends on: the C and C++ libraries of the build machine or newer, and Qt's libraries."""
    return [f"libc6 (>= {platform.libc_ver()[1]})", "libstdc++6", *system_packages()]


def package_name(flavour: str) -> str:
    """Each flavour is a package of its own; installing one replaces the other."""
    return f"{contents.NAME}-{flavour}"


def debian_version(version: str) -> str:
    """A version of Python's (1.0.0rc1, 1.1.dev2) as Debian sorts it: what comes before a release has a ~."""
    return re.sub(r"\.?dev", "~~dev", re.sub(r"(?<=\d)(a|b|rc)(?=\d)", r"~\1", version))


def filled(template: str, words: dict[str, str]) -> str:
    """A file of installer/debian with its @WORDS@ put in."""
    text = (_TEMPLATES / template).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def stage(
    frozen: Path, folder: Path, version: str, flavour: str, third: Iterable[licences.ThirdParty]
) -> None:
    """Lay out the package's tree in a new folder: the application by hard links, the desktop's files beside."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(frozen, folder / _HOME, copy_function=os.link, symlinks=True)
    programs = folder / "usr" / "bin"
    programs.mkdir(parents=True)
    for name in contents.PROGRAMS:
        (programs / name).symlink_to(Path("/") / _HOME / name)
    share = folder / "usr" / "share"
    today = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    words = {"VERSION": version, "DATE": today}
    _write(share / "applications" / "retina-studio.desktop", filled("retina-studio.desktop", words))
    _write(share / "mime" / "packages" / "retina-studio.xml", filled("retina-studio.mime.xml", words))
    metainfo = "org.retinastudio.retina_studio.metainfo.xml"
    _write(share / "metainfo" / metainfo, filled("retina-studio.metainfo.xml", words))
    for size, file in icons.draw_icons(folder.with_name("icons")):
        _copy(file, share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "retina-studio.png")
    _copy(icons.SVG, share / "icons" / "hicolor" / "scalable" / "apps" / "retina-studio.svg")
    _write(share / "doc" / package_name(flavour) / "copyright", _copyright(third))
    _write(folder / "DEBIAN" / "control", _control(folder, version, flavour))


def build(folder: Path, out: Path, version: str, flavour: str) -> Path:
    """Pack a staged tree; returns the .deb file."""
    name = f"{package_name(flavour)}_{debian_version(version)}_{_architecture()}.deb"
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(folder)], check=True)
    command = ["dpkg-deb", "--root-owner-group", *_COMPRESSION, "--build", str(folder), str(out / name)]
    subprocess.run(command, check=True)
    return out / name


def _control(folder: Path, version: str, flavour: str) -> str:
    words = {
        "PACKAGE": package_name(flavour),
        "VERSION": debian_version(version),
        "ARCHITECTURE": _architecture(),
        "SIZE": str(_kibibytes(folder)),
        "DEPENDS": ", ".join(dependencies()),
        "FLAVOUR": FLAVOURS[flavour],
    }
    return filled("control.in", words)


def _copyright(third: Iterable[licences.ThirdParty]) -> str:
    own = (HERE.parent / "LICENSE").read_text("utf-8")
    head = "Retina Studio is by the Retina Studio developers, under the Apache License 2.0 (below).\n\n"
    return (
        f"{head}It contains work of others:\n\n{licences.as_text(third)}\n{'=' * 100}\nRetina Studio\n\n{own}"
    )


def _architecture() -> str:
    asked = ["dpkg", "--print-architecture"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _kibibytes(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) // 1024


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _copy(source: Path, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, file)
