"""The leakage guard: what a network learns from, it must not be measured on."""

from collections.abc import Callable, Mapping

from retina_studio.domain.errors import RetinaError
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot

_NAMED = 5  # patients or images in a sentence


def check_leakage(snapshot: Snapshot) -> None:
    """Refuse a snapshot that has a patient, or one image file, in two splits. An unnamed patient ("") is not compared.

    Raises:
        RetinaError: naming whom or what, and the splits.
    """
    if patients := _torn(snapshot, lambda entry: entry.patient):
        raise RetinaError(
            f"{snapshot.path} has {_listed(patients, 'the patient', 'patients')} in more than one split, so that its "
            "figures would be too good: curate the study again with the splits by patient."
        )
    if files := _torn(snapshot, lambda entry: entry.source_sha256):
        by_file = {entry.source_sha256: entry.name for entry in snapshot.entries}
        named = {by_file[digest]: splits for digest, splits in files.items()}
        raise RetinaError(
            f"{snapshot.path} has {_listed(named, 'the image file of', 'image files, those of')} in more than one "
            "split, so that its figures would be too good: remove the doubles from the study and curate it again."
        )


def _torn(snapshot: Snapshot, key: Callable[[Entry], str]) -> dict[str, list[str]]:
    """What lies in two splits or more -> those splits."""
    splits: dict[str, list[str]] = {}
    for entry in snapshot.entries:
        known = splits.setdefault(key(entry), [])
        if entry.split not in known:
            known.append(entry.split)
    return {name: found for name, found in splits.items() if name and len(found) > 1}


def _listed(torn: Mapping[str, list[str]], one: str, many: str) -> str:
    named = [f"{name} ({' and '.join(splits)})" for name, splits in sorted(torn.items())[:_NAMED]]
    more = f" and {len(torn) - _NAMED} more" if len(torn) > _NAMED else ""
    return f"{one} {named[0]}" if len(torn) == 1 else f"{len(torn)} {many} {', '.join(named)}{more},"
