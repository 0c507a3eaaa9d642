"""What a label is called in DICOM: SNOMED CT where DICOM's own lists (PS3.16) have the concept, else a private code."""

from highdicom.sr import CodedConcept
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from retina_studio.domain.labels import catalogue, label

PRIVATE_SCHEME = "99RETINASTUDIO"
_SNOMED = {  # SNOMED CT identifiers as in pydicom's copy of PS3.16
    "OD": ("81016008", "Optic nerve head"),
    "fovea": ("67046006", "Fovea centralis"),
}
_ANATOMY = {"OD", "OC", "fovea"}


def category_of(code: str) -> Code:
    """Segmented Property Category: anatomy, or something morphologically abnormal."""
    known: Code = (
        codes.SCT.AnatomicalStructure if code in _ANATOMY else codes.SCT.MorphologicallyAbnormalStructure
    )
    return known


def type_of(code: str) -> CodedConcept:
    """Segmented Property Type of a label."""
    if code in _SNOMED:
        value, meaning = _SNOMED[code]
        return CodedConcept(value, "SCT", meaning)
    return CodedConcept(code, PRIVATE_SCHEME, label(code).title)


def label_of(name: str, scheme: str, value: str) -> str:
    """The label that a segment means, by its name or else by its type.

    Raises:
        RetinaError: none.
    """
    known = {code.casefold(): code for code in catalogue()}
    if name.casefold() in known:
        return known[name.casefold()]
    meant = [code for code, (number, _) in _SNOMED.items() if (scheme, value) == ("SCT", number)]
    if meant:
        return meant[0]
    return label(value if scheme == PRIVATE_SCHEME else name).code
