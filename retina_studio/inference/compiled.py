"""A network that OpenVINO compiled for this CPU, where the extra `fast` is installed."""

import logging
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

_log = logging.getLogger(__name__)


def compiled(network: nn.Module, shape: tuple[int, int, int]) -> "Compiled | None":
    """The network as OpenVINO runs it; None where that is not installed, or cannot run it, which is logged.

    Takes two to ten seconds, in which other threads of Python are held up now and then for some tenths of a second.

    Args:
        network: in evaluation mode, on the CPU; its `forward` answers by name. It is not changed.
        shape: of its one input, channels, height and width.
    """
    if find_spec("openvino") is None:
        return None
    start = time.perf_counter()
    try:
        made = Compiled(network, shape)
    except Exception as error:  # whatever OpenVINO cannot do, PyTorch can
        _log.warning("OpenVINO cannot run a network, PyTorch does: %s", str(error).partition("\n")[0])
        return None
    _log.info("OpenVINO compiled a network in %.1f s", time.perf_counter() - start)
    return made


class Compiled:
    """Takes the place of a network's `forward`: an image (1, C, H, W) to the answers by name, in full precision.

    Answers differ from PyTorch's by rounding, by less than 1e-4.

    Args:
        network: in evaluation mode, on the CPU.
        shape: of its input, channels, height and width; no other is taken.

    Attributes:
        check: called while an answer is being worked out; what it raises to give up is passed on.
        wait_ms: between two such calls.
    """

    def __init__(self, network: nn.Module, shape: tuple[int, int, int]) -> None:
        import openvino  # noqa: PLC0415 - an extra

        self.check: Callable[[], None] = lambda: None
        self.wait_ms = 20
        example = torch.zeros(1, *shape)
        with torch.inference_mode():
            self._names = tuple(network(example))
        model = _converted(_InTurn(network, self._names), example)
        hints = {
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        }
        self._request = openvino.Core().compile_model(model, "CPU", hints).create_infer_request()

    def __call__(self, image: Tensor) -> dict[str, Tensor]:
        """Raises: RuntimeError: an image of another size."""
        request = self._request
        request.start_async({0: np.ascontiguousarray(image.float().numpy())})
        try:
            while not request.wait_for(self.wait_ms):
                self.check()
        except BaseException:
            request.cancel()
            with suppress(RuntimeError):  # it says that it was cancelled
                request.wait()
            raise
        return {
            name: torch.from_numpy(request.get_output_tensor(place).data.copy())
            for place, name in enumerate(self._names)
        }


@contextmanager
def standing_in(network: nn.Module, fast: Compiled | None, check: Callable[[], None]) -> Iterator[None]:
    """While this lasts, the network answers by what was compiled of it; None changes nothing."""
    if fast is None:
        yield
        return
    fast.check = check
    network.forward = fast
    try:
        yield
    finally:
        del network.forward


class _InTurn(nn.Module):
    """The answers as a tuple: a traced network has no names."""

    def __init__(self, network: nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        self.names = names

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        answers = cast(dict[str, Tensor], self.network(image))
        return tuple(answers[name] for name in self.names)


def _converted(network: nn.Module, example: Tensor) -> Any:
    """The network in OpenVINO's form. Its `convert_model` would do the same, and report its use over the network."""
    from openvino.frontend import FrontEndManager  # noqa: PLC0415
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder  # noqa: PLC0415

    # Of sizes that are taken as constant, which they are; and of the tracer that OpenVINO still calls.
    warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
    warnings.filterwarnings("ignore", category=FutureWarning, module="torch.jit")
    with torch.no_grad():
        decoder = TorchScriptPythonDecoder(
            network.eval(), example_input=(example,), trace_kwargs={"check_trace": False}
        )
    frontend = FrontEndManager().load_by_framework("pytorch")
    model = frontend.convert(frontend.load(decoder))
    model.reshape(list(example.shape))
    return model
