"""How fast a model trains on this computer: as its last run did, else as the application's own figures say."""

from dataclasses import dataclass

from retina_studio.retraining.follow import Events
from retina_studio.retraining.needs import ModelNeeds
from retina_studio.retraining.queue import Queue


@dataclass(frozen=True)
class Pace:
    """Images a second that pass through training, MB of main memory at the peak, and whether that was seen here."""

    images_per_second: float
    memory_mb: float
    measured: bool


def pace_of(queue: Queue, stem: str, needs: ModelNeeds) -> Pace:
    """Of one model."""
    for run in reversed(queue.runs()):
        if run.stem != stem:
            continue
        epochs = [event for event in Events(queue.files(run).events).new() if event["event"] == "epoch"]
        rates = [event["samples_per_second"] for event in epochs if event["samples_per_second"]]
        if rates:
            # Every epoch passes through as many images: so many a second in all.
            rate = len(rates) / sum(1 / rate for rate in rates)
            peak = max(event["memory_mb"].get("ram", needs.memory_mb) for event in epochs)
            return Pace(rate, peak, measured=True)
    return Pace(needs.images_per_second, needs.memory_mb, measured=False)
