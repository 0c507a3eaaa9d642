"""Which patients train, validate and test a model: decided once per patient, by strata, and never changed again."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import GradeValue
from retina_studio.study import audit
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import PatientSplitRow, StudyRow, now
from retina_studio.study.study import Study

SHARES = {"train": 0.7, "val": 0.15, "test": 0.15}
STRATA = ("modality", "dr", "glaucoma", "presence")  # as the snapshot's rules name them
_DR_GROUPS = ("DR0", "DR1-2", "DR1-2", "DR3-4", "DR3-4")
_HEALTHY = {"OD", "OC", "fovea"}  # labels that every eye has: drawn, they say nothing of disease

Stratum = tuple[str, ...]
Signs = tuple[
    int | None, bool | None, bool
]  # of an image: DR grade, glaucoma, whether any sign of disease was drawn
_UNSEEN: Signs = (None, None, False)


@dataclass(frozen=True)
class Patient:
    """One patient of the snapshot: the split given at import ("" for none), and the stratum."""

    name: str
    given: str
    stratum: Stratum


def split_seed(study: Study) -> str:
    """What shuffles the patients: the setting "split_seed", else the study's own id."""
    return str(study.setting("split_seed", study.id))


def split_patients(
    study: Study,
    images: Sequence[ImageRecord],
    signs: Mapping[int, Signs],
) -> dict[str, str]:
    """The split of every patient of these images; who has none yet gets one, kept in the study for good.

    Args:
        study: where the splits are kept.
        images: those that go into the snapshot.
        signs: image id -> what of its consensus counts (`signs_of`).

    Raises:
        RetinaError: a patient was given two splits.
    """
    patients = patients_of(images, signs)
    seed = split_seed(study)
    with study.database.transaction() as session:
        # Two snapshots made at once must not both decide: who comes second waits here.
        session.execute(select(StudyRow.audit_head).with_for_update())
        rows = session.execute(select(PatientSplitRow.patient, PatientSplitRow.split)).all()
        kept: dict[str, str] = dict(rows)
        _check_given(patients, kept)
        new = decide(patients, kept, seed)
        if new:
            at = now()
            session.execute(
                insert(PatientSplitRow),
                [{"patient": name, "split": split, "decided": at} for name, split in sorted(new.items())],
            )
            detail: dict[str, Any] = {"patients": new, "decided": at, "seed": seed, "shares": SHARES}
            audit.record(session, "system", "split", "study", detail)
    return {patient.name: {**kept, **new}[patient.name] for patient in patients}


def patients_of(
    images: Iterable[ImageRecord],
    signs: Mapping[int, Signs],
) -> list[Patient]:
    """The patients of some images, by name; a patient's stratum is that of the worst of their images.

    Raises:
        RetinaError: a patient was imported under two splits.
    """
    of_patient: dict[str, list[ImageRecord]] = defaultdict(list)
    for image in images:
        of_patient[image.patient].append(image)
    found = []
    for name in sorted(of_patient):
        given = sorted({image.split for image in of_patient[name] if image.split})
        if len(given) > 1:
            raise RetinaError(
                f"Patient {name} was imported under two splits ({' and '.join(given)}): correct the metadata, "
                "training on them would leak."
            )
        seen = [signs.get(image.id, _UNSEEN) for image in of_patient[name]]
        modality = "+".join(sorted({image.modality for image in of_patient[name]}))
        found.append(Patient(name, given[0] if given else "", (modality, *_disease(seen))))
    return found


def signs_of(grades: Mapping[str, GradeValue], labels: Mapping[str, str]) -> Signs:
    """The signs of an image by its settled grades and the kinds of its settled labels, as in `Outcome`."""
    dr, glaucoma = grades.get("dr"), grades.get("glaucoma")
    drawn = any(kind != "none" and code not in _HEALTHY for code, kind in labels.items())
    return None if dr is None else int(dr), None if glaucoma is None else bool(glaucoma), drawn


def _disease(seen: Sequence[Signs]) -> Stratum:
    """The patient's DR group, glaucoma, and whether any sign of disease was drawn."""
    dr = [grade for grade, _, _ in seen if grade is not None]
    glaucoma = [found for _, found, _ in seen if found is not None]
    return (
        _DR_GROUPS[max(dr)] if dr else "no DR grade",
        ("glaucoma" if any(glaucoma) else "no glaucoma") if glaucoma else "no glaucoma grade",
        "drawn" if any(drawn for _, _, drawn in seen) else "nothing drawn",
    )


def decide(patients: Sequence[Patient], kept: Mapping[str, str], seed: str) -> dict[str, str]:
    """A split for each patient who has none.

    A split given at import is taken. The others are dealt one by one, shuffled by the seed, each to the split that
    lacks most of its share in the patient's stratum and in the whole: so every stratum comes close to the shares, and
    small strata do not all end up in "train". A split that stays empty takes one of the newly dealt, where there are
    three patients.
    """
    new = {patient.name: patient.given for patient in patients if patient.given and patient.name not in kept}
    strata = {patient.name: patient.stratum for patient in patients}
    counts: dict[Stratum, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for name, split in {**kept, **new}.items():
        counts[strata.get(name, ())][split] += 1
        whole[split] += 1
    free = sorted(
        (p for p in patients if p.name not in kept and p.name not in new), key=lambda p: _place(seed, p)
    )
    for patient in free:
        ours = counts[patient.stratum]
        split = max(SHARES, key=lambda split: _lack(ours, split) + _lack(whole, split))
        new[patient.name] = split
        ours[split] += 1
        whole[split] += 1
    _fill_empty([patient.name for patient in reversed(free)], new, whole)
    return new


def _lack(counts: Counter[str], split: str) -> float:
    """How many patients a split lacks of its share, were there one more."""
    return SHARES[split] * (counts.total() + 1) - counts[split]


def _fill_empty(movable: Sequence[str], new: dict[str, str], whole: Counter[str]) -> None:
    if whole.total() < len(SHARES):
        return
    for split in SHARES:
        if whole[split]:
            continue
        for name in movable:
            if whole[new[name]] > 1:
                whole[new[name]] -= 1
                whole[split] += 1
                new[name] = split
                break


def _place(seed: str, patient: Patient) -> bytes:
    """Where a patient stands in the shuffled order."""
    return hashlib.sha256(f"{seed}\n{patient.name}".encode()).digest()


def _check_given(patients: Iterable[Patient], kept: Mapping[str, str]) -> None:
    for patient in patients:
        before = kept.get(patient.name, patient.given)
        if patient.given and patient.given != before:
            raise RetinaError(
                f"Patient {patient.name} is in the split {before} since an earlier snapshot and was now imported for "
                f"{patient.given}: correct the metadata, a model may have seen the earlier images."
            )
