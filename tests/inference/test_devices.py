import pytest
import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.inference.devices import choose_device, half_of


def test_auto_takes_cuda_then_apples_gpu_then_the_cpu(monkeypatch):
    for cuda, mps, expected in ((True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=cuda: there)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda there=mps: there)
        assert choose_device("auto").type == expected
    assert choose_device("cpu").type == "cpu"
    for name, gpu in (("cuda", "CUDA"), ("mps", "Apple")):
        with pytest.raises(RetinaError, match=f"no {gpu} GPU here"):
            choose_device(name)
    with pytest.raises(RetinaError, match="no device 'tpu'"):
        choose_device("tpu")


def test_half_precision_on_cuda_only():
    assert half_of(torch.device("cuda")) is torch.float16
    assert half_of(torch.device("cpu")) is None
    assert half_of(torch.device("mps")) is None
