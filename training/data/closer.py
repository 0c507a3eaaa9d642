"""What the network sees at its second look (`networks/focus.py`), to learn from: a training image once more, closer.

A study has whole photographs. A network that was trained on them alone would outline the disc worse at its second look
than at its first, and one that had learnt both views would forget the closer one.
"""

from zlib import crc32

import numpy as np

from retina_studio.networks.field import Box
from retina_studio.networks.focus import closer_box, disc_of
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot

LABEL = "OD"
_OFF = 0.12  # disc diameters that the middle may lie off the disc's, since it was found and not known
_SIZE = (0.8, 1.25)  # of the side, for the same reason


def close_view(snapshot: Snapshot, entry: Entry, spec: Preprocessing) -> Box | None:
    """The part of an image that a second look would see, a little off as it would be.

    The same for an image every time. None where no disc is drawn, or the image is about as close already.
    """
    disc = disc_of(snapshot.mask(entry.index, LABEL) == 255)
    if disc is None:
        return None
    x, y, diameter = disc
    rng = np.random.default_rng(crc32(entry.source_sha256.encode()))
    across, down = rng.uniform(-_OFF, _OFF, 2) * diameter
    near = (x + across, y + down, diameter * rng.uniform(*_SIZE))
    return closer_box(near, (entry.height, entry.width), max(entry.height, entry.width), spec.focus)
