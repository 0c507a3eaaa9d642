"""Build the application that people install, from this checkout: `make package FLAVOUR=cpu|cuda`.

    python installer/package.py --flavour cuda --build build --out dist [--only frozen|deb|tar]

freezes it with PyInstaller, and makes of the same tree a Debian package, a portable archive, and SHA256SUMS, signed
where --sign names a key of gpg. Everything between lies in the build folder (about 6 GB with CUDA) and may be deleted.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import contents
import debian_package
import icons
import licences

HERE = Path(__file__).resolve().parent
_ZSTD = ("zstd", f"-{debian_package.ZSTD_LEVEL}", "-T0", "-q", "-f")
SUMS = "SHA256SUMS"


def version() -> str:
    """The application's own version."""
    sys.path.insert(0, str(contents.ROOT))
    from retina_studio import __version__  # noqa: PLC0415

    return __version__


def check_flavour(flavour: str, cuda: str | None) -> None:
    """Refuse an environment whose torch is of the other flavour.

    PyTorch's CUDA build is linked to NVIDIA's libraries: it cannot be imported without them, so that a CPU build
    cannot be made of it by leaving them out.
    """
    if contents.flavour_of(cuda) != flavour:
        found = f"CUDA {cuda}" if cuda else "the CPU"
        raise SystemExit(f"The PyTorch of this environment is for {found}, not for the flavour {flavour}.")


def freeze(build: Path) -> Path:
    """Run PyInstaller; returns the folder of the frozen application."""
    for _ in icons.draw_icons(build / "icons"):
        pass
    frozen, work = build / "frozen", build / "work"
    environment = {
        **os.environ,
        "PYTHONPATH": str(contents.ROOT),
        "PYINSTALLER_CONFIG_DIR": str(build / "cache"),
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(frozen), "--workpath", str(work), str(HERE / "retina-studio.spec")]
    subprocess.run(command, check=True, env=environment)
    return frozen / contents.NAME


def shipped_third_party(frozen: Path) -> list[licences.ThirdParty]:
    """The packages in a frozen application, as the build found them."""
    rows = json.loads((frozen / "_internal" / "resources" / licences.FILE).read_text("utf-8"))
    return [licences.from_row(row) for row in rows]


def archive(frozen: Path, out: Path, name: str) -> Path:
    """The tree as one archive that is unpacked anywhere; returns the file."""
    file = out / f"{name}.tar.zst"
    tar = ["tar", "--create", "--owner=0", "--group=0", f"--directory={frozen.parent}", "--file=-"]
    tar += [f"--transform=s,^{frozen.name},{name},S", frozen.name]  # S: not where links point to
    with file.open("wb") as stream, subprocess.Popen(tar, stdout=subprocess.PIPE) as source:
        subprocess.run([*_ZSTD, "-c"], stdin=source.stdout, stdout=stream, check=True)
    if source.returncode:
        raise SystemExit("The archive could not be made: see tar's words above.")
    return file


def write_sums(folder: Path, key: str) -> Path:
    """SHA256SUMS of everything in a folder, and its signature where a key is named; returns the file."""
    sums = folder / SUMS
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(SUMS))
    sums.write_text("".join(f"{_sha256(file)}  {file.name}\n" for file in files), "utf-8")
    signature = sums.with_name(f"{SUMS}.asc")
    signature.unlink(missing_ok=True)
    if key:
        command = ["gpg", "--batch", "--yes", "--local-user", key, "--armor", "--detach-sign"]
        subprocess.run([*command, "--output", str(signature), str(sums)], check=True)
        print(f"{sums} is signed with {key}: {signature}")
    else:
        print(f"{sums} is not signed: name a key of gpg with SIGN_KEY.")
    return sums


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _told(what: str) -> Iterator[None]:
    start = time.monotonic()
    print(f"{what} ...", flush=True)
    yield
    print(f"{what}: {time.monotonic() - start:.0f} s", flush=True)


def _said(files: Iterable[Path]) -> None:
    for file in files:
        print(f"{file}  {file.stat().st_size / 1e6:,.0f} MB")


def main() -> None:
    """Build what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--flavour", choices=sorted(debian_package.FLAVOURS), required=True)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument(
        "--only", choices=("frozen", "deb", "tar"), help="stop there, or pack one of two; default: both"
    )
    parser.add_argument("--frozen", type=Path, help="pack this frozen application instead of making one")
    parser.add_argument("--sign", default="", metavar="KEY", help="sign the checksums with this key of gpg")
    given = parser.parse_args()
    import torch  # noqa: PLC0415  (it takes seconds)

    check_flavour(given.flavour, torch.version.cuda)
    build, out, number = given.build.resolve(), given.out.resolve(), version()
    out.mkdir(parents=True, exist_ok=True)
    if given.frozen:
        frozen = given.frozen.resolve()
    else:
        with _told("Freezing the application"):
            frozen = freeze(build)
    made = []
    if given.only in (None, "deb") and shutil.which("dpkg-deb"):
        with _told("Packing the Debian package"):
            tree = build / "debian"
            debian_package.stage(frozen, tree, number, given.flavour, shipped_third_party(frozen))
            made.append(debian_package.build(tree, out, number, given.flavour))
            shutil.rmtree(tree)
    if given.only in (None, "tar") and shutil.which("zstd"):
        with _told("Packing the portable archive"):
            name = f"{contents.NAME}-{number}-{given.flavour}-{sys.platform}-{platform.machine()}"
            made.append(archive(frozen, out, name))
    if made:
        _said([*made, write_sums(out, given.sign)])


if __name__ == "__main__":
    main()
