"""Verify a curated store: find any byte that changed since it was written, and say where."""

from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.store.layout import USER_BLOCK, check_user_block, seal
from retina_studio.store.read import Snapshot


def verify_snapshot(path: Path) -> list[str]:
    """The problems of a snapshot, each one sentence; none when every byte is as it was written.

    The seal finds the damage, wherever it is; the checksums of the images' parts say which image it hit. Damage
    that hits no image is reported for the file.
    """
    try:
        check_user_block(path)
        with path.open("rb") as file:
            whole = file.read(USER_BLOCK) == seal(file)
    except RetinaError as error:
        return [str(error)]
    except OSError as error:
        return [f"{path} cannot be read: {error.strerror or error}."]
    problems = _damaged_parts(path)
    if not whole and not problems:
        problems = [f"{path} is damaged: it is not as it was written, though no image's data are hit."]
    return problems


def _damaged_parts(path: Path) -> list[str]:
    problems = []
    try:
        with Snapshot(path) as snapshot:
            for entry in snapshot.entries:
                for part, expected in snapshot.checksums(entry.index).items():
                    try:
                        sound = snapshot.checksum(entry.index, part) == expected
                    except RetinaError as error:
                        problems.append(str(error))
                        continue
                    if not sound:
                        problems.append(f"{path} is damaged: the {part} of {entry.name} have changed.")
    except RetinaError as error:
        problems.append(str(error))
    return problems
