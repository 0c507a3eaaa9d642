"""Whether the candidate may be measured on these test images at all: it must not have learnt from any of them."""

from collections.abc import Sequence

from retina_studio.networks.weights import WeightsHeader
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot

_LEARNT = ("train", "val")  # "val" chooses the best epoch and the thresholds


def lineage_reasons(
    candidate: WeightsHeader, locked: Sequence[Entry], snapshot: Snapshot, earlier: Sequence[Snapshot]
) -> list[str]:
    """A sentence for each reason why the figures of the candidate would be too good, or cannot be believed.

    Args:
        candidate: the header of its weights.
        locked: the test images of `snapshot`.
        snapshot: the one that is measured on.
        earlier: other snapshots that the candidate, or weights it goes back to, were trained on.
    """
    known = {one.content_hash: one for one in (snapshot, *earlier)}
    if not candidate.store_hash:
        return [
            "The candidate does not say what it was trained on, so nothing shows that it never saw a test image."
        ]
    if candidate.store_hash not in known:
        return [
            f"The candidate was trained on another snapshot ({candidate.store_hash[:12]}) that is not here, so nothing "
            "shows that it never saw a test image."
        ]
    reasons = []
    for one in known.values():
        reasons += _seen(locked, one, same_study=one.study_id == snapshot.study_id)
        if one is not snapshot:
            reasons += _other_split(snapshot, one)
    return reasons


def _seen(locked: Sequence[Entry], trained: Snapshot, *, same_study: bool) -> list[str]:
    learnt = [entry for entry in trained.entries if entry.split in _LEARNT]
    files = {entry.source_sha256 for entry in learnt}
    # Pseudonyms of two studies say nothing of each other.
    patients = {entry.patient for entry in learnt if entry.patient} if same_study else set()
    seen = [entry for entry in locked if entry.source_sha256 in files or entry.patient in patients]
    if not seen:
        return []
    whose = sorted({entry.patient or entry.name for entry in seen})
    return [
        f"The candidate was trained on {len(whose)} of the test patients ({', '.join(whose[:3])}"
        f"{' and more' if len(whose) > 3 else ''}): its figures would be too good."
    ]


def _other_split(snapshot: Snapshot, other: Snapshot) -> list[str]:
    """Images that were locked there and are not here."""
    here = {entry.source_sha256: entry.split for entry in snapshot.entries}
    moved = [
        e.name for e in other.entries if e.split == "test" and here.get(e.source_sha256, "test") != "test"
    ]
    if not moved:
        return []
    return [
        f"The test split of the snapshot {other.content_hash[:12]} differs: {len(moved)} of its images, first "
        f"{sorted(moved)[0]}, are learnt from here."
    ]
