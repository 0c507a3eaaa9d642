"""Somebody's weights file: taken in whole, or refused with one sentence and nothing written."""

import json
import os
import pickle
import struct
import time
import zipfile

import numpy as np
import pytest
import torch
from tiny_weights import tiny_weights

from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import Registry


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "weights", tmp_path / "shipped")


@pytest.fixture
def valid(tmp_path):
    path = tmp_path / "valid.safetensors"
    return path, tiny_weights(path)


def refused(registry, path, sentence, **options):
    before = sorted(registry.folder.rglob("*")) if registry.folder.exists() else None
    with pytest.raises(RetinaError, match=sentence) as caught:
        registry.add(path, "Lind", **options)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert (sorted(registry.folder.rglob("*")) if registry.folder.exists() else None) == before


def with_header(data, change):
    """The file with another header, its tensors as they were."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    text = change(header)
    raw = (json.dumps(header) if text is None else text).encode()
    return struct.pack("<Q", len(raw)) + raw + data[8 + length :]


def with_ours(data, change):
    """The file with another header of ours."""

    def apply(header):
        ours = json.loads(header["__metadata__"]["retina_studio"])
        other = change(ours)
        header["__metadata__"]["retina_studio"] = json.dumps(ours) if other is None else other

    return with_header(data, apply)


def test_a_file_with_the_hash_that_was_told_is_taken_in(registry, valid):
    path, digest = valid
    refused(registry, path, f"not the file that was meant: its SHA-256 is {digest}", expected="0" * 64)
    version = registry.add(path, "Lind", expected=f" {digest.upper()} ", parent="ab" * 32)
    assert (version.hash, version.state, version.parent) == (digest, "candidate", "ab" * 32)
    refused(registry, path, "in the registry already, as candidate of disc")


def test_a_parent_may_be_named_by_its_first_digits(registry, valid, tmp_path):
    path, digest = valid
    registry.add(path, "Lind")
    tiny_weights(tmp_path / "child.safetensors", 0.7)
    refused(registry, tmp_path / "child.safetensors", "no weights '1234567'", parent="1234567")
    child = registry.add(tmp_path / "child.safetensors", "Lind", origin="run", parent=digest[:8])
    assert (child.parent, child.origin) == (digest, "run")


def test_the_shipped_weights_are_not_taken_in_again(registry, valid):
    registry.shipped.mkdir()
    tiny_weights(registry.shipped / "disc.safetensors")
    refused(registry, valid[0], "holds the shipped weights of disc")


class Sly:
    def __reduce__(self):
        return (os.abort, ())


def test_other_formats_are_refused_and_told_apart(registry, tmp_path):
    path = tmp_path / "weights.safetensors"
    torch.save({"a": torch.zeros(3)}, path)
    refused(registry, path, "is a PyTorch or ZIP file, which can hold pickled|programs that would run")
    torch.save({"a": torch.zeros(3)}, path, _use_new_zipfile_serialization=False)
    refused(registry, path, "is a pickle, which can hold programs that would run")
    path.write_bytes(pickle.dumps(Sly()))
    refused(registry, path, "is a pickle")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights", "x")
    refused(registry, path, "ZIP file")
    np.save(tmp_path / "x.npy", np.zeros(3))
    refused(registry, tmp_path / "x.npy", "is a NumPy file")
    for text in (b"", b"{}", b"hello, here are some weights", b"\0" * 64):
        path.write_bytes(text)
        refused(registry, path, "is no safetensors file|cannot be understood|cut short")


def test_what_is_no_file_does_not_hang(registry, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "none", tmp_path / "a\0b"):
        refused(registry, path, "There is no weights file|cannot be read")


def test_a_file_that_is_far_too_large_is_not_read(registry, tmp_path):
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(2**33)  # sparse
    refused(registry, path, "too large")


def test_cut_short_at_any_place(registry, valid, tmp_path):
    data = valid[0].read_bytes()
    path = tmp_path / "cut.safetensors"
    for length in [*range(0, 24), *range(24, len(data), 97), len(data) - 1]:
        path.write_bytes(data[:length])
        refused(registry, path, "cut short|safetensors|understood")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda h: "[" * 300_000, "is no safetensors|nested too deeply"),
        (lambda h: '{"a":' * 100_000, "nested too deeply|cannot be understood"),
        (lambda h: h.pop("__metadata__") and None, "not written by Retina Studio"),
        (lambda h: h["__metadata__"].update(retina_studio="{"), "cannot be understood"),
        (lambda h: h["__metadata__"].update(retina_studio="[" * 200_000), "nested too deeply"),
        (lambda h: h["__metadata__"].update(retina_studio='"' + "x" * 2**19 + '"'), "too large"),
        (lambda h: h["__metadata__"].update(other="x"), "'other', which is not known here"),
        (lambda h: h.update({"../../x": h.pop("localises")}), "does not fit the disc network"),
    ],
)
def test_a_hostile_header(registry, valid, tmp_path, change, sentence):
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(with_header(valid[0].read_bytes(), change))
    refused(registry, path, sentence)


@pytest.mark.parametrize("length", [2**22 + 1, 2**40, 2**63, 2**64 - 1])
def test_a_header_that_claims_to_be_huge(registry, valid, tmp_path, length):
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(struct.pack("<Q", length) + valid[0].read_bytes()[8:])
    refused(registry, path, "cut short or damaged")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda o: o.update(stem="../disc"), "model is no name"),
        (lambda o: o.update(stem="retina"), "There is no model 'retina'"),
        (lambda o: o.update(stem=["disc"]), "model is no name"),
        (lambda o: o.update(stem="ppa"), "ppa"),
        (lambda o: o.update(size="/etc/passwd"), "has no size"),
        (lambda o: o["options"].update(filters=[2, 2]), "does not fit the disc network"),
        (lambda o: o.update(surprise=1), "should not have 'surprise'"),
        (lambda o: o.pop("recipe") and None, "lacks or should not have 'recipe'"),
        (lambda o: o.update(metrics={"dice": "good"}), "metrics"),
        (lambda o: o.update(metrics={str(n): 1 for n in range(5000)}), "too many entries"),
        (lambda o: o.update(recipe={"a": "x" * 3000}), "too long"),
        (lambda o: o.update(recipe=json.loads("[" * 50 + "]" * 50)), "nested too deeply|recipe"),
        (lambda o: o.update(software=3), "software"),
        (lambda o: o.update(stages="decoder"), "stages"),
        (lambda o: o["preprocessing"].update(height=4096, width=4096), "larger than any model's"),
        (lambda o: o["preprocessing"].update(height=10**9), "larger than any model's"),
        (lambda o: o["preprocessing"].update(height=-48), "input"),
        (lambda o: o["preprocessing"].update(height=48.5), "input"),
        (lambda o: o["preprocessing"].update(gamma=float("nan")), "gamma of its preprocessing"),
        (lambda o: o["preprocessing"].update(mean=[0, float("inf"), 0]), "mean of its preprocessing"),
        (lambda o: o["preprocessing"].update(clahe="../x"), "out of range"),
        (lambda o: o["preprocessing"].update(secret=1), "has no secret"),
        (lambda o: o.update(preprocessing=[]), "preprocessing"),
        (lambda o: o["options"].update(filters=[1] * 100_000), "too large"),
        (lambda o: o["options"].update(filters=[1] * 100), "larger than any model's"),
        (lambda o: o["options"].update(filters=[10**9, 10**9]), "larger than any model's"),
        (lambda o: o["options"].update(filters=[0, 0]), "fit|built"),
        (lambda o: o["options"].update(filters=["x"]), "fit|built"),
        (lambda o: o["options"].update(filters={}), "options"),
        (lambda o: o["options"].update(filters=[]), "fit|built"),
        (lambda o: o["options"].update(encoder="../../x"), "does not take these options|built"),
        (lambda o: o.update(options=None), "options"),
        (lambda o: "null", "lacks or should not have"),
    ],
)
def test_a_header_that_says_what_cannot_be(registry, valid, tmp_path, change, sentence):
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(with_ours(valid[0].read_bytes(), change))
    start = time.monotonic()
    refused(registry, path, sentence)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite(registry, tmp_path, value):
    path = tmp_path / "nan.safetensors"
    tiny_weights(path, change=lambda state: state["decoder.out.bias"].fill_(value))
    refused(registry, path, "no numbers")


def test_mutated_files_never_harm(registry, valid, tmp_path):
    """A byte changed anywhere: a sentence, or weights that are valid all the same."""
    path, _ = valid
    registry.add(path, "Lind")
    data = path.read_bytes()
    header = 8 + struct.unpack("<Q", data[:8])[0]
    rng = np.random.default_rng(5)
    taken_in = 0
    for number in range(200):
        place = int(rng.integers(header if number % 4 else len(data)))  # mostly the header, which decides
        mutant = bytearray(data)
        mutant[place] ^= int(rng.integers(1, 256))
        (tmp_path / "mutant.safetensors").write_bytes(mutant)
        before = registry.versions()
        index = (registry.folder / "index.json").read_bytes()
        start = time.monotonic()
        try:
            version = registry.add(tmp_path / "mutant.safetensors", "Lind")
        except RetinaError:
            assert (registry.folder / "index.json").read_bytes() == index
        else:
            taken_in += 1
            assert registry.versions() == (*before, version)
            assert registry.file(version).read_bytes() == bytes(mutant)
        assert time.monotonic() - start < 10
    assert 0 < taken_in < 150
    assert len(list(registry.folder.glob("*.safetensors"))) == taken_in + 1
