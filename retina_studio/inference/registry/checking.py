"""Check a weights file that comes from somebody, whole, before any of it is kept."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.weights import LoadedWeights, WeightsError, load_weights

from .header import LARGEST, Header, header_of


@dataclass(frozen=True, eq=False)
class Checked:
    """A file that can be used: its bytes, their SHA-256 (hex), and what its header says."""

    data: bytes
    hash: str
    header: Header


def check_weights(path: Path, expected: str = "") -> Checked:
    """Read a file once, and make sure that it is whole, ours, for a network that can be built here, and finite.

    Args:
        path: the file.
        expected: the SHA-256 (hex) that the person was told; "" when they were told none.

    Raises:
        RetinaError: it is refused, in one sentence that says why.
    """
    data = _read(path)
    header = header_of(path, data)
    digest = hashlib.sha256(data).hexdigest()
    if expected and expected.strip().lower() != digest:
        raise RetinaError(f"{path} is not the file that was meant: its SHA-256 is {digest}.")
    loaded = _load(path)
    if loaded.hash != digest:
        raise RetinaError(f"{path} changed while it was read: try again.")
    _check_finite(path, loaded)
    return Checked(data, digest, header)


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device might never end
            raise RetinaError(f"There is no weights file {path}.")
        if path.stat().st_size > LARGEST:
            raise RetinaError(f"{path} is too large to be a weights file of Retina Studio.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise RetinaError(f"The weights {path} cannot be read: {error}.") from error


def _load(path: Path) -> LoadedWeights:
    try:
        return load_weights(path)
    except WeightsError as error:
        raise RetinaError(str(error)) from error
    except (ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError) as error:
        raise _unfit(path, error) from error
    except (RuntimeError, TypeError, ValueError) as error:  # what torch says of options that fit no network
        raise _unfit(path, error) from error


def _unfit(path: Path, error: BaseException) -> RetinaError:
    reason = str(error).partition("\n")[0][:200].rstrip(".")
    return RetinaError(f"{path} is for a network that cannot be built here: {reason}.")


def _check_finite(path: Path, loaded: LoadedWeights) -> None:
    """A single NaN beside the parameters says "not known", as of a regression that was not fitted."""
    parameters = {name for name, _ in loaded.network.named_parameters()}
    for name, tensor in loaded.network.state_dict().items():
        may_be_unknown = name not in parameters and tensor.numel() == 1 and bool(torch.isnan(tensor).all())
        if tensor.is_floating_point() and not may_be_unknown and not bool(torch.isfinite(tensor).all()):
            raise RetinaError(f"{path} holds numbers that are not finite (in {name}): the training failed.")
