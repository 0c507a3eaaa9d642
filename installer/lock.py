"""Write the locked requirements: `python installer/lock.py installer/requirements.lock` (`make lock`).

What pip would install for the application on this platform, each with its exact version and the SHA-256 of the file:
`pip install --require-hashes --requirement` takes these files and no others, and `pip download` gathers them for a
computer without internet.
"""

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = "postgres,pretrained"  # as the packages ship it


def resolved(project: Path) -> list[dict[str, Any]]:
    """What pip would install for the project in an empty environment: the entries of its report.

    Raises:
        SystemExit: pip finds no answer; it has said why.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check", "--report"]
        command = [sys.executable, "-m", "pip", "install", *options, str(report), f"{project}[{EXTRAS}]"]
        if status := subprocess.run(command, check=False).returncode:
            raise SystemExit(status)
        entries: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["install"]
    return entries


def lock_of(entries: Sequence[Mapping[str, Any]], where: str) -> str:
    """The text of the file, by name; the project itself, which has no archive, is left out.

    Args:
        entries: of pip's report.
        where: the platform they are for.
    """
    lines = [
        f"# What Retina Studio [{EXTRAS}] needs on {where}, locked. Written by `make lock`.\n",
        "# pip install --require-hashes --requirement installer/requirements.lock && pip install --no-deps .\n",
    ]
    found = {}
    for entry in entries:
        hashes = entry["download_info"].get("archive_info", {}).get("hashes", {})
        if "sha256" in hashes:
            found[entry["metadata"]["name"].lower()] = (entry["metadata"]["version"], hashes["sha256"])
    for name, (version, digest) in sorted(found.items()):
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")
    return "".join(lines)


def main() -> None:
    """Write the file."""
    where = f"{platform.system()} {platform.machine()} with Python {'.'.join(platform.python_version_tuple()[:2])}"
    Path(sys.argv[1]).write_text(lock_of(resolved(ROOT), where), encoding="utf-8")


if __name__ == "__main__":
    main()
