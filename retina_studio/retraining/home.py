"""Where the retraining of a study keeps its files on this computer: snapshots, runs, verdicts.

They lie outside the study, as every snapshot does: runs belong to the computer that trains, a study may be shared.
"""

from pathlib import Path

from retina_studio import paths
from retina_studio.study.study import Study


def home_of(study: Study) -> Path:
    """The folder of a study's retraining; made where it is not there, readable by its owner only.

    It holds `snapshots/` (HASH.h5), `runs/` (a folder each) and `queue.lock`, `engine.lock`.
    """
    folder = paths.user_data() / "retraining" / study.id
    for part in (folder, folder / "snapshots", folder / "runs"):
        part.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def is_begun(study: Study) -> bool:
    """Whether anything of a study was ever retrained on this computer; makes no folder."""
    return (paths.user_data() / "retraining" / study.id / "runs").is_dir()
