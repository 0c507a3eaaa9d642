"""A study's de-identified image as a DICOM instance, for a segmentation to refer to.

The study keeps no DICOM header (images/dicom.py), so this is a new secondary capture: the pixels, the pseudonym as
patient, and UIDs of the root 2.25 (PS3.5 annex B.2) that are digests over the study's id and the image's hash: a
second export of the same study gives the same UIDs, another study others.
"""

import hashlib

from highdicom.sc import SCImage
from pydicom.dataset import Dataset

from retina_studio import __version__
from retina_studio.exchange.layers import Layer
from retina_studio.images.read import read_image

MAKER = "Retina Studio"
_SIDES = {"OD": "R", "OS": "L"}
# As the examiner sees it: to the right lies the patient's left. Down is the feet, in a B-scan the back of the eye.
_ORIENTATION = {"fundus": ("L", "F"), "oct": ("L", "P")}
_MODALITY = {"fundus": "OP", "oct": "OPT"}


def uid(*parts: str) -> str:
    """A UID that the parts decide."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def image_uid(layer: Layer) -> str:
    """The SOP Instance UID of a layer's image."""
    return uid(layer.study_id, "image", layer.image.sha256)


def dicom_image(layer: Layer) -> SCImage:
    """The image of a layer as a DICOM dataset, uncompressed.

    Raises:
        RetinaError: the image cannot be read.
    """
    image = layer.image
    pixels = read_image(layer.picture())
    dataset = SCImage(
        pixel_array=pixels,
        photometric_interpretation="RGB" if pixels.ndim == 3 else "MONOCHROME2",
        bits_allocated=8,
        coordinate_system="PATIENT",
        study_instance_uid=uid(layer.study_id, "study", image.patient),
        series_instance_uid=uid(layer.study_id, "series", image.patient, image.modality),
        series_number=1,
        sop_instance_uid=image_uid(layer),
        instance_number=image.bscan or 1,
        manufacturer=MAKER,
        patient_id=image.patient[:64],
        study_date=image.acquired.replace("-", "") or None,
        laterality=_SIDES.get(image.eye),
        patient_orientation=_ORIENTATION[image.modality],
    )
    dataset.Modality = _MODALITY[image.modality]
    dataset.SoftwareVersions = __version__
    mark_deidentified(dataset)
    return dataset


def add_spacing(dataset: Dataset, spacing: tuple[float, float] | None) -> None:
    """State the millimetres per pixel (x, y), where they are known.

    Only after a segmentation was made of the image: highdicom would copy them into a Pixel Measures Sequence that lacks
    a slice's thickness, and then not read it again.
    """
    if spacing is not None:
        dataset.PixelSpacing = [f"{spacing[1]:.10g}", f"{spacing[0]:.10g}"]  # between rows first


def mark_deidentified(dataset: Dataset) -> None:
    """State it, as PS3.15 asks."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "Retina Studio: new header, pseudonym, shifted date"
