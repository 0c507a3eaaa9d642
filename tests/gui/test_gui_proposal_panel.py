"""What the proposal panel says and shows: maps to choose from, grades to take over, Dice, outlines of a CAM."""

import numpy as np
import pytest

from retina_studio import paths
from retina_studio.domain.edits import add_shapes
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.overlap import Overlap
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui import settings
from retina_studio.gui.features.explaining import outline_proposal
from retina_studio.gui.features.proposing import MODELS_OF, TITLES
from retina_studio.gui.panels.answers import answers_of, measures_in_words
from retina_studio.gui.panels.maps import MapChoice, map_title, maps_of, wanted_map
from retina_studio.gui.panels.overlaps import table_of
from retina_studio.gui.passing import PassingOffers
from retina_studio.study.records import StoredProposal

HASH = "ab" * 32
CAM = np.zeros((12, 16), np.float32)
CAM[5:8, 7:10] = 1.0
LESION = Proposal(
    "lesion",
    HASH,
    (),
    {},
    {"dr": 2},
    {"dr": {0: 0.02, 1: 0.07, 2: 0.71, 3: 0.15, 4: 0.05}},
    {},
    {"dr": CAM, "dr=3": CAM[::-1].copy()},
)
GLAUCOMA = Proposal(
    "glaucoma",
    HASH,
    (),
    grades={"glaucoma": False},
    probabilities={"glaucoma": {False: 0.88, True: 0.12}},
    measures={"vcdr": 0.583},
    cams={"glaucoma": CAM},
)
DISC = Proposal("disc", HASH, (), cams={"OD": CAM})
OCT = Proposal(
    "oct", HASH, (), {}, {"oct": "dme"}, {"oct": {"dme": 0.9}}, {}, {"oct": CAM, "oct=drusen": CAM}
)


# Without a window


def test_every_map_has_a_name_that_a_person_reads():
    titles = [choice.title for choice in maps_of([LESION, GLAUCOMA, DISC, OCT])]
    assert titles == [
        "DR grade (predicted)",
        "DR3 severe",
        "Glaucoma",
        "Disc (localiser)",
        "OCT class (predicted)",
        "OCT: Drusen",
    ]
    assert map_title(Proposal("own", HASH, ()), "own") == "Model own"


def test_the_map_follows_the_proposal_until_the_person_picks_one():
    choices = maps_of([LESION, GLAUCOMA])
    assert wanted_map(choices, None, LESION).key == ("lesion", "dr")
    assert wanted_map(choices, None, None).key == ("glaucoma", "glaucoma")
    assert wanted_map(choices, ("lesion", "dr=3"), GLAUCOMA).key == ("lesion", "dr=3")
    assert wanted_map(choices, ("oct", "oct"), LESION).key == ("lesion", "dr")
    assert wanted_map([], None, None) is None


def test_grades_are_said_with_their_probability():
    found = answers_of([LESION, GLAUCOMA, OCT])
    assert [answer.text for answer in found] == ["DR2 (0.71)", "Glaucoma 12 %", "Macular edema (0.90)"]
    assert measures_in_words([LESION, GLAUCOMA]) == "vCDR 0.58"
    bare = Proposal("glaucoma", HASH, (), {}, {"glaucoma": True, "dr": 9, "unknown": 1})
    assert [answer.text for answer in answers_of([bare])] == ["Glaucoma: Yes or suspect"]


def test_the_dice_table_has_a_row_a_label():
    words = table_of([("disc", [Overlap("OD", 0.973, 1, 1)]), ("lesion", [Overlap("HaEx", 0.62, 3, 5)])])
    assert "0.97" in words
    assert "3 / 5" in words
    assert table_of([("disc", [])]) == ""


def test_a_map_is_outlined_as_the_wanted_label_and_says_where_it_comes_from():
    made = outline_proposal(MapChoice(LESION, "dr"), 0.5, label("HaEx"), (400, 300))
    (shape,) = made.shapes
    assert (shape.label, shape.origin) == ("HaEx", proposal_origin("lesion-cam", HASH))
    assert shape.geometry.centre == pytest.approx((212, 162), abs=8)
    assert 0.5 < made.scores[shape.id] <= 1
    two = np.maximum(CAM, np.roll(CAM, (-4, -6), (0, 1)))
    choice = MapChoice(Proposal("lesion", HASH, (), cams={"dr": two}), "dr")
    assert len(outline_proposal(choice, 0.5, label("HaEx"), (400, 300)).shapes) == 2
    assert len(outline_proposal(choice, 0.5, label("OD"), (400, 300)).shapes) == 1


def test_passing_offers_are_decided_beside_the_grading_and_forgotten_once_refused():
    kept = PassingOffers()
    first, second = (new_shape("MA", Ellipse(x, 50, 5, 5)) for x in (50, 80))
    kept.add(1, Proposal("lesion-cam", HASH, (first, second)))
    grading = Grading().with_shape(first.with_geometry(Ellipse(51, 50, 5, 5)))
    (stored,) = kept.beside(1, grading)
    assert kept.holds(stored)
    assert not kept.holds(StoredProposal(7, LESION, {}))
    assert stored.decisions == {first.id: "edited"}
    assert kept.beside(2, grading) == []
    kept.reject(1, stored, [second.id])
    assert kept.beside(1, grading)[0].decisions[second.id] == "rejected"
    kept.reject(1, stored, [first.id])
    assert kept.beside(1, grading) == []


def test_every_model_of_the_table_can_be_asked():
    from retina_studio.networks.table import stems

    assert {stem for group in MODELS_OF.values() for stem in group} == set(TITLES) == set(stems())


# In the window


@pytest.fixture
def window(open_window, proposed):
    return open_window(proposed)


def _stored(*proposals):
    return [StoredProposal(number, proposal, {}) for number, proposal in enumerate(proposals, 1)]


def test_a_grade_is_taken_over_as_an_edit_and_marked(hand, monkeypatch):
    monkeypatch.setattr(hand.window.document, "proposals", lambda: _stored(LESION, GLAUCOMA))
    panel = hand.window.proposal_panel
    panel.refresh()
    assert panel.answers.measures.text() == "vCDR 0.58"
    button = panel.answers.buttons["dr"]
    hand.press(button)
    assert hand.window.document.grading.grades == {"dr": 2}
    assert not button.isEnabled()
    hand.window.document.undo_stack.undo()
    assert hand.window.document.grading.grades == {}
    assert button.isEnabled()


def test_map_line_and_colours_change_what_is_seen(hand, monkeypatch):
    monkeypatch.setattr(hand.window.document, "proposals", lambda: _stored(LESION, GLAUCOMA))
    panel = hand.window.proposal_panel
    panel.refresh()
    cam = panel.cam
    cam.box.setChecked(True)
    seen = [hand.canvas.grab().toImage()]
    for change in (
        lambda: cam.map.activated.emit(cam.map.setCurrentIndex(1) or 1),
        lambda: cam.level.setValue(80),
        lambda: cam.colours.activated.emit(cam.colours.setCurrentIndex(3) or 3),
    ):
        change()
        seen.append(hand.canvas.grab().toImage())
        assert seen[-1] != seen[-2]
    assert cam.choice.title == "DR3 severe"
    assert settings.cam_colours() == "inferno"


def test_the_dice_with_ones_own_comes_and_goes(hand):
    own = new_shape("OD", Ellipse(200, 150, 40, 44))
    hand.window.document.apply(add_shapes(own))
    table = hand.window.proposal_panel.overlap
    hand.qtbot.waitUntil(lambda: "1.00" in table.text(), timeout=30_000)
    hand.window.actions["undo"].trigger()
    hand.qtbot.waitUntil(lambda: not table.isVisible(), timeout=30_000)


def test_the_outline_of_a_cam_is_offered_to_this_person_only(hand, proposed):
    panel = hand.window.proposal_panel
    hand.window.choose_label("CWS")
    hand.press(panel.cam.outline)
    offer = panel.current
    assert (offer.shape.label, offer.stored.proposal.model) == ("CWS", "disc-cam")
    assert offer.shape in hand.canvas.offers.shapes
    with_offers = hand.window.document.session.proposals()
    assert [stored.proposal.model for stored in with_offers] == ["disc"]
    hand.press(panel.accept_button)
    assert hand.shapes == [offer.shape]
    panel.choose(offer.shape.id)
    hand.window.actions["undo"].trigger()
    panel.choose(offer.shape.id)
    hand.press(panel.reject_button)
    assert "disc-cam" not in {entry.stored.proposal.model for entry in panel.table.offers}


def test_an_outline_needs_a_label_of_areas_and_strong_evidence(hand):
    panel = hand.window.proposal_panel
    hand.window.choose_label("fovea")
    hand.press(panel.cam.outline)
    assert "is no area" in hand.window.status.currentMessage()


def test_which_models_are_asked_is_remembered(hand, open_window, proposed):
    actions = hand.window.actions
    assert all(actions[f"model:{stem}"].isChecked() for stem in TITLES)
    for stem in MODELS_OF["fundus"]:
        actions[f"model:{stem}"].trigger()
    actions["propose"].trigger()
    assert "No model is chosen" in hand.window.status.currentMessage()
    assert settings.refused_models() == set(MODELS_OF["fundus"])
    again = open_window(proposed)
    assert [stem for stem in TITLES if again.actions[f"model:{stem}"].isChecked()] == ["oct"]


@pytest.mark.usefixtures("no_weights")
def test_without_any_weights_one_sentence_says_so(hand):
    hand.open("scan")
    hand.window.actions["propose"].trigger()
    hand.qtbot.waitUntil(hand.window.actions["propose"].isEnabled, timeout=120_000)
    assert "no weights yet" in hand.window.status.currentMessage()


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    """Neither the person's nor shipped weights."""
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
