"""Ways to spoil a file, each from a seed: the same seed gives the same bytes."""

import io
import json
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

from tests.survival.specimens import Specimen

Mutation = Callable[[bytes, random.Random], bytes]
_NUMBERS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
_TEXTS = (
    b"../../../../etc/passwd", b"/etc/shadow", b"C:\\evil", b"\0", b"\n", b"\xff\xfe", b"NaN", b"1e999", b"-1",
    b"99999999999999999999", b"null", b"[]", b"{}", b"[" * 20_000, b'"', b"%n%s", b"\xe2\x80\xae", b"=1+1", b"1" * 5000,
)  # fmt: skip


def flip_bits(content: bytes, chance: random.Random) -> bytes:
    """Some bits anywhere."""
    return _flipped(content, chance, 0, len(content))


def flip_in_head(content: bytes, chance: random.Random) -> bytes:
    """Some bits of the first kilobyte, where formats say what they are."""
    return _flipped(content, chance, 0, min(1024, len(content)))


def flip_in_tail(content: bytes, chance: random.Random) -> bytes:
    """Some bits of the last kilobyte, where archives have their directory."""
    return _flipped(content, chance, max(0, len(content) - 1024), len(content))


def _flipped(content: bytes, chance: random.Random, start: int, end: int) -> bytes:
    made = bytearray(content)
    for _ in range(2 ** chance.randrange(7)):
        made[chance.randrange(start, end)] ^= 1 << chance.randrange(8)
    return bytes(made)


def truncate(content: bytes, chance: random.Random) -> bytes:
    """Only the beginning."""
    return content[: chance.randrange(len(content))]


def splice(content: bytes, chance: random.Random) -> bytes:
    """A part of it in another place."""
    start, to = chance.randrange(len(content)), chance.randrange(len(content))
    part = content[start : start + chance.randrange(1, 4096)]
    return content[:to] + part + content[to + chance.choice((0, len(part))) :]


def zero_a_block(content: bytes, chance: random.Random) -> bytes:
    """A block that never reached the disk."""
    start = chance.randrange(len(content))
    size = min(chance.choice((16, 512, 4096)), len(content) - start)
    return content[:start] + bytes(size) + content[start + size :]


def lie_about_a_length(content: bytes, chance: random.Random) -> bytes:
    """A number of 1 to 8 bytes, in either order, replaced by an extreme one."""
    size = chance.choice((1, 2, 4, 8))
    start = chance.randrange(max(1, min(len(content) - size, chance.choice((64, 512, 1 << 30)))))
    number = chance.choice(_NUMBERS) & ((1 << 8 * size) - 1)
    return content[:start] + number.to_bytes(size, chance.choice(("little", "big"))) + content[start + size :]


def insert_text(content: bytes, chance: random.Random) -> bytes:
    """Something nasty between, or in place of, what is there."""
    at, text = chance.randrange(len(content)), chance.choice(_TEXTS)
    return content[:at] + text + content[at + chance.choice((0, len(text))) :]


def replace_a_value(content: bytes, chance: random.Random) -> bytes:
    """In JSON a value anywhere, in other texts a word."""
    try:
        form = json.loads(content)
    except ValueError:
        words = content.split(b" ")
        words[chance.randrange(len(words))] = chance.choice(_TEXTS)
        return b" ".join(words)
    _spoil(form, chance)
    return json.dumps(form).encode()


def _spoil(form: object, chance: random.Random) -> None:
    values: tuple[object, ...] = (
        None, True, -1, 0, 1e308, 10**30, "", "x" * 5000, "../../etc/passwd", "\ud800", [], {}, [[[]]], float("nan"),
    )  # fmt: skip
    if isinstance(form, dict):
        keys = list(form)
    elif isinstance(form, list):
        keys = list(range(len(form)))
    else:
        return
    if not keys:
        return
    key = chance.choice(keys)
    if isinstance(form[key], dict | list) and form[key] and chance.random() < 0.8:
        _spoil(form[key], chance)
    elif chance.random() < 0.15:
        del form[key]
    else:
        form[key] = chance.choice(values)


def claim_huge_picture(content: bytes, chance: random.Random) -> bytes:
    """A PNG with right checksums whose size is beyond anything."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    width, height = chance.choice(((10**9, 10**9), (2**31 - 1, 1), (1, 2**31 - 1), (60_000, 60_000), (0, 0)))
    head = struct.pack(
        ">IIBBBBB", width, height, chance.choice((8, 16)), chance.choice((0, 2, 3, 6)), 0, 0, 0
    )
    body = zlib.compress(bytes(chance.choice((10, 100_000))))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pack_to_burst(content: bytes, chance: random.Random) -> bytes:
    """A ZIP file that unpacks to 300 MB."""
    return _zipped([(chance.choice(("a.png", "a.json")), bytes(300 << 20))])


def pack_with_bad_names(content: bytes, chance: random.Random) -> bytes:
    """A ZIP file whose members want to lie elsewhere."""
    names = (
        "../../x.png",
        "/etc/x.json",
        "C:x.png",
        "..\\x.json",
        "a/../../x.png",
        "x\0.png",
        "a" * 3000 + ".png",
    )
    return _zipped([(chance.choice(names), content) for _ in range(chance.randrange(1, 4))])


def pack_twice(content: bytes, chance: random.Random) -> bytes:
    """Archives in an archive, or a member twice."""
    name = chance.choice(("inner.zip", "a.png", "a.json"))
    return _zipped([(name, content), (name, content)])


def _zipped(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
    ):
        warnings.simplefilter("ignore")  # of two members of one name
        for name, body in members:
            packed.writestr(name, body)
    return stream.getvalue()


GENERAL: tuple[Mutation, ...] = (
    flip_bits, flip_in_head, flip_in_tail, truncate, splice, zero_a_block, lie_about_a_length, insert_text,
)  # fmt: skip
SPECIAL: dict[str, tuple[Mutation, ...]] = {
    "png": (claim_huge_picture,),
    "mask-png": (claim_huge_picture,),
    "image-zip": (pack_to_burst, pack_with_bad_names, pack_twice),
    "labels-zip": (pack_to_burst, pack_with_bad_names, pack_twice),
    **dict.fromkeys(("labelme", "coco", "geojson"), (replace_a_value,) * 6),
    **dict.fromkeys(("labels-csv", "metadata-csv", "recipe-toml", "study-toml"), (replace_a_value,) * 3),
}


def mutant(specimen: Specimen, seed: int) -> tuple[str, bytes]:
    """The name of a mutation, and what it makes of a file."""
    chance = random.Random(f"{specimen.kind} {seed}")
    change = chance.choice((*GENERAL, *SPECIAL.get(specimen.kind, ())))
    return change.__name__, change(specimen.content, chance)
