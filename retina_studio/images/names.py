"""Names of people, their numbers and dates in file names: found, and replaced by the patient's pseudonym.

What stands for nobody stays: a name such as `drishtiGS_001` or `12_left` comes out as it went in, because labels made
elsewhere come and go by it.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Literal

from retina_studio.paths import resources

NameRule = Literal["keep", "safe", "pseudonym"]

_WORD = re.compile(r"[^\W_]+")
_UID = re.compile(r"\d+(?:\.\d+){4,}")
_LETTERS = r"[^\W\d_]+(?:['’][^\W\d_]+)?"
_CARET = re.compile(rf"{_LETTERS}(?:\s*[\^,]\s*{_LETTERS})+")
_TITLE = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|O)?[A-Z][a-z]+")
_CAMEL = re.compile(r"(?:[A-Z][a-z]{2,}){2,}")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,4}")
_RECORD = re.compile(
    r"^(?!00)\d{6,}(?:-\d{1,4})?(?![^\W_])"
)  # a record's number; frames are counted from 00...
_BETWEEN = re.compile(r"[\s_\-.]{1,3}")
_YEAR = r"(?:19|20)\d\d"
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_LOOSE = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}{_MONTH}{_DAY}(?:\d{{4}}|\d{{6}})?|{_DAY}{_MONTH}{_YEAR}|{_MONTH}{_DAY}{_YEAR}"
    rf"|{_YEAR}[-._ ]{_LOOSE}[-._ ]{_LOOSE}|{_LOOSE}[-._ ]{_LOOSE}[-._ ]{_YEAR}"
    rf"|{_LOOSE}[-._ ]?{_MONTHS}[-._ ]?(?:{_YEAR}|\d\d))(?!\d)",
    re.IGNORECASE,
)
_LEAST_LOWER = 3  # letters of a word in small letters, in a run of words
_LEAST = 5  # characters that an identity needs to be looked for inside a longer word


def safe_name(name: str, replacement: str, told: Iterable[str] = ()) -> str:
    """An image's name with what tells who it is replaced; the same name where nothing does.

    Replaced are the patient as `told` (identity and name, as metadata or a header give them), dates, DICOM UIDs,
    names with a comma or caret, a long number that the name begins with, a capitalised word that is none of the trade,
    and two or more such words side by side however they are written.

    Args:
        name: the image's name, without folder and ending.
        replacement: the patient's pseudonym; it stands once, where the first part was.
        told: texts that are known to tell who it is.
    """
    parts = _merged(name, sorted(_told_parts(name, told) + _formal_parts(name) + _people(name)))
    if not parts:
        return name
    kept, at = [], 0
    for number, (start, end) in enumerate(parts):
        kept.append(name[at:start] + ("" if number else replacement))
        at = end
    joined = "".join([*kept, name[at:]])
    return re.sub(r"([\s_\-.])[\s_\-.]+", r"\1", joined).strip(" _-.,^")


def tells(name: str, told: Iterable[str]) -> bool:
    """Whether a name holds one of the texts that are known to tell who it is."""
    return bool(_told_parts(name, told))


def _told_parts(name: str, told: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words of the told texts stand: as whole words, or inside one from five characters on."""
    words = {word.casefold() for text in told for word in _WORD.findall(text)}
    words |= {"".join(_WORD.findall(text)).casefold() for text in told}
    words = {word for word in words if word and word not in vocabulary()}
    found = []
    for match in _WORD.finditer(name):
        word = match.group().casefold()
        if word in words or word.lstrip("0") in words - {""}:
            found.append(match.span())
            continue
        for part in words:
            at = word.find(part) if len(part) >= _LEAST else -1
            if at >= 0:
                found.append((match.start() + at, match.start() + at + len(part)))
    return found


def _formal_parts(name: str) -> list[tuple[int, int]]:
    return [match.span() for form in (_UID, _CARET, _DATE, _RECORD) for match in form.finditer(name)]


def _people(name: str) -> list[tuple[int, int]]:
    """Words, alone or in a run, that look like a person's name."""
    found: list[tuple[int, int]] = []
    run: list[re.Match[str]] = []
    for match in [*_WORD.finditer(name), None]:
        if match and run and not _BETWEEN.fullmatch(name[run[-1].end() : match.start()]):
            found, run = found + _run(run), []
        if match and _is_name_like(match.group()):
            run.append(match)
        else:
            found, run = found + _run(run), []
        if match and _is_full_name(match.group()):
            found.append(match.span())
    return found


def _run(words: list[re.Match[str]]) -> list[tuple[int, int]]:
    return [(words[0].start(), words[-1].end())] if len(words) > 1 else []


def _is_name_like(word: str) -> bool:
    plain = word.casefold()
    if len(word) < 2 or not word.isalpha() or plain in vocabulary():
        return False
    return word.isupper() or word.istitle() or _TITLE.fullmatch(word) is not None or len(word) >= _LEAST_LOWER


def _is_full_name(word: str) -> bool:
    """A name in one word: `Doe`, `DOEJANE`, `JaneDoe1950`, or two to four signs of a script without capitals."""
    if _HAN.fullmatch(word):
        return word not in vocabulary()
    word = word.rstrip("0123456789")
    if word.casefold() in vocabulary():
        return False
    if not _CAMEL.fullmatch(word):
        return word.isalpha() and ((word.istitle() and len(word) >= 3) or (word.isupper() and len(word) >= 5))
    return not any(part.casefold() in vocabulary() for part in re.findall(r"[A-Z][a-z]+", word))


def _merged(name: str, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Parts that touch, or have only separators between them, as one."""
    merged: list[tuple[int, int]] = []
    for start, end in parts:
        if merged and (start <= merged[-1][1] or not _WORD.search(name[merged[-1][1] : start])):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@cache
def vocabulary() -> frozenset[str]:
    """Words of the trade, in small letters, that are nobody's name (resources/name_words.toml)."""
    with (resources() / "name_words.toml").open("rb") as file:
        groups: dict[str, list[str]] = tomllib.load(file)
    return frozenset(word for words in groups.values() for word in words)
