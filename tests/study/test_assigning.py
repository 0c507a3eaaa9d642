import subprocess
import sys
import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from retina_studio.cli import main
from retina_studio.domain.edits import SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.study.assigning import assign, preview, take_next
from retina_studio.study.audit import chain_problems
from retina_studio.study.planning import Candidate, plan, shuffled
from retina_studio.study.schema import AssignmentRow, AuditRow
from retina_studio.study.study import Study

STRATA = (("fundus", "OD"), ("fundus", "OS"), ("oct", "OD"))


def candidates(eyes, first=0):
    """An image for each place in STRATA of each patient."""
    places = [(patient, eye) for patient, own in enumerate(eyes) for eye in own]
    return [
        Candidate(first + n, STRATA[eye], f"P{first}-{patient}") for n, (patient, eye) in enumerate(places)
    ]


def loads(pairs, graders):
    return Counter(dict.fromkeys(graders, 0)) + Counter(grader for _, grader in pairs)


images = st.lists(st.lists(st.integers(0, 2), max_size=4), min_size=1, max_size=25).map(candidates)


@given(images, st.integers(1, 8), st.integers(1, 4), st.integers(0, 5))
def test_a_plan_is_balanced_complete_and_the_same_again(images, people, per_image, seed):
    graders = list(range(100, 100 + people))
    pairs = plan(images, graders, per_image, seed)
    assert pairs == plan(images, graders, per_image, seed)
    assert len(set(pairs)) == len(pairs)
    of_image = Counter(image for image, _ in pairs)
    assert all(of_image[image.id] == min(per_image, people) for image in images)
    spread = [sum(grader == g for _, g in pairs) for grader in graders]
    assert max(spread) - min(spread) <= 1
    places = shuffled(pairs, seed, {100: 7})
    for grader in graders:
        own = sorted(place for (_, g), place in places.items() if g == grader)
        first = 8 if grader == 100 else 1
        assert own == list(range(first, first + len(own)))


@given(images, st.integers(3, 8), st.sets(st.integers(0, 7)), st.integers(0, 5))
def test_a_top_up_keeps_what_there_is_and_adds_only_what_is_missing(images, people, gone, seed):
    pairs = plan(images, range(people), 3, seed)
    left = set(range(people)) - gone
    held = {image.id: {g for i, g in pairs if i == image.id and g in left} for image in images}
    had = {image.id: {g for i, g in pairs if i == image.id} for image in images}
    again = [Candidate(i.id, i.stratum, i.patient, held[i.id], had[i.id]) for i in images]
    added = plan(again, sorted(left), 3, seed)
    assert not set(added) & set(pairs)
    assert all(grader in left for _, grader in added)
    count = Counter(image for image, _ in added)
    for image in images:
        possible = len(left - had[image.id])
        assert count[image.id] == min(3 - len(held[image.id]), possible)


def test_strata_are_balanced_and_patients_spread():
    images = candidates([(0, 1, 2), (0, 1), (1, 2)] * 100)
    pairs = plan(images, range(10), 3, 0)
    by_id = {image.id: image for image in images}
    for stratum in STRATA:
        count = loads([pair for pair in pairs if by_id[pair[0]].stratum == stratum], range(10))
        assert max(count.values()) - min(count.values()) <= 2
    twice = Counter((by_id[image].patient, grader) for image, grader in pairs)
    met_again = sum(count - 1 for count in twice.values())
    assert met_again < 0.05 * len(pairs)  # by chance it would be every fifth


def test_the_order_is_the_graders_own_and_shuffled():
    pairs = [(image, grader) for image in range(40) for grader in (1, 2)]
    places = shuffled(pairs, 3, {})
    orders = [sorted(range(40), key=lambda image, g=g: places[image, g]) for g in (1, 2)]
    assert orders[0] != orders[1]
    assert list(range(40)) not in orders
    assert shuffled(pairs, 4, {}) != places


def people(study, count=5):
    return [study.add_grader(f"G{number}") for number in range(count)]


def given_rows(study):
    with study.database.reading() as session:
        assert chain_problems(session) == []
        rows = session.execute(select(AssignmentRow.image_id, AssignmentRow.grader_id, AssignmentRow.purpose))
        return [tuple(row) for row in rows]


def test_images_are_given_with_seed_order_due_date_and_trail(study, add_images):
    add_images(20)
    people(study)
    study.add_grader("Eve", "engineer")
    expected = preview(study)
    report = assign(study, seed=4, due="2026-12-31", who="Eve")
    assert (report.given, report.complete, report.short) == (60, 20, ())
    assert (expected.given, expected.by_grader) == (60, dict.fromkeys(report.by_grader, 12))
    assert set(report.by_grader) == {f"G{number}" for number in range(5)}
    assert (study.setting("assignment"), study.setting("assignment_seed")) == ("assigned", 4)
    own = study.worklist(study.grader("G0"))
    assert len(own) == 12
    assert {entry.due for entry in own} == {"2026-12-31"}
    assert [entry.image.name for entry in own] != sorted(entry.image.name for entry in own)
    with study.database.reading() as session:
        count = session.scalar(select(func.count()).where(AuditRow.what == "assign", AuditRow.who == "Eve"))
    assert count == 60
    assert assign(study).given == 0
    assert study.setting("assignment_seed") == 4


def test_new_images_and_leavers_are_topped_up(study, add_images, hand_in):
    add_images(10)
    people(study)
    assign(study)
    done = study.worklist(study.grader("G1"))[0].image.name
    hand_in(study, done, "G1")
    before = set(given_rows(study))
    study.grader_leaves("G1", "Eve")
    report = assign(study)
    after = set(given_rows(study))
    assert report.given == 5
    assert {purpose for *_, purpose in after - before} == {"top-up"}
    assert {purpose for *_, purpose in before & after} == {"initial"}
    assert (report.complete, report.short) == (10, ())
    add_images(4)
    assert assign(study).given == 12
    graders = {grader.id for grader in study.graders()}
    assert max(Counter((image, grader) for image, grader, _ in given_rows(study)).values()) == 1
    assert {grader for _, grader, _ in given_rows(study)} <= graders


def test_too_few_graders_are_reported(study, add_images):
    add_images(3)
    people(study, 2)
    report = assign(study)
    assert (report.given, report.complete, report.short) == (6, 0, ("i00000", "i00001", "i00002"))
    study.add_grader("Late")
    assert assign(study).by_grader == {"Late": 3}


def test_only_some_graders_are_given_new_ones(study, add_images):
    add_images(4)
    first, second, *_ = people(study)
    assert assign(study, per_image=2, graders=[first, second]).by_grader == {"G0": 4, "G1": 4}
    eve = study.add_grader("Eve", "engineer")
    for refused in (eve, study.grader_leaves("G3", "Eve")):
        with pytest.raises(RetinaError, match=f"{refused.name} cannot be given"):
            assign(study, graders=[refused])


def test_nonsense_is_refused_and_changes_nothing(study, add_images):
    add_images(2)
    with pytest.raises(RetinaError, match="Nobody can be given"):
        assign(study)
    people(study)
    for wrong in ({"per_image": 0}, {"due": "31.12.2026"}, {"seed": -1}):
        with pytest.raises(RetinaError):
            assign(study, **wrong)
    assert given_rows(study) == []
    assert study.settings() == {}


def test_what_was_only_looked_at_is_given_like_any_other(study, add_images):
    add_images(2)
    ada, *_ = people(study, 3)
    study.session(study.image("i00000"), ada).reveal()
    study.session(study.image("i00001"), ada).apply(SetGrade("dr", None, 1))
    assert assign(study).given == 5
    assert sorted(given_rows(study))[0] == (study.image("i00000").id, ada.id, "initial")


def test_in_an_assigned_study_nobody_grades_what_they_were_not_given(study, add_images):
    add_images(1)
    people(study, 4)
    left_out = set(range(4)) - {int(name[1]) for name in assign(study).by_grader}
    grader = study.grader(f"G{left_out.pop()}")
    session = study.session(study.image("i00000"), grader)
    for change in (lambda: session.apply(SetGrade("dr", None, 1)), session.submit, session.reveal):
        with pytest.raises(RetinaError, match="was not given to"):
            change()
    assert len(given_rows(study)) == 3
    eve = study.add_grader("Eve", "adjudicator")
    study.session(study.image("i00000"), eve).apply(SetGrade("dr", None, 1))


def test_the_pool_gives_each_image_to_so_many_and_no_more(study, add_images):
    add_images(4)
    graders = people(study, 4)
    assign(study, per_image=1, graders=graders[:1])
    taken = Counter()
    for _ in range(5):
        for grader in graders:
            image = take_next(study, grader)
            taken[image.name if image else None] += 1
    assert taken == {**{f"i{n:05}": 2 for n in range(4)}, None: 12}
    assert {purpose for *_, purpose in given_rows(study)} == {"initial", "taken"}
    with pytest.raises(RetinaError, match="Only a grader"):
        take_next(study, study.add_grader("Eve", "engineer"))


def test_the_pool_first_gives_what_others_have_begun(study, add_images):
    add_images(9)
    first, second, third = people(study, 3)
    begun = take_next(study, first)
    assert take_next(study, second) == begun
    assert take_next(study, third) == begun
    assert take_next(study, third) != begun


def test_many_who_take_at_once_never_take_one_too_often(study, add_images):
    add_images(12)
    graders = people(study, 6)
    errors = []

    def work(grader):
        try:
            with Study.open(study.folder) as own:
                while take_next(own, grader, 2):
                    pass
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(grader,)) for grader in graders for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    count = Counter(image for image, *_ in given_rows(study))
    assert set(count.values()) == {2}
    assert len(count) == 12


ASSIGN = """
import sys
from pathlib import Path
from retina_studio.study.assigning import assign
from retina_studio.study.study import Study
with Study.open(Path(sys.argv[1])) as study:
    print("ready", flush=True)
    sys.stdin.readline()
    print(assign(study, seed=int(sys.argv[2])).given)
"""


@pytest.mark.slow
def test_two_programs_that_assign_at_once_give_three_each(study, add_images):
    add_images(300)
    people(study, 7)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", ASSIGN, str(study.folder), seed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in "12"
    ]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    given = sorted(int(program.communicate(timeout=60)[0]) for program in programs)
    assert given == [0, 900]
    assert set(Counter(image for image, *_ in given_rows(study)).values()) == {3}


def test_the_command(study, add_images, capsys):
    add_images(4)
    people(study, 2)
    with pytest.raises(SystemExit) as end:
        main(["assign", str(study.folder), "--seed", "3", "--due", "2027-01-31", "--grader", "G1"])
    assert not end.value.code
    said = capsys.readouterr()
    assert "4 given; 0 images have 3 graders." in said.out
    assert "4 images lack graders (i00000, i00001, i00002 and 1 more)" in said.err
    with pytest.raises(SystemExit) as end:
        main(["assign", str(study.folder), "--grader", "Nobody"])
    assert end.value.code == 2


def test_two_who_assign_at_once_give_three_each(study, add_images):
    add_images(60)
    people(study, 7)
    start, given = threading.Barrier(2), []

    def work(seed):
        with Study.open(study.folder) as own:
            start.wait()
            given.append(assign(own, seed=seed).given)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [0, 180]
    assert set(Counter(image for image, *_ in given_rows(study)).values()) == {3}


@pytest.mark.slow
def test_twelve_thousand_images_are_given_in_seconds(study, add_images):
    add_images(12_000)
    people(study, 45)
    report = assign(study)
    assert (report.given, report.complete) == (36_000, 12_000)
    assert set(report.by_grader.values()) == {800}
