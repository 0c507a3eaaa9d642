"""DICOM Segmentation objects: NAME.seg.dcm, and NAME.dcm, the de-identified image that it refers to.

BINARY, one segment for each label that has an area or is answered "none" (then a segment without a frame), exact to
the pixel. Grades, points and comments are lost, and which lesions were not compliant; graders' names are not written.
The image's name and hash are in a private block, by which a segmentation of another image is refused.
Reading takes uncompressed BINARY segmentations of one image, of whatever program; the image is found by the private
block, else by the file's name. A fovea becomes the centre of gravity of its segment.
"""

import hashlib
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import highdicom
import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.filereader import read_file_meta_info
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, SegmentationStorage

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.geometry import Mask
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Shape
from retina_studio.exchange.checks import check_image, checked, imported
from retina_studio.exchange.dicom_codes import category_of, label_of, type_of
from retina_studio.exchange.dicom_image import MAKER, add_spacing, dicom_image, mark_deidentified, uid
from retina_studio.exchange.files import MAX_BYTES, file_name, reading
from retina_studio.exchange.layers import CONSENSUS, Found, Layer, Planes
from retina_studio.exchange.masks import layer_planes
from retina_studio.exchange.raster import geometries_of
from retina_studio.study.records import ImageRecord

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_BLOCK, _CREATOR = 0x0099, "RETINA STUDIO"
_NAME, _HASH = 0x01, 0x02  # elements of the block
_ENDING = ".seg.dcm"


def write_labels(out: Path, layers: Iterator[Layer]) -> int:
    """Write the segmentation and the image of each layer that answers a label by area; returns of how many images.

    Raises:
        RetinaError: a file cannot be written, or no layer says anything of an area.
    """
    count = 0
    for layer in layers:
        planes = layer_planes(layer)
        if not planes:
            continue
        picture = dicom_image(layer)
        segmentation = _segmentation(layer, picture, planes)
        add_spacing(picture, layer.image.spacing)
        write_whole(out / file_name(layer.image.name, ".dcm"), _content(picture))
        write_whole(out / file_name(layer.image.name, _ENDING), _content(segmentation))
        count += 1
    if not count:
        raise RetinaError("There is nothing to export: no image has an area, or a label answered none.")
    return count


def _segmentation(layer: Layer, picture: "Dataset", planes: Planes) -> "Dataset":
    pixels = np.stack([plane != 0 for plane in planes.values()], axis=-1)[None].astype(np.uint8)
    image, study_id = layer.image, layer.study_id
    digest = hashlib.sha256(np.packbits(pixels).tobytes()).hexdigest()
    dataset = highdicom.seg.Segmentation(
        source_images=[picture],
        pixel_array=pixels,
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[_description(n, code) for n, code in enumerate(planes, start=1)],
        series_instance_uid=uid(study_id, "segmentations", layer.grader, image.sha256),
        series_number=100,
        sop_instance_uid=uid(study_id, "segmentation", layer.grader, image.sha256, *planes, digest),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name=MAKER,
        software_versions=__version__,
        device_serial_number=study_id[:64] or "0",
        content_label="CONSENSUS" if layer.grader == CONSENSUS else "GRADING",
        omit_empty_frames=bool(pixels.any()),
    )
    organisation = uid(study_id, "dimensions")
    for item in (*dataset.DimensionOrganizationSequence, *dataset.DimensionIndexSequence):
        item.DimensionOrganizationUID = organisation
    mark_deidentified(dataset)
    block = dataset.private_block(_BLOCK, _CREATOR, create=True)
    block.add_new(_NAME, "UT", image.name)
    block.add_new(_HASH, "LO", image.sha256)
    return dataset


def _description(number: int, code: str) -> highdicom.seg.SegmentDescription:
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=code,
        segmented_property_category=category_of(code),
        segmented_property_type=type_of(code),
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


def _content(dataset: "Dataset") -> bytes:
    file = io.BytesIO()
    dataset.save_as(file)
    return file.getvalue()


def read_labels(source: Path, _graders: int = 1) -> Iterator[Found]:
    """What each segmentation in a folder says, or the one file; other DICOM files of the folder are passed over.

    Raises:
        RetinaError: a file cannot be read, is compressed, or the one file is no segmentation.
    """
    files = sorted(source.rglob("*.dcm")) if source.is_dir() else [source]
    for path in files:
        head = _read(path, stop_before_pixels=True)
        if head.get("SOPClassUID") != SegmentationStorage:
            if source.is_dir():
                continue
            raise RetinaError(f"{path.name} is no segmentation: it holds another kind of DICOM object.")
        name = _private(head, _NAME)
        stem = path.name.removesuffix(_ENDING).removesuffix(".dcm")
        names = tuple(dict.fromkeys(text for text in (name, stem) if text))
        yield Found(path.name, names, partial(_grading, path))


def _read(path: Path, *, stop_before_pixels: bool = False) -> "Dataset":
    """A dataset, once its file is known to be neither large nor deflated (which could unpack to anything).

    Raises:
        RetinaError: it cannot be read, or is too large or compressed.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RetinaError(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB: split it.")
        meta = read_file_meta_info(path)
        if meta.TransferSyntaxUID not in {ExplicitVRLittleEndian, ImplicitVRLittleEndian}:
            raise RetinaError(f"{path.name} is compressed: save it as Explicit VR Little Endian.")
        return pydicom.dcmread(path, stop_before_pixels=stop_before_pixels)
    except RetinaError:
        raise
    except Exception as error:  # damage fails anywhere in pydicom
        raise RetinaError(
            f"{path.name} is damaged or no DICOM file: copy it again from its source."
        ) from error


def _private(dataset: "Dataset", element: int) -> str:
    try:
        return str(dataset.private_block(_BLOCK, _CREATOR)[element].value)
    except KeyError:
        return ""


def _grading(path: Path, image: ImageRecord) -> Grading:
    dataset = _read(path)
    shapes: dict[str, Shape] = {}
    absent = set()
    with reading(path.name):
        try:
            segments, frames = _segments(dataset), _frames(dataset)
            size = (int(dataset.Rows), int(dataset.Columns))
        except (AttributeError, KeyError, IndexError) as error:
            raise RetinaError("it lacks what a segmentation must have.") from error
        check_image(image, *size, _private(dataset, _HASH))
        if unknown := sorted(frames.keys() - segments.keys()):
            raise RetinaError(f"it has a frame of segment {unknown[0]}, which is not described.")
        for number, code in segments.items():
            mask = _mask(dataset, frames[number]) if number in frames else np.zeros(size, np.bool_)
            if not mask.any():
                absent.add(code)
            shapes |= imported(code, geometries_of(code, mask))
        return checked(Grading(shapes, absent=frozenset(absent)), image.modality)


def _segments(dataset: "Dataset") -> dict[int, str]:
    """Segment number -> label."""
    if dataset.SegmentationType != "BINARY" or dataset.BitsAllocated != 1:
        raise RetinaError("it is not BINARY: save it as such.")
    segments: dict[int, str] = {}
    for item in dataset.SegmentSequence:
        kind = item.SegmentedPropertyTypeCodeSequence[0]
        code = label_of(
            str(item.SegmentLabel), str(kind.CodingSchemeDesignator), str(kind.get("CodeValue", ""))
        )
        if code in segments.values():
            raise RetinaError(f"it has two segments of {code}.")
        segments[int(item.SegmentNumber)] = code
    return segments


def _frames(dataset: "Dataset") -> dict[int, int]:
    """Segment number -> its frame, from 0."""
    groups: Any = dataset.PerFrameFunctionalGroupsSequence
    bits = int(dataset.NumberOfFrames) * int(dataset.Rows) * int(dataset.Columns)
    if int(dataset.NumberOfFrames) != len(groups) or not 0 < bits <= 8 * len(dataset.PixelData):
        raise RetinaError("its pixels do not fit its number of frames.")
    frames: dict[int, int] = {}
    shared = dataset.SharedFunctionalGroupsSequence[0]
    for number, group in enumerate(groups):
        named = group if "SegmentIdentificationSequence" in group else shared
        segment = int(named.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        if segment in frames:
            raise RetinaError(f"it has several frames of segment {segment}: it is of several images.")
        frames[segment] = number
    return frames


def _mask(dataset: "Dataset", frame: int) -> Mask:
    """One frame (H, W): bits in a row, the lowest of each byte first, no gap between frames (PS3.5 section 8.1.1)."""
    size = int(dataset.Rows) * int(dataset.Columns)
    first, last = frame * size, (frame + 1) * size
    packed = np.frombuffer(dataset.PixelData, np.uint8, (last + 7) // 8 - first // 8, first // 8)
    bits: npt.NDArray[np.uint8] = np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + size]
    return np.asarray(bits.reshape(int(dataset.Rows), -1), dtype=np.bool_)
