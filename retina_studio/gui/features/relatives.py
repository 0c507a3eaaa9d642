"""Which images of the study belong together: those of one patient, those of one volume. No widgets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study


class Relatives:
    """Keeps the study's images by patient and volume; reads them again when asked about one that it does not know."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._by_patient: dict[str, list[ImageRecord]] = {}
        self._by_volume: dict[str, list[ImageRecord]] = {}
        self._known: set[int] = set()

    def forget(self) -> None:
        """Images have come or gone."""
        self._known.clear()

    def of_patient(self, image: ImageRecord) -> Sequence[ImageRecord]:
        """All images of an image's patient, itself among them; itself alone when the patient is not known."""
        self._read_for(image)
        return self._by_patient[image.patient] if image.patient else [image]

    def of_volume(self, image: ImageRecord) -> Sequence[ImageRecord]:
        """The B-scans of an image's volume in their order, itself among them; none when it is a single image."""
        if not image.volume:
            return []
        self._read_for(image)
        return self._by_volume[image.volume]

    def _read_for(self, image: ImageRecord) -> None:
        if image.id in self._known:
            return
        patients, volumes = defaultdict(list), defaultdict(list)
        images = self._study.images()
        for one in images:
            patients[one.patient].append(one)
            volumes[one.volume].append(one)
        self._by_patient = dict(patients)
        self._by_volume = {key: sorted(scans, key=lambda scan: scan.bscan) for key, scans in volumes.items()}
        self._known = {one.id for one in images}


def comparable(image: ImageRecord, images: Iterable[ImageRecord]) -> list[ImageRecord]:
    """The images of `images` worth seeing beside one, the best first.

    The same eye comes before the other one, and the visit nearest in time first. Of a volume only the B-scan at the
    same place counts, and of the image's own volume none.
    """
    found = [one for one in images if one.id != image.id and one.modality == image.modality]
    found = [one for one in found if not one.volume or one.volume != image.volume]
    best: dict[str, ImageRecord] = {}
    for one in found:
        key = one.volume or f"image {one.id}"
        if key not in best or _off_place(one, image) < _off_place(best[key], image):
            best[key] = one
    return sorted(best.values(), key=lambda one: (one.eye != image.eye, _days_apart(one, image), one.name))


def other_eye(image: ImageRecord, images: Iterable[ImageRecord]) -> ImageRecord | None:
    """The best image of the patient's other eye; None where there is none or an eye is not known."""
    wanted = {"OD": "OS", "OS": "OD"}.get(image.eye)
    return next((one for one in comparable(image, images) if one.eye == wanted), None)


def _off_place(one: ImageRecord, image: ImageRecord) -> float:
    if not (one.bscans and image.bscans):
        return one.bscan
    return abs(one.bscan / one.bscans - image.bscan / image.bscans)


def _days_apart(one: ImageRecord, image: ImageRecord) -> int:
    try:
        apart = date.fromisoformat(one.acquired[:10]) - date.fromisoformat(image.acquired[:10])
    except ValueError:
        return 100_000  # unknown: after all that are known
    return abs(apart.days)
