import threading

import numpy as np
import pytest
import torch
from weights_examples import bscan, disc_network, disc_weights, photograph

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area
from retina_studio.inference import predictor as module
from retina_studio.inference.predictor import Predictor
from retina_studio.networks.postprocess import Postprocess


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "disc.safetensors"
    return path, disc_weights(path)


def test_a_bright_disc_is_proposed_as_an_ellipse_with_score_and_cam(weights):
    path, digest = weights
    proposal = Predictor(path, "cpu").propose(photograph())
    (shape,) = proposal.shapes
    assert (shape.label, shape.origin) == ("OD", f"proposal:disc:{digest[:12]}")
    assert shape.geometry.kind == "ellipse"
    assert shape.geometry.centre == pytest.approx((200, 90), abs=2)
    assert area(shape.geometry) == pytest.approx(np.pi * 40 * 48, rel=0.05)
    assert proposal.scores[shape.id] > 0.9
    assert (proposal.model, proposal.weights_hash) == ("disc", digest)
    assert proposal.seconds > 0
    assert proposal.cam.dtype == np.float32
    assert proposal.cam.shape == (96, 128)
    assert 0 <= proposal.cam.min() <= proposal.cam.max() <= 1


def test_nothing_found_is_a_proposal_without_shapes(tmp_path):
    path = tmp_path / "disc.safetensors"
    disc_weights(path, disc_network(bias=-99.0))
    proposal = Predictor(path, "cpu").propose(photograph())
    assert proposal.shapes == ()
    assert proposal.scores == {}


def test_without_a_trained_localiser_there_is_no_cam(tmp_path):
    path, network = tmp_path / "disc.safetensors", disc_network()
    network.localises.fill_(False)
    disc_weights(path, network)
    assert Predictor(path, "cpu").propose(photograph()).cam is None


def test_grey_is_as_good_as_colour(weights):
    predictor, image = Predictor(weights[0], "cpu"), photograph()
    grey = predictor.propose(image[..., 0], "fundus")
    assert predictor.propose(image, "fundus").shapes[0].geometry == grey.shapes[0].geometry


def test_weights_are_loaded_late_and_again_only_when_they_are_others(tmp_path):
    path = tmp_path / "disc.safetensors"
    predictor = Predictor(path, "cpu")
    with pytest.raises(RetinaError, match="cannot be read"):
        predictor.propose(photograph())
    digest = disc_weights(path)
    assert predictor.propose(photograph()).weights_hash == predictor.load() == digest
    path.unlink()
    assert predictor.propose(photograph()[::-1]).weights_hash == digest
    other = disc_weights(path, disc_network(bias=-9.0))
    assert predictor.propose(photograph()).weights_hash == other != digest


def test_the_same_image_gets_the_same_proposal_until_others_took_its_place(weights, monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 2)
    predictor = Predictor(weights[0], "cpu")
    images = [photograph(), photograph()[::-1], photograph()[:, ::-1]]
    first = predictor.propose(images[0])
    assert predictor.propose(images[0].copy()) is first
    for image in images[1:]:
        predictor.propose(image)
    again = predictor.propose(images[0])
    assert again is not first
    assert again.shapes[0].geometry == first.shapes[0].geometry
    assert np.array_equal(again.cam, first.cam)


def test_the_thresholds_of_the_weights_count(tmp_path):
    path = tmp_path / "disc.safetensors"
    disc_weights(path, postprocess=Postprocess(thresholds={"OD": 1e-3}))
    low = Predictor(path, "cpu").propose(photograph()).shapes[0]
    disc_weights(path, postprocess=Postprocess(thresholds={"OD": 0.99}))
    high = Predictor(path, "cpu").propose(photograph()).shapes[0]
    assert area(low.geometry) > 1.02 * area(high.geometry)


class _GivenUpError(Exception):
    pass


def test_a_caller_can_give_up_at_any_step_and_the_next_goes_on(weights):
    predictor, steps = Predictor(weights[0], "cpu"), []
    predictor.propose(photograph(), check=lambda: steps.append(1))
    assert len(steps) > 8  # before each convolution, too
    for last in (1, 3, len(steps)):
        left = iter(range(last - 1))

        def check(left=left):
            if next(left, None) is None:
                raise _GivenUpError

        image = photograph(240 + last)
        with pytest.raises(_GivenUpError):
            predictor.propose(image, check=check)
        assert len(predictor.propose(image).shapes) == 1


def test_who_waits_for_another_thread_can_give_up(weights):
    predictor, waiting, go_on = Predictor(weights[0], "cpu"), threading.Event(), threading.Event()

    def hold():
        waiting.set()
        go_on.wait(10)

    other = threading.Thread(target=predictor.propose, args=(photograph(), "fundus", hold))
    other.start()
    waiting.wait(10)

    def give_up():
        raise _GivenUpError

    with pytest.raises(_GivenUpError):
        predictor.propose(photograph(), check=give_up)
    go_on.set()
    other.join()
    assert len(predictor.propose(photograph()).shapes) == 1


def test_many_threads_get_what_one_gets(weights):
    alone, shared, found = Predictor(weights[0], "cpu"), Predictor(weights[0], "cpu"), {}
    images = [photograph(240 + 8 * n) for n in range(4)]

    def ask(number):
        found[number] = shared.propose(images[number]).shapes[0].geometry

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: alone.propose(image).shapes[0].geometry for n, image in enumerate(images)}


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "has too little memory for"),
        (RuntimeError("MPS backend out of memory"), "has too little memory for"),
        (NotImplementedError("not implemented for the MPS device"), "cannot run"),
    ],
)
def test_a_gpu_that_fails_hands_over_to_the_cpu_with_a_notice(weights, monkeypatch, error, why):
    # There is no GPU here: the first run fails as on one, and "meta" is its name.
    genuine, runs, said = module.find, [], []

    def find(*arguments):
        runs.append(predictor.device.type)
        if len(runs) == 1:
            raise error
        return genuine(*arguments)

    monkeypatch.setattr(module, "find", find)
    predictor = Predictor(weights[0], "cpu", notice=said.append)
    assert predictor.load() == weights[1]
    predictor.device = torch.device("meta")
    assert len(predictor.propose(photograph()).shapes) == 1
    assert len(predictor.propose(photograph()[:, ::-1]).shapes) == 1
    assert runs == ["meta", "cpu", "cpu"]
    assert said == [f"The GPU {why} the model disc: it goes on with the CPU, which is slower."]


def test_numbers_too_large_for_half_precision_are_calculated_in_full(tmp_path):
    network = disc_network()
    with torch.no_grad():
        network.localiser.weight.fill_(1e5)  # float16 ends at 65,504
    disc_weights(tmp_path / "disc.safetensors", network)
    full = Predictor(tmp_path / "disc.safetensors", "cpu").propose(photograph())
    half = Predictor(tmp_path / "disc.safetensors", "cpu")
    half._half = torch.float16
    assert half.propose(photograph()).shapes[0].geometry == full.shapes[0].geometry
    assert half._half is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (31, 500), (500, 31, 3)])
def test_an_image_too_small_to_show_anything_is_refused(weights, shape):
    with pytest.raises(RetinaError, match=r"shows nothing to look at: it needs 32 a side\.$"):
        Predictor(weights[0], "cpu").propose(np.full(shape, 99, np.uint8))


def test_a_frame_of_one_colour_is_refused(weights):
    black = np.random.default_rng(0).integers(0, 12, (480, 640, 3), dtype=np.uint8)  # as of a covered lens
    with pytest.raises(RetinaError, match=r"shows nothing to look at: it is black all over\.$"):
        Predictor(weights[0], "cpu").propose(black)
    with pytest.raises(RetinaError, match="the same colour all over"):
        Predictor(weights[0], "cpu").propose(255 - black)


def test_an_image_of_the_wrong_modality_is_refused_whether_named_or_seen(weights):
    sentence = r"The image is an OCT B-scan, and the model disc looks at a fundus photograph\.$"
    with pytest.raises(RetinaError, match=sentence):
        Predictor(weights[0], "cpu").propose(photograph(), "oct")
    with pytest.raises(RetinaError, match=sentence):
        Predictor(weights[0], "cpu").propose(bscan())
    assert Predictor(weights[0], "cpu").propose(bscan(), "fundus").model == "disc"


def test_what_is_no_image_is_refused(weights):
    for wrong in (
        np.zeros((40, 40), np.float64),
        np.zeros((40, 40, 4), np.uint8),
        np.zeros((0, 40), np.uint8),
    ):
        with pytest.raises(RetinaError, match=r"uint8 array|shows nothing"):
            Predictor(weights[0], "cpu").propose(wrong)


def test_weights_of_another_model_are_refused(weights):
    with pytest.raises(RetinaError, match="is for the model disc, not lesion"):
        Predictor(weights[0], "cpu", stem="lesion").propose(photograph())


@pytest.mark.parametrize("poison", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path, poison):
    network = disc_network()
    with torch.no_grad():
        network.decoder.out.weight.fill_(poison)
    disc_weights(tmp_path / "disc.safetensors", network)
    with pytest.raises(RetinaError, match="no numbers"):
        Predictor(tmp_path / "disc.safetensors", "cpu").propose(photograph())


def test_answers_that_are_no_numbers_are_refused(tmp_path):
    network = disc_network()
    with torch.no_grad():
        network.localiser.weight.fill_(3e38)  # finite, and the sum is not
    disc_weights(tmp_path / "disc.safetensors", network)
    with pytest.raises(RetinaError, match="answers with what is no number"):
        Predictor(tmp_path / "disc.safetensors", "cpu").propose(photograph())
