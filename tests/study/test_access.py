import pytest

from retina_studio.domain.edits import SetGrade
from retina_studio.study.access import blinded_names, own_grading, visible_gradings
from retina_studio.study.assigning import assign
from retina_studio.study.certification import give_certification, make_certification
from retina_studio.study.repeating import give_repeats


@pytest.fixture
def seen(peopled):
    peopled.add_grader("Eve", "adjudicator")
    peopled.add_grader("Finn", "engineer")

    def see(name):
        grader, image = peopled.grader(name), peopled.image("p1_OD")
        return {who: dict(g.grades) for who, g in visible_gradings(peopled, grader, image).items()}

    return see


def test_a_grader_sees_others_only_after_their_own_is_submitted(peopled, seen, hand_in):
    hand_in(peopled, "p1_OD", "Ada", dr=1)
    assert seen("Ben") == {}
    ben = peopled.session(peopled.image("p1_OD"), peopled.grader("Ben"))
    ben.apply(SetGrade("dr", None, 2))
    assert seen("Ben") == {"Ben": {"dr": 2}}
    assert seen("Ada").keys() == {"Ada"}
    hand_in(peopled, "p1_OD", "Ben")
    assert seen("Ben").keys() == seen("Ada").keys() == {"Ada", "Ben"}
    assert seen("Ada")["Ben"]["dr"] == 2
    assert seen("Cleo") == {}


def test_who_reopens_their_own_is_blind_again(peopled, seen, hand_in):
    hand_in(peopled, "p1_OD", "Ada")
    hand_in(peopled, "p1_OD", "Ben").reopen()
    assert seen("Ben").keys() == {"Ben"}
    assert seen("Ada").keys() == {"Ada"}


def test_adjudicators_and_engineers_see_what_is_submitted(peopled, seen, hand_in):
    peopled.session(peopled.image("p1_OD"), peopled.grader("Cleo")).apply(SetGrade("dr", None, 4))
    hand_in(peopled, "p1_OD", "Ada", dr=1)
    for name in ("Eve", "Finn"):
        assert seen(name) == {"Ada": {"gradability": "good", "dr": 1}}
    peopled.session(peopled.image("p1_OD"), peopled.grader("Eve")).apply(SetGrade("dr", None, 0))
    assert seen("Eve")["Eve"] == {"dr": 0}


def test_a_hidden_repeat_hides_all_others_and_the_first_time(peopled, seen, hand_in):
    hand_in(peopled, "p1_OD", "Ada", dr=1)
    hand_in(peopled, "p1_OD", "Ben", dr=2)
    give_repeats(peopled, 0, 1.0)
    assert seen("Ada") == {}
    hand_in(peopled, "p1_OD", "Ada", dr=3)
    assert (seen("Ada")["Ada"]["dr"], seen("Ada")["Ben"]["dr"]) == (3, 2)
    assert seen("Eve")["Ada"]["dr"] == 1


def test_what_a_grader_says_is_neither_a_repeat_nor_a_certification(peopled, hand_in):
    ada, image = peopled.grader("Ada"), peopled.image("p1_OD")
    assert own_grading(peopled, image, ada) is None
    hand_in(peopled, "p1_OD", "Ada", dr=1)
    give_repeats(peopled, 0, 1.0)
    assert own_grading(peopled, image, ada).grades["dr"] == 1
    hand_in(peopled, "p1_OD", "Ada", dr=3)
    assert own_grading(peopled, image, ada).grades["dr"] == 1
    hand_in(peopled, "p1_OS", "Ada", dr=2).reopen()
    assert own_grading(peopled, peopled.image("p1_OS"), ada).grades["dr"] == 2


def test_letters_are_stable_and_shuffled_from_image_to_image(study, add_images):
    add_images(150)  # the secret is random: that one of six orders is missing has a chance of 1e-11
    for name in ("Ada", "Ben", "Cleo"):
        study.add_grader(name)
    assign(study)
    orders = set()
    for image in study.images():
        letters = blinded_names(study, image, ["Cleo", "Ada", "Ben"])
        assert sorted(letters.values()) == ["A", "B", "C"]
        assert letters == blinded_names(study, image, ["Ben", "Cleo", "Ada"])
        assert blinded_names(study, image, ["Ben"]) == {"Ben": letters["Ben"]}
        orders.add(tuple(sorted(letters, key=letters.get)))
    assert len(orders) == 6


def test_there_are_letters_for_everybody(study, add_images):
    add_images(1)
    letters = blinded_names(study, study.image("i00000"), [f"G{n}" for n in range(60)])
    assert list(letters.values())[24:29] == ["Y", "Z", "AA", "AB", "AC"]
    assert len(set(letters.values())) == 60


def test_a_known_answer_is_shown_to_no_grader(peopled, seen, hand_in):
    hand_in(peopled, "p1_OD", "Eve", dr=3)
    make_certification(peopled, "first", peopled.grader("Eve"))
    hand_in(peopled, "p1_OD", "Ben", dr=2)
    give_certification(peopled, "first", [peopled.grader("Ada")])
    hand_in(peopled, "p1_OD", "Ada", dr=0)
    assert seen("Ada").keys() == {"Ada"}
    assert seen("Ben").keys() == {"Ben"}
    assert seen("Finn").keys() == {"Eve", "Ben"}
