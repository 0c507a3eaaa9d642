"""Files to import, made here: DICOM of each kind, a Heidelberg .vol, ZIP archives."""

import io
import struct
import zipfile

import cv2
import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    OphthalmicPhotography8BitImageStorage,
    OphthalmicTomographyImageStorage,
    generate_uid,
)

PHOTOGRAPH, TOMOGRAPHY = OphthalmicPhotography8BitImageStorage, OphthalmicTomographyImageStorage
PATIENT, NUMBER = "Doe^Jane", "MRN-0012345"


def bscans(count=3, height=24, width=32, dtype=np.uint8):
    """B-scans (N, H, W) that differ, with a bright band."""
    rng = np.random.default_rng(4)
    stack = rng.integers(0, 60, (count, height, width)).astype(dtype)
    for number in range(count):
        stack[number, 8 + number : 12 + number] += 150
    return stack


def photograph(height=24, width=32):
    """A smooth colour picture (H, W, 3)."""
    x, y = np.meshgrid(np.linspace(0, 200, width), np.linspace(0, 200, height))
    return np.dstack([x, y, (x + y) / 2]).astype(np.uint8)


def dicom(pixels, sop=PHOTOGRAPH, modality="OP", syntax=ExplicitVRLittleEndian, **attributes):
    """The bytes of a DICOM file; `pixels` (H, W), (H, W, 3) or (N, H, W), or None for a file without any."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop, generate_uid()
    meta.TransferSyntaxUID = syntax
    made = FileDataset("x", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = sop, meta.MediaStorageSOPInstanceUID, modality
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID, made.PatientBirthDate = PATIENT, NUMBER, "19500131"
    made.InstitutionName, made.AcquisitionDateTime = "Eye Clinic North", "20210304101500"
    if pixels is not None:
        _add_pixels(made, pixels)
        if syntax == JPEGBaseline8Bit:
            coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
            made.PixelData = encapsulate([coded])
            made["PixelData"].is_undefined_length = True
            made.PhotometricInterpretation = "YBR_FULL_422"
    for key, value in attributes.items():
        setattr(made, key, value)
    stream = io.BytesIO()
    made.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _add_pixels(made, pixels):
    colour = pixels.shape[-1] == 3
    made.SamplesPerPixel = 3 if colour else 1
    made.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        made.PlanarConfiguration = 0
    frames = pixels.ndim - (3 if colour else 2)
    if frames:
        made.NumberOfFrames = pixels.shape[0]
    made.Rows, made.Columns = pixels.shape[frames : frames + 2]
    made.BitsAllocated = made.BitsStored = 8 * pixels.dtype.itemsize
    made.HighBit, made.PixelRepresentation = made.BitsAllocated - 1, 0
    made.PixelData = pixels.tobytes()


def volume_groups(spacing=(0.004, 0.012), eye="L"):
    """The functional groups of an OCT volume: rows lie 4 um, columns 12 um apart."""
    measures, anatomy, shared = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = list(spacing)
    anatomy.FrameLaterality = eye
    shared.PixelMeasuresSequence = Sequence([measures])
    shared.FrameAnatomySequence = Sequence([anatomy])
    return {"SharedFunctionalGroupsSequence": Sequence([shared])}


def heidelberg_vol(scans, eye=b"OS", patient=b"MRN-7788"):
    """A .vol file (N, H, W) of values in 0-1, after the format's published description; segmentation left out."""
    count, height, width = scans.shape
    header = struct.pack(
        "<12s3I3d2I2dId4sQiI16s16sI24s", b"HSF-OCT-103", width, count, height, 0.011, 0.12, 0.0039,
        16, 16, 0.5, 0.5, 30, 0.0, eye, 131_000_000_000_000_000, 3, 256, b"2390", b"", 1, patient,
    )  # fmt: skip
    content = header.ljust(2048, b"\0") + bytes(16 * 16)
    for scan in scans:
        head = struct.pack("<12sI4dIIfI", b"HSF-BS-103", 256, 0.0, 0.0, 1.0, 0.0, 0, 256, 30.0, 0)
        content += head.ljust(256, b"\0") + scan.astype("<f4").tobytes()
    return content


def archive(members, **options):
    """A ZIP file's bytes of name -> content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def encoded(pixels, suffix=".png"):
    """An image file's bytes."""
    return cv2.imencode(suffix, pixels if pixels.ndim == 2 else pixels[..., ::-1])[1].tobytes()
