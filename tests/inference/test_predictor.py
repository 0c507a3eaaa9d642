import numpy as np
import pytest
import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area
from retina_studio.inference.predictor import Predictor, choose_device
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights

SPEC = Preprocessing(48, 64, channels=1, crop=False, minmax=True)


def _weights(path, bias=None, localises=True):
    """A network whose decoder passes the input's brightness through: bright above one half is disc."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    options = {"filters": [1, 1], "dropout": 0.0}
    network = model_spec("disc", "compact").build(SPEC, options).eval()
    with torch.no_grad():
        for block in (network.encoder.levels[0], network.decoder.levels[0]):
            for conv in (block[0], block[4]):
                conv.weight.zero_()
                conv.bias.zero_()
                conv.weight[0, 0, 1, 1] = 1.0
        network.decoder.out.weight.fill_(20.0)
        network.decoder.out.bias.fill_(-10.0 if bias is None else bias)
    network.localises.fill_(localises)
    header = WeightsHeader("disc", "compact", options, SPEC, ("localiser", "decoder"))
    return save_weights(path, network.state_dict(), header)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "disc.safetensors"
    return path, _weights(path)


def _photograph(height=240, width=320):
    yy, xx = np.mgrid[:height, :width] + 0.5
    image = np.full((height, width, 3), 40, np.uint8)
    image[((xx - 200) / 40) ** 2 + ((yy - 90) / 48) ** 2 <= 1] = 220
    image[200:206, 20:26] = 220  # a smaller bright spot, which the main component leaves out
    return image


def test_a_bright_disc_is_proposed_as_an_ellipse_with_score_and_cam(weights):
    path, digest = weights
    proposal = Predictor(path, "cpu").propose(_photograph())
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


def test_the_same_image_gives_the_same_proposal(weights):
    predictor = Predictor(weights[0], "cpu")
    first, second = predictor.propose(_photograph()), predictor.propose(_photograph())
    assert first.shapes[0].geometry == second.shapes[0].geometry
    assert np.array_equal(first.cam, second.cam)


def test_nothing_found_is_a_proposal_without_shapes(tmp_path):
    path = tmp_path / "disc.safetensors"
    _weights(path, bias=-99.0)
    proposal = Predictor(path, "cpu").propose(_photograph())
    assert proposal.shapes == ()
    assert proposal.scores == {}


def test_without_a_trained_localiser_there_is_no_cam(tmp_path):
    path = tmp_path / "disc.safetensors"
    _weights(path, localises=False)
    assert Predictor(path, "cpu").propose(_photograph()).cam is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (40, 50), (1, 300, 3)])
@pytest.mark.parametrize("value", [0, 255])
def test_extreme_images_do_not_crash(weights, shape, value):
    proposal = Predictor(weights[0], "cpu").propose(np.full(shape, value, np.uint8))
    assert proposal.cam.max() <= 1


def test_grey_is_as_good_as_colour(weights):
    predictor, image = Predictor(weights[0], "cpu"), _photograph()
    assert predictor.propose(image).shapes[0].geometry == predictor.propose(image[..., 0]).shapes[0].geometry


def test_weights_are_loaded_late_and_once(tmp_path):
    path = tmp_path / "disc.safetensors"
    predictor = Predictor(path, "cpu")
    with pytest.raises(RetinaError, match="cannot be read"):
        predictor.propose(_photograph())
    _weights(path)
    predictor.propose(_photograph())
    path.unlink()
    predictor.propose(_photograph())


def test_bad_input_and_devices_are_one_sentence(weights):
    with pytest.raises(RetinaError, match="uint8"):
        Predictor(weights[0], "cpu").propose(np.zeros((4, 4), np.float64))
    with pytest.raises(RetinaError, match="no device 'tpu'"):
        choose_device("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(RetinaError, match="no CUDA GPU"):
            choose_device("cuda")
        assert choose_device("auto").type == "cpu"
