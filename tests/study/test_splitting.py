"""Splits by patient: no leak, never moved, close to the shares in every stratum."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from retina_studio.domain.errors import RetinaError
from retina_studio.study.audit import chain_problems
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import AuditRow, PatientSplitRow
from retina_studio.study.splitting import SHARES, Patient, decide, patients_of, signs_of, split_patients

STRATA = [("fundus", "DR0"), ("fundus", "DR3-4"), ("oct", "")]


def image(number, patient, split="", modality="fundus"):
    return ImageRecord(number, f"i{number}", "f", "0" * 64, modality, "", patient, split, 10, 10)


def patient(name, stratum=("fundus",), split=""):
    return Patient(name, split, stratum)


people = st.lists(
    st.builds(
        patient,
        st.integers(0, 400).map(str),
        st.sampled_from(STRATA),
        st.sampled_from(["", "", "", "train", "test"]),
    ),
    max_size=150,
    unique_by=lambda p: p.name,
)


@given(people, st.integers(0, 150), st.text(max_size=4))
def test_patients_who_come_later_never_move_an_earlier_one(everybody, first, seed):
    before = decide(everybody[:first], {}, seed)
    later = decide(everybody, before, seed)
    assert not before.keys() & later.keys()
    assert {**before, **later}.keys() == {p.name for p in everybody}
    for p in everybody:
        assert not p.given or {**before, **later}[p.name] == p.given
    assert decide(list(reversed(everybody[:first])), {}, seed) == before  # nor does the order matter


@given(st.lists(st.sampled_from(STRATA), min_size=3, max_size=300), st.integers(0, 9), st.data())
def test_every_stratum_comes_close_to_the_shares(strata, seed, data):
    everybody = [patient(str(n), stratum) for n, stratum in enumerate(strata)]
    first = data.draw(st.integers(0, len(everybody)))
    splits = decide(everybody[:first], {}, str(seed))
    splits |= decide(everybody, splits, str(seed))
    for stratum in {*strata, None}:
        counts = Counter(splits[p.name] for p in everybody if stratum in (p.stratum, None))
        for split, share in SHARES.items():
            assert abs(counts[split] - share * counts.total()) <= 3


@pytest.mark.parametrize("count", [3, 4, 7])
def test_no_split_is_empty_from_three_patients_on(count):
    for seed in "abcdef":
        splits = decide([patient(f"p{n}", (str(n),)) for n in range(count)], {}, seed)
        assert set(splits.values()) == set(SHARES)


def test_many_strata_of_one_patient_are_shared_out_too():
    splits = Counter(decide([patient(str(n), (str(n),)) for n in range(100)], {}, "s").values())
    assert splits == {"train": 70, "val": 15, "test": 15}


def test_another_seed_is_another_split():
    everybody = [patient(str(n)) for n in range(60)]
    assert decide(everybody, {}, "a") != decide(everybody, {}, "b")


def test_the_stratum_is_that_of_the_worst_image():
    images = [image(1, "a"), image(2, "a"), image(3, "b", modality="oct")]
    signs = {
        1: signs_of({"dr": 0, "glaucoma": False}, {"OD": "mask"}),
        2: signs_of({"dr": 3}, {"MA": "mask", "CWS": "none"}),
    }
    assert [p.stratum for p in patients_of(images, signs)] == [
        ("fundus", "DR3-4", "no glaucoma", "drawn"),
        ("oct", "no DR grade", "no glaucoma grade", "nothing drawn"),
    ]


def kept(study):
    with study.database.reading() as session:
        return dict(session.execute(select(PatientSplitRow.patient, PatientSplitRow.split)).all())


def test_the_study_keeps_what_was_decided_and_says_so_in_its_trail(study):
    images = [image(n, f"p{n // 2}") for n in range(40)]
    first = split_patients(study, images, {})
    assert kept(study) == first
    more = split_patients(study, [*images, *(image(n, f"p{n // 2}") for n in range(40, 90))], {})
    assert {name: more[name] for name in first} == first
    assert split_patients(study, images[:4], {}) == {name: first[name] for name in ("p0", "p1")}
    assert kept(study) == more
    with study.database.reading() as session:
        events = session.scalars(select(AuditRow).where(AuditRow.what == "split")).all()
        assert len(events) == 2
        assert chain_problems(session) == []


def test_a_split_that_was_given_is_kept_and_a_leak_refused(study):
    assert split_patients(study, [image(1, "a", "test"), image(2, "a", "test")], {}) == {"a": "test"}
    with pytest.raises(RetinaError, match="Patient b was imported under two splits"):
        split_patients(study, [image(3, "b", "test"), image(4, "b", "train")], {})
    with pytest.raises(RetinaError, match="Patient a is in the split test since an earlier snapshot"):
        split_patients(study, [image(5, "a", "train")], {})
    assert kept(study) == {"a": "test"}
