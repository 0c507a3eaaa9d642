"""One model on many images, on the computers of a Dask cluster: the optional extra `cluster`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.inference.many import Promise, Submit, offer

_PATIENCE = 20  # seconds for the scheduler's first answer


@contextmanager
def on_a_cluster(address: str, weights: Path, device: str) -> Iterator[tuple[Submit, int]]:
    """What hands images to a cluster's workers, and how many are looked at together.

    The workers need this application installed, and reach the weights and the images under the same paths: a shared
    folder. They write nothing.

    Raises:
        RetinaError: `distributed` is not installed, no scheduler answers, or it has no workers.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise RetinaError("A cluster needs Dask: install retina-studio[cluster].") from error
    try:
        client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise RetinaError(f"No Dask scheduler answers at {address}.") from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise RetinaError(f"The Dask scheduler at {address} has no workers: start some.")

        def submit(find_file: Callable[[], Path], modality: Modality) -> Promise:
            file = str(find_file().resolve())
            made: Promise = client.submit(offer, str(weights.resolve()), device, file, modality, pure=False)
            return made

        yield submit, threads
