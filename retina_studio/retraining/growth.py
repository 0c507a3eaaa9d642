"""How much the consensus grew since the weights that are current were trained."""

from collections.abc import Iterable
from datetime import datetime

from retina_studio.retraining.queue import Queue
from retina_studio.study.forecast import SettledImage


def curated_behind(queue: Queue, weights: str) -> str:
    """When the snapshot behind some weights was made (UTC, ISO 8601); "" where they were not retrained here."""
    return next((run.curated for run in queue.runs() if weights and run.candidate == weights), "")


def grown_since(images: Iterable[SettledImage], curated: str) -> int:
    """How many images were settled, or settled anew, since then; all of them since ""."""
    if not curated:
        return sum(1 for _ in images)
    since = datetime.fromisoformat(curated)
    return sum(datetime.fromisoformat(found.settled) > since for found in images)
