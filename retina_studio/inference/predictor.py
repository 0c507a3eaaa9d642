"""One model on one image: load once, propose often."""

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.domain.proposal import Proposal
from retina_studio.images.subject import modality_of, require_content
from retina_studio.inference.compiled import Compiled, compiled, standing_in
from retina_studio.inference.devices import choose_device, give_back, half_of
from retina_studio.inference.models import require_modality
from retina_studio.inference.proposing import Found, proposal_of
from retina_studio.inference.speed import quicken
from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import LoadedWeights, load_weights

Pixels = npt.NDArray[np.uint8]
Check = Callable[[], None]

_log = logging.getLogger(__name__)
_KEPT = 64  # proposals that are remembered
_WORTH = (
    8  # images, after which compiling is likely to pay: it takes seconds, and saves some 0.05 to 0.5 an image
)
_PATIENCE = 0.1  # seconds of waiting for another thread's turn, after which a caller is asked again


def go_on() -> None:
    """Nothing asks to give up."""


class Predictor:
    """A weights file on a device. Safe in any thread: one image has its turn at a time.

    The file is read when an image is first looked at, and again when another one took its place.

    Args:
        weights: a safetensors file of this application.
        device: "cpu", "cuda", "mps", or "auto" for a GPU where there is one.
        stem: the model that the file must be for; None for whichever it is.
        notice: takes a sentence when the work goes on in another way than was asked for.
        compiles: on a CPU, compile the network when it has looked at some images: for many of them, and not beside a
            window, which would be held up (`compiled`).
    """

    def __init__(
        self,
        weights: Path,
        device: str = "auto",
        stem: str | None = None,
        notice: Callable[[str], None] = _log.warning,
        *,
        compiles: bool = False,
    ) -> None:
        self.weights = weights
        self.device = choose_device(device)
        self._half = half_of(self.device)
        self._stem = stem
        self._notice = notice
        self._loaded: LoadedWeights | None = None
        self._compiles = compiles
        self._looks = 0
        self._fast: Compiled | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._kept: OrderedDict[tuple[str, str], Proposal] = OrderedDict()
        self._lock = threading.Lock()

    def load(self) -> str:
        """Read the weights file now; returns its SHA-256 (hex).

        Raises:
            RetinaError: it cannot be used.
        """
        with self._turn(go_on):
            return self._load().hash

    def compile(self) -> None:
        """Compile the network now, on a CPU and with the extra `fast`; elsewhere nothing happens.

        Raises:
            RetinaError: the weights cannot be used.
        """
        with self._turn(go_on):
            loaded = self._load()
            if self.device.type == "cpu" and self._fast is None:
                self._fast = _compiled(loaded)

    def propose(self, pixels: Pixels, modality: Modality | None = None, check: Check = go_on) -> Proposal:
        """Shapes, scores, grades and CAM for an image, RGB (H, W, 3) or grey (H, W). Nothing found: no shapes.

        A shape's score is the mean probability of the pixels it covers. The same image again gets the same proposal.

        Args:
            pixels: uint8.
            modality: of the image; None where nobody knows, then it is told by its look.
            check: called between steps; what it raises to give up is passed on.

        Raises:
            RetinaError: the weights cannot be used, or the image is of the wrong modality or shows nothing.
        """
        with self._turn(check):
            loaded = self._load()
            key = (image_hash(pixels), loaded.hash)
            if key not in self._kept:
                start = time.perf_counter()
                finding = self._find(loaded, pixels, modality, check)
                took = Found(loaded.header.stem, loaded.hash, finding, time.perf_counter() - start)
                self._kept[key] = proposal_of(took, check)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]

    def look(self, pixels: Pixels, modality: Modality | None = None, check: Check = go_on) -> Found:
        """What the network says of an image, at any resolution; arguments and errors as of `propose`."""
        with self._turn(check):
            loaded = self._load()
            start = time.perf_counter()
            finding = self._find(loaded, pixels, modality, check)
            return Found(loaded.header.stem, loaded.hash, finding, time.perf_counter() - start)

    @contextmanager
    def _turn(self, check: Check) -> Iterator[None]:
        while not self._lock.acquire(timeout=_PATIENCE):
            check()
        try:
            check()
            yield
        except ValueError as error:
            raise RetinaError(str(error)) from error
        finally:
            self._lock.release()

    def _load(self) -> LoadedWeights:
        stamp = _stamp(self.weights)
        if self._loaded is None or (stamp is not None and stamp != self._stamp):
            loaded = load_weights(self.weights)
            stem = loaded.header.stem
            if self._stem not in (None, stem):
                raise RetinaError(f"{self.weights} is for the model {stem}, not {self._stem}.")
            loaded.network.to(self.device)
            if self.device.type == "cpu":
                quicken(loaded.network)
            self._loaded, self._stamp = loaded, stamp
            self._looks, self._fast = 0, None
        return self._loaded

    def _find(
        self, loaded: LoadedWeights, pixels: Pixels, modality: Modality | None, check: Check
    ) -> Finding:
        _require_array(pixels)
        require_content(pixels)
        require_modality(loaded.header.stem, modality or modality_of(pixels))
        try:
            return self._run(loaded, pixels, check)
        except RuntimeError as error:
            if self.device.type == "cpu":
                raise RetinaError(f"{self.weights} cannot be run on this image ({_first(error)}).") from error
            self._to_cpu(loaded, error)
        return self._find(loaded, pixels, modality, check)

    def _run(self, loaded: LoadedWeights, pixels: Pixels, check: Check) -> Finding:
        header, network = loaded.header, loaded.network
        row = model_spec(header.stem, header.size)
        half = self._half
        if self.device.type == "cpu" and self._compiles:
            self._looks += 1
            if self._looks == _WORTH and self._fast is None:
                self._fast = _compiled(loaded)
        precision = torch.autocast(self.device.type, half) if half else nullcontext()
        with _asked(network, check), standing_in(network, self._fast, check), precision:
            finding = find(row, network, pixels, header.preprocessing, header.postprocess)
        check()
        if _is_finite(finding):
            return finding
        if half is None:
            raise RetinaError(
                f"{self.weights} answers with what is no number: train it again, or get it again."
            )
        self._half = None  # a number too large for half precision; so it will be again
        return self._run(loaded, pixels, check)

    def _to_cpu(self, loaded: LoadedWeights, error: RuntimeError) -> None:
        """Go on without the GPU, for good: what did not fit or cannot be done will not do so next time."""
        full = isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error)
        why = "has too little memory for" if full else "cannot run"
        self._notice(
            f"The GPU {why} the model {loaded.header.stem}: it goes on with the CPU, which is slower."
        )
        quicken(loaded.network.to("cpu"))
        give_back(self.device)
        self.device, self._half = torch.device("cpu"), None


def _compiled(loaded: LoadedWeights) -> Compiled | None:
    spec = loaded.header.preprocessing
    return compiled(loaded.network, (spec.channels, spec.height, spec.width))


@contextmanager
def _asked(network: nn.Module, check: Check) -> Iterator[None]:
    """Ask before every convolution whether to give up: a large image takes seconds."""
    hooks = [
        module.register_forward_pre_hook(lambda *_: check())
        for module in network.modules()
        if isinstance(module, nn.Conv2d)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _require_array(pixels: Pixels) -> None:
    shape = pixels.shape
    if pixels.dtype != np.uint8 or not (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)):
        raise RetinaError(f"An image is a uint8 array (H, W) or (H, W, 3), not {pixels.dtype} {shape}.")


def _is_finite(finding: Finding) -> bool:
    numbers = [*finding.measures.values(), *(xy for point in finding.points.values() for xy in point)]
    numbers += [p for values in finding.grades.values() for p in values.values()]
    maps = [*finding.maps.values(), *finding.cams.values()]
    return all(bool(np.isfinite(values).all()) for values in (*maps, np.array(numbers)))


def image_hash(pixels: Pixels) -> str:
    """SHA-256 (hex) of an image's size and pixels, whatever file they came from."""
    digest = hashlib.sha256(f"{pixels.dtype} {pixels.shape}".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What changes when another file takes this one's place; None where there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
