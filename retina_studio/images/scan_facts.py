"""What a file's own header says of its images, before any of it is made anonymous."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ScanFacts:
    """The few facts that are taken from a header; nothing else of it is read.

    Attributes:
        modality: fundus or oct, or "" where the file does not say.
        eye: "OD", "OS" or "".
        patient: the identity as the header gives it, or "".
        names: texts of the header that tell who it is, to look for in the file's name.
        acquired: the true date, ISO, or "".
        spacing: millimetres per pixel (x, y), or None.
        series: what tells this volume from others, or "".
        burnt_in: whether the header says that there is writing in the picture which tells who it is.
    """

    modality: Literal["", "fundus", "oct"] = ""
    eye: str = ""
    patient: str = ""
    names: tuple[str, ...] = ()
    acquired: str = ""
    spacing: tuple[float, float] | None = None
    series: str = ""
    burnt_in: bool = False
