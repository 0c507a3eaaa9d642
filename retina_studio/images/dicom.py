"""DICOM ophthalmic photographs and tomography, through pydicom: the pixels, and a short list of facts.

Nothing is removed from a header, for nothing of it is kept: a file's pixels go into a new PNG, and of the header only
the attributes named in this file are ever read (a whitelist, stricter than the Basic Application Level
Confidentiality Profile of PS3.15, which lists what to remove).
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import Pixels, check_size, to_8_bits
from retina_studio.images.scan_facts import ScanFacts

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MAX_BYTES = 4 << 30  # of decoded pixels in one file

_PHOTOGRAPHY = "1.2.840.10008.5.1.4.1.1.77.1.5."  # ophthalmic storage classes, PS3.4 annex B.5
_FUNDUS_CLASSES = {_PHOTOGRAPHY + number for number in ("1", "2", "5", "6")}
_OCT_CLASSES = {_PHOTOGRAPHY + number for number in ("4", "8")}
_UNSAID = {"", "OT", "XC", "SC", "GM"}  # secondary captures: the person says what they are
_EYES = {"R": "OD", "L": "OS"}
_DATES = (
    "AcquisitionDateTime", "AcquisitionDate", "ContentDate", "SeriesDate", "StudyDate",
)  # fmt: skip
_TELLING = (
    "PatientID", "PatientName", "AccessionNumber", "StudyID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
)  # fmt: skip


@dataclass(frozen=True)
class DicomScan:
    """Facts of the header and the frames, 8-bit RGB (H, W, 3) or grey (H, W)."""

    facts: ScanFacts
    frames: list[Pixels]


def is_dicom(head: bytes) -> bool:
    """Whether 132 first bytes are of a DICOM file."""
    return head[128:132] == b"DICM"


def read_dicom(content: bytes, name: str) -> DicomScan:
    """The frames and facts of a DICOM file.

    Deep pixels are shown through the file's own window, or scaled so that the brightest of all frames becomes 255.

    Raises:
        RetinaError: damaged, without pixels, of another modality, in a compression that cannot be read, or too large.
    """
    try:
        return _read(content, name)
    except RetinaError:
        raise
    except Exception as error:  # damaged files fail anywhere: pydicom converts a value when it is asked for
        raise RetinaError(f"{name} is a damaged DICOM file: copy it again from its source.") from error


def _read(content: bytes, name: str) -> DicomScan:
    dataset = _parsed(content)
    modality = _modality(dataset, name)
    if "PixelData" not in dataset:
        raise RetinaError(f"{name} is a DICOM file without pixels: export the images themselves.")
    _check(dataset, name)
    values = _values(dataset, name)
    grey = values.ndim == 3 if _number(dataset, "NumberOfFrames", 1) > 1 else values.ndim == 2
    stack = values if values.ndim == (3 if grey else 4) else values[np.newaxis]
    return DicomScan(_facts(dataset, modality), list(_to_display(dataset, stack)))


def _parsed(content: bytes) -> "Dataset":
    import pydicom  # noqa: PLC0415 - 0.2 s, and most imports have no DICOM file
    from pydicom import config  # noqa: PLC0415

    config.settings.reading_validation_mode = config.IGNORE
    # Its messages quote values, which may be a name; every failure is one sentence here.
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    return pydicom.dcmread(io.BytesIO(content))


def _modality(dataset: "Dataset", name: str) -> Literal["", "fundus", "oct"]:
    stored = _text(dataset, "SOPClassUID")
    said = _text(dataset, "Modality").upper()
    if stored in _OCT_CLASSES or (said == "OPT" and not stored.startswith(_PHOTOGRAPHY)):
        return "oct"
    if stored in _FUNDUS_CLASSES or (said == "OP" and not stored.startswith(_PHOTOGRAPHY)):
        return "fundus"
    if said in _UNSAID and not stored.startswith(_PHOTOGRAPHY):
        return ""
    kind = "measurement or map" if stored.startswith(_PHOTOGRAPHY) else f"{said} image"
    raise RetinaError(
        f"{name} is a DICOM {kind}: only fundus photographs (OP) and OCT B-scans (OPT) are imported."
    )


def _check(dataset: "Dataset", name: str) -> None:
    width, height = _number(dataset, "Columns", 0), _number(dataset, "Rows", 0)
    if width < 1 or height < 1:
        raise RetinaError(f"{name} is a damaged DICOM file: it does not say how large its image is.")
    check_size(width, height, name)
    depth = max(1, _number(dataset, "BitsAllocated", 8) // 8) * max(1, _number(dataset, "SamplesPerPixel", 1))
    size = width * height * depth * max(1, _number(dataset, "NumberOfFrames", 1))
    if size > MAX_BYTES:
        raise RetinaError(f"{name} has {size / 2**30:.0f} GiB of pixels; the limit is {MAX_BYTES >> 30}.")


def _values(dataset: "Dataset", name: str) -> npt.NDArray[Any]:
    """The stored values, (H, W), (H, W, 3), (N, H, W) or (N, H, W, 3), colours as RGB."""
    from pydicom.pixels.decoders.base import get_decoder  # noqa: PLC0415
    from pydicom.pixels.utils import pixel_array  # noqa: PLC0415

    syntax = dataset.file_meta.get("TransferSyntaxUID")
    try:
        readable = syntax is not None and get_decoder(syntax).is_available
    except NotImplementedError:
        readable = False
    if not readable:
        raise RetinaError(
            f"{name} is compressed as {getattr(syntax, 'name', 'nothing it names')}, which cannot be read here: "
            "export it uncompressed or as JPEG 2000, or install retina-studio[dicom]."
        )
    try:
        return pixel_array(dataset)
    except Exception as error:  # a damaged stream fails anywhere in a decoder
        raise RetinaError(f"{name} is damaged: its pixels cannot be decoded.") from error


def _to_display(dataset: "Dataset", stack: npt.NDArray[Any]) -> Iterator[Pixels]:
    """Each frame as 8 bits, bright where the patient's image is bright."""
    from pydicom.pixels.processing import apply_color_lut  # noqa: PLC0415

    photometric = _text(dataset, "PhotometricInterpretation")
    if photometric == "PALETTE COLOR":
        coloured = (apply_color_lut(frame, dataset) for frame in stack)
        yield from (to_8_bits(frame, float(np.iinfo(frame.dtype).max)) for frame in coloured)
        return
    darkest, brightest = 0.0, 255.0
    if stack.dtype != np.uint8:
        # Frame by frame and twice, for as floats a volume takes ten times its own memory.
        limits = [(float(v.min()), float(v.max())) for v in (_windowed(dataset, frame) for frame in stack)]
        darkest, brightest = min(low for low, _ in limits), max(high for _, high in limits)
        if not _has_window(dataset):
            darkest = min(0.0, darkest)
    for frame in stack:
        deep = frame.dtype != np.uint8
        pixels = to_8_bits(_windowed(dataset, frame) - darkest if deep else frame, brightest - darkest)
        yield np.ascontiguousarray(255 - pixels if photometric == "MONOCHROME1" else pixels)


def _has_window(dataset: "Dataset") -> bool:
    grey = _text(dataset, "PhotometricInterpretation").startswith("MONOCHROME")
    return grey and "WindowCenter" in dataset and "WindowWidth" in dataset


def _windowed(dataset: "Dataset", frame: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A deep frame through the file's modality LUT and window, where it has them; colours as they are."""
    from pydicom.pixels.processing import apply_modality_lut, apply_windowing  # noqa: PLC0415

    if frame.ndim > 2:
        return frame
    levels = apply_modality_lut(frame, dataset)
    return apply_windowing(levels, dataset) if _has_window(dataset) else levels


def _facts(dataset: "Dataset", modality: Literal["", "fundus", "oct"]) -> ScanFacts:
    names = tuple(text for text in (_text(dataset, key) for key in _TELLING) if text)
    series = [_text(dataset, "SeriesInstanceUID"), _text(dataset, "SOPInstanceUID")]
    return ScanFacts(
        modality=modality,
        eye=_eye(dataset),
        patient=_text(dataset, "PatientID") or _text(dataset, "PatientName").strip("^ "),
        names=names,
        acquired=_date(dataset),
        burnt_in=_text(dataset, "BurnedInAnnotation").upper() == "YES",
        spacing=_spacing(dataset),
        series="/".join(part for part in series if part),
    )


def _groups(dataset: "Dataset") -> Iterator["Dataset"]:
    """The file itself, then what its frames share, then its first frame's own."""
    yield dataset
    for key in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        sequence = dataset.get(key)
        if sequence:
            yield sequence[0]


def _eye(dataset: "Dataset") -> str:
    for group in _groups(dataset):
        anatomy = group.get("FrameAnatomySequence")
        said = [_text(group, "ImageLaterality"), _text(group, "Laterality")]
        said += [_text(anatomy[0], "FrameLaterality")] if anatomy else []
        for text in said:
            if text.upper() in _EYES:
                return _EYES[text.upper()]
    return ""


def _spacing(dataset: "Dataset") -> tuple[float, float] | None:
    """(x, y) in millimetres; DICOM gives the distance of rows (y) first."""
    for group in _groups(dataset):
        measures = group.get("PixelMeasuresSequence")
        for place in (group, *(measures[:1] if measures else [])):
            try:
                y, x = (float(value) for value in place.get("PixelSpacing") or ())
            except (TypeError, ValueError):
                continue
            if 0 < x < 10 and 0 < y < 10:
                return x, y
    return None


def _date(dataset: "Dataset") -> str:
    """The day of acquisition as ISO text, from the likeliest attribute that has one."""
    said = [_text(dataset, key) for key in _DATES]
    for group in _groups(dataset):
        content = group.get("FrameContentSequence")
        said += [_text(content[0], "FrameAcquisitionDateTime")] if content else []
    for text in said:
        if len(text) >= 8 and text[:8].isdigit():
            return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return ""


def _text(dataset: "Dataset", key: str) -> str:
    """One attribute as text, "" where it is missing, empty or unreadable."""
    try:
        value = dataset.get(key)
    except Exception:  # pydicom converts values when they are read, and a broken one raises anything
        return ""
    return "" if value is None else str(value).strip("\x00 ")


def _number(dataset: "Dataset", key: str, default: int) -> int:
    try:
        return int(_text(dataset, key) or default)
    except ValueError:
        return default
