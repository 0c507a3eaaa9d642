"""Proposals in the window: seen, accepted, corrected, rejected, each in the study."""

import pytest
from PySide6.QtCore import Qt

from retina_studio import paths
from retina_studio.domain.edits import add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.panels.offers import offers_of

Key = Qt.Key


@pytest.fixture
def window(open_window, proposed):
    return open_window(proposed)


def _decisions(hand):
    return {offer.shape.label: offer.decision for offer in offers_of(hand.window.document.proposals())}


def test_offers_are_listed_and_drawn(hand):
    panel = hand.window.proposal_panel
    table = panel.table
    rows = [[table.index(row, column).data() for column in range(4)] for row in range(table.rowCount())]
    assert rows == [
        ["OD", "disc", "0.97", "open"],
        ["MA", "disc", "0.40", "open"],
    ]
    assert [shape.label for shape in hand.canvas.offers.shapes] == ["OD", "MA"]
    with_offers = hand.canvas.grab().toImage()
    hand.open("b_OD")
    assert hand.canvas.offers.shapes == ()
    hand.open("a_OS")
    assert hand.canvas.grab().toImage() == with_offers


@pytest.mark.parametrize("by", ["button", "key"])
def test_accepting_takes_the_shape_over_and_goes_on(hand, by):
    panel = hand.window.proposal_panel
    offered = panel.current.shape
    hand.press(panel.accept_button) if by == "button" else hand.key(Key.Key_Y)
    assert hand.shapes == [offered]
    assert offered.origin.startswith("proposal:disc:")
    assert _decisions(hand) == {"OD": "accepted", "MA": ""}
    assert panel.current.shape.label == "MA"
    assert [shape.label for shape in hand.canvas.offers.shapes] == ["MA"]
    hand.window.actions["undo"].trigger()
    assert _decisions(hand) == {"OD": "", "MA": ""}
    assert panel.accept_button.isEnabled()


def test_accepting_replaces_a_single_label_in_one_edit(hand):
    own = new_shape("OD", Ellipse(100, 100, 20, 20))
    hand.window.document.apply(add_shapes(own))
    hand.press(hand.window.proposal_panel.accept_button)
    assert [shape.id for shape in hand.shapes] == [offers_of(hand.window.document.proposals())[0].shape.id]
    assert len(hand.window.document.session.history()) == 2
    hand.window.actions["undo"].trigger()
    assert hand.shapes == [own]


@pytest.mark.parametrize("by", ["button", "key"])
def test_rejecting(hand, by):
    panel = hand.window.proposal_panel
    hand.press(panel.reject_button) if by == "button" else hand.key(Key.Key_X)
    assert hand.shapes == []
    assert _decisions(hand) == {"OD": "rejected", "MA": ""}
    assert [shape.label for shape in hand.canvas.offers.shapes] == ["MA"]
    (entry,) = [e for e in hand.window.worklist._model.entries if e.image.name == "a_OS"]
    assert entry.state == "in progress"


def test_editing_selects_the_shape_for_correction(hand):
    panel = hand.window.proposal_panel
    hand.tool("polygon", "PPA")
    offered = panel.current.shape
    hand.press(panel.edit_button)
    assert hand.canvas.tool.name == "select"
    assert hand.canvas.selection == {offered.id}
    assert _decisions(hand)["OD"] == "accepted"
    hand.drag((240, 150), (245, 150), (250, 150))
    assert _decisions(hand)["OD"] == "edited"
    assert hand.shapes[0].origin == offered.origin


def test_accepting_all(hand):
    hand.key(Key.Key_Y, hand.SHIFT)
    assert {shape.label for shape in hand.shapes} == {"OD", "MA"}
    assert len(hand.window.document.session.history()) == 1
    assert not hand.window.proposal_panel.accept_all_button.isEnabled()


def test_decisions_survive_a_restart(hand, open_window, proposed):
    hand.key(Key.Key_X)
    hand.key(Key.Key_Y)
    hand.window.close()
    again = open_window(proposed)
    assert {o.shape.label: o.decision for o in offers_of(again.document.proposals())} == {
        "OD": "rejected",
        "MA": "accepted",
    }


def test_nothing_is_decided_after_submission(hand):
    hand.press(hand.window.grading_panel.button("gradability", "good"))
    hand.press(hand.window.submit_button)
    panel = hand.window.proposal_panel
    assert not panel.accept_button.isEnabled()
    hand.key(Key.Key_Y)
    hand.key(Key.Key_X)
    assert _decisions(hand) == {"OD": "", "MA": ""}


def test_the_cam_is_shown_with_the_sliders_opacity(hand):
    panel = hand.window.proposal_panel
    bare = hand.canvas.grab().toImage()
    hand.key(Key.Key_M)
    assert panel.cam_box.isChecked()
    half = hand.canvas.grab().toImage()
    panel.cam_slider.setValue(100)
    full = hand.canvas.grab().toImage()
    panel.cam_slider.setValue(0)
    assert hand.canvas.grab().toImage() == bare
    middle = hand.canvas.to_widget(212, 162).toPoint()
    corner = hand.canvas.to_widget(20, 280).toPoint()
    assert full.pixelColor(middle) != half.pixelColor(middle) != bare.pixelColor(middle)
    assert full.pixelColor(corner) == bare.pixelColor(corner)
    assert panel.cam.text.text() == "0 %"


@pytest.fixture
def weights():
    """Weights where the application looks for them: a real network, untrained, that takes everything for disc."""
    import torch

    from retina_studio.networks.table import model_spec
    from retina_studio.networks.weights import WeightsHeader, save_weights

    spec = model_spec("disc", "compact")
    torch.manual_seed(1)
    network = spec.build()
    torch.nn.init.constant_(network.decoder.out.bias, 9.0)
    network.localises.fill_(True)
    header = WeightsHeader(
        stem="disc", size="compact", options=dict(spec.options), preprocessing=spec.preprocessing,
        stages=("localiser", "decoder"), metrics={}, store_hash="0" * 64, recipe={}, software="test",
    )  # fmt: skip
    file = paths.user_data() / "weights" / "disc.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_weights(file, network.state_dict(), header)
    return file


def ask_the_model(hand):
    hand.window.actions["propose"].trigger()
    assert not hand.window.actions["propose"].isEnabled()
    hand.qtbot.waitUntil(hand.window.actions["propose"].isEnabled, timeout=60_000)


def test_a_model_that_cannot_run_says_so_and_can_be_asked_again(hand, weights):
    whole = weights.read_bytes()
    weights.write_bytes(whole[:5000])
    ask_the_model(hand)
    assert "disc.safetensors" in hand.window.status.currentMessage()
    assert not hand.window.status.work.isVisible()
    assert len(hand.window.document.proposals()) == 1
    weights.write_bytes(whole)
    ask_the_model(hand)
    assert len(hand.window.document.proposals()) == 2


def test_the_model_proposes_on_the_canvas_with_its_cam(hand, weights):
    ask_the_model(hand)
    stored = hand.window.document.proposals()[-1].proposal
    assert stored.model == "disc"
    assert [shape.label for shape in stored.shapes] == ["OD"]
    assert stored.cam is not None
    assert stored.shapes[0] in hand.canvas.offers.shapes


def test_long_work_shows_progress_and_can_be_cancelled(hand, monkeypatch):
    def never(state, image_file, modality, stems, keep):
        while True:
            state.progress(0.5, "Looking at the image")

    monkeypatch.setattr("retina_studio.gui.features.proposing.propose_all", never)
    hand.window.actions["propose"].trigger()
    work = hand.window.status.work
    hand.qtbot.waitUntil(work.isVisible)
    hand.press(work.cancel_button)
    hand.qtbot.waitUntil(hand.window.actions["propose"].isEnabled)
    assert not work.isVisible()


def test_a_proposal_goes_to_the_image_it_was_made_for(hand, weights):
    hand.window.actions["propose"].trigger()
    hand.open("b_OD")
    hand.qtbot.waitUntil(hand.window.actions["propose"].isEnabled, timeout=60_000)
    assert hand.window.document.proposals() == []
    hand.open("a_OS")
    assert len(hand.window.document.proposals()) == 2
