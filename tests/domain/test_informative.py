"""Which images come first because they teach most."""

import math

import pytest

from retina_studio.domain.gist import Gist, gist_of, joined
from retina_studio.domain.informative import Merit, grade_disagreement, merits, placed
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Ellipse, new_shape


def graded(*chances):
    """What a model says of the DR grade."""
    found = dict(enumerate(chances))
    return Gist({"dr": max(found, key=found.get)}, {"dr": found})


SURE, UNSURE = graded(0.96, 0.01, 0.01, 0.01, 0.01), graded(0.2, 0.2, 0.2, 0.2, 0.2)


def merit(gist, others=(), disagreements=None):
    gists = {1: gist, **dict(enumerate(others, 2))}
    return merits(gists, disagreements or {})[1]


def test_uncertainty_is_the_largest_entropy_as_a_share_of_what_it_can_be():
    assert merit(UNSURE).uncertainty == pytest.approx(1)
    assert merit(graded(1, 0, 0, 0, 0)).uncertainty == 0
    half = merit(graded(0.5, 0.5, 0, 0, 0))
    assert half.uncertainty == pytest.approx(math.log(2) / math.log(5))
    assert half.unsure == (("dr", 0), ("dr", 1))
    both = Gist({}, {"dr": {0: 0.9, 1: 0.1}, "glaucoma": {False: 0.5, True: 0.5}})
    assert merit(both).uncertainty == pytest.approx(1)
    assert merit(both).unsure == (("glaucoma", True),)


def test_scores_near_a_half_are_uncertain_too():
    shapes = [new_shape("MA", Ellipse(n, 9, 2, 2)) for n in range(3)]
    said = Proposal("lesion", "ab", tuple(shapes), {shapes[0].id: 0.5, shapes[1].id: 0.25, shapes[2].id: 1.0})
    assert gist_of(said).labels == {"MA": (3, 0.5)}
    assert merit(gist_of(said)).uncertainty == 0.5
    assert merit(gist_of(said)).unsure == (("MA", None),)


def test_of_several_models_the_last_word_on_a_scale_counts():
    together = joined([SURE, Gist({}, {}, {"NV": (1, 0.2)}), UNSURE])
    assert together.probabilities == UNSURE.probabilities
    assert together.labels == {"NV": (1, 0.2)}


def test_rarity_goes_from_what_all_have_to_what_one_alone_has():
    with_lesion = Gist({"dr": 0}, {}, {"NV": (2, 0.1)})
    assert merit(with_lesion, [SURE] * 15).rarity == pytest.approx(1)
    assert merit(with_lesion, [SURE] * 15).rare == ("NV", None)
    assert merit(SURE, [SURE] * 15).rarity == 0
    assert merit(graded(0.1, 0.9), [SURE] * 12 + [graded(0.1, 0.9)] * 3).rarity == pytest.approx(0.5)
    assert merit(Gist(), [SURE] * 3).rarity == 0


def test_graders_who_differ_are_counted_in_pairs():
    assert grade_disagreement([{"dr": 1}, {"dr": 1}, {"dr": 2}]) == pytest.approx(2 / 3)
    assert grade_disagreement([{"dr": 1, "ppa": True}, {"dr": 2, "ppa": True}]) == pytest.approx(0.5)
    assert grade_disagreement([{"dr": 1}, {"ppa": True}]) is None
    assert grade_disagreement([{"certainty": "low"}, {"certainty": "high"}]) is None  # not voted


def test_disagreement_is_expected_from_images_alike_and_a_guess_where_nobody_graded():
    mild, none = graded(0, 1), graded(1, 0)
    guess = merit(mild).disagreement
    assert 0 < guess < 1
    others = [*[mild] * 20, *[none] * 20]
    seen = {image: 0.9 if image < 22 else 0.1 for image in range(2, 42)}
    assert merit(mild, others, seen).disagreement > 0.8
    assert merit(none, others, seen).disagreement < 0.2
    few = {2: 0.9}
    assert guess < merit(mild, others, few).disagreement < 0.8


def test_the_score_is_their_geometric_mean_and_no_zero_hides_the_others():
    assert Merit(0.5, 0.5, 0.5).score == pytest.approx(0.5)
    assert Merit(0.8, 0.4, 0.1).score == pytest.approx((0.8 * 0.4 * 0.1) ** (1 / 3))
    assert Merit(1, 1, 0).score > Merit(0.5, 0.5, 0).score > 0


def order(count=100, share=0.2, seed="a"):
    found = {image: Merit(image / count, 0.5, 0.5) for image in range(count)}
    return placed(list(range(count)), found, seed, share)


def test_a_share_is_drawn_by_chance_and_every_image_comes_once():
    places = order()
    assert sorted(place.image for place in places) == list(range(100))
    assert [number for number, place in enumerate(places) if place.by_chance] == list(range(4, 100, 5))
    ranked = [place.image for place in places if not place.by_chance]
    assert ranked == sorted(ranked, reverse=True)
    drawn = [place.image for place in places[:40] if place.by_chance]
    assert min(drawn) < 50 < max(drawn)


def test_the_same_seed_gives_the_same_order():
    assert order() == order()
    assert order() != order(seed="b")
    assert not any(place.by_chance for place in order(share=0))
    assert all(place.by_chance for place in order(share=1))


def test_what_chance_draws_is_like_the_whole():
    """Of a rare kind at the top of the ranking, the random share holds about as many as there are."""
    found = {image: Merit(1 if image % 10 == 0 else 0.1, 0.5, 0.5) for image in range(5000)}
    drawn = [place.image for place in placed(range(5000), found, "a")[:1000] if place.by_chance]
    assert sum(image % 10 > 0 for image in drawn) / len(drawn) == pytest.approx(0.95, abs=0.05)


def test_images_no_model_spoke_of_come_last_in_their_usual_order():
    places = placed([5, 1, 4, 2], {4: Merit(0.1, 0.1, 0.1)}, "a", share=0)
    assert [place.image for place in places] == [4, 5, 1, 2]
    assert places[1].reason() == ""


@pytest.mark.parametrize(
    ("merit", "words"),
    [
        (
            Merit(0.9, 0.1, 0.9, (("dr", 1), ("dr", 2)), ("NV", None)),
            "rare: NV; DR1 or DR2: the model is unsure",
        ),
        (
            Merit(0.9, 0.5, 0.1, (("MA", None),)),
            "MA: the model is unsure; graders often disagree on such images",
        ),
        (Merit(0.9, 0.1, 0.1, (("glaucoma", True),)), "Glaucoma: the model is unsure"),
        (Merit(0.1, 0.1, 0.9, (), ("oct", "cnv")), "rare: CNV"),
        (Merit(0.1, 0.1, 0.9, (), ("glaucoma", False)), "rare: no Glaucoma"),
        (Merit(0.1, 0.1, 0.1, (("dr", 1), ("dr", 2)), ("dr", 4)), ""),
    ],
)
def test_the_reason_is_one_short_text(merit, words):
    (place,) = placed([1], {1: merit}, "a", share=0)
    assert place.reason() == words
    assert placed([1], {1: merit}, "a", share=1)[0].reason() == "random share"
