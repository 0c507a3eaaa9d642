"""The peers: each in a virtual environment of its own, each run by the driver that is kept beside the project."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 1800  # seconds for one run of one peer


@dataclass(frozen=True)
class Peer:
    """A program, the driver that works it, and what pip installs for it."""

    name: str
    driver: str
    requirement: str
    needs_screen: bool = False  # draws with OpenGL: under Xvfb, in software
    has_folder: bool = True


PEERS = (
    Peer("labelme 6.3.1", "peer_labelme.py", "labelme==6.3.1"),
    Peer("X-AnyLabeling 4.2.1", "peer_xany.py", "x-anylabeling-cvhub==4.2.1"),
    Peer("napari 0.9.2", "peer_napari.py", "napari[all]==0.9.2", needs_screen=True, has_folder=False),
)


def installed_peers(home):
    """The peers that can be run from `home` (one environment each), made where they are missing.

    A peer that cannot be installed is left out, and said so.
    """
    return tuple(peer for peer in PEERS if _install(peer, home / _stem(peer)))


def _install(peer, place):
    ready = place / "ready"
    if ready.is_file():
        return True
    print(f"Installing {peer.name} ...")
    try:
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", peer.requirement]
        subprocess.run(pip, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{peer.name} is left out: {error}")
        return False
    ready.write_text(peer.requirement)
    return True


def run_peer(peer, home, drivers, what, work):
    """What the peer's driver measured; None when it failed, which is said."""
    if what == "folder" and not peer.has_folder:
        return None
    python = str((home / _stem(peer) / "bin" / "python").absolute())
    command = [python, str(drivers / peer.driver), what, str(work)]
    if peer.needs_screen:
        screen = shutil.which("xvfb-run")
        if screen is None:
            return None
        command = [screen, "-a", "-s", "-screen 0 1920x1200x24", *command]
    return last_line(command, {} if peer.needs_screen else {"QT_QPA_PLATFORM": "offscreen"})


def last_line(command, environment):
    """The JSON that a driver prints last; None when it failed, which is said."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=True,
        )
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (subprocess.SubprocessError, IndexError, ValueError) as error:
        told = getattr(error, "stderr", "") or ""
        print(f"No figures from {' '.join(command)}: {error} {told[-400:]}")
        return None


def _stem(peer):
    return Path(peer.driver).stem.removeprefix("peer_")
