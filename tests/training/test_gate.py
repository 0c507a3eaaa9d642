"""The gate: its rules, its table of reasons, what was learnt from, and the command."""

import json

import numpy as np
import pytest
from tiny_weights import tiny_weights
from training_store import phantom, write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.weights import WeightsHeader
from retina_studio.paths import resources
from retina_studio.retraining.verdict import read_verdict
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from training.cli import main
from training.gate.checks import checks
from training.gate.gate import GateRequest, gate
from training.gate.lineage import lineage_reasons
from training.gate.rules import GateRules, figures_of, read_rules

RULES = GateRules.model_validate(
    {
        "default": {"fewest_images": 4, "fewest_of_figure": 3, "least_rise": 0.01, "most_lost": 0.1},
        "models": {
            "glaucoma": {
                "primary": ["dice_oc"],
                "tolerance": {"dice_od": 0.02, "fovea_px": 1.0, "auc": 0.05},
            },
            "lesion": {"primary": ["pixel_f1"], "tolerance": {"pixel_f1_MA": 0.05}},
            "oct": {"primary": ["acc"], "tolerance": {"recall_cnv": 0.1}},
        },
    }
)


def eyes(cup, disc=0.9, fovea=3.0, count=6):
    """Rows as `evaluate` keeps them; a list of values says those of each image."""

    def at(value, n):
        return value[n] if isinstance(value, list) else value

    return [
        {
            "name": f"i{n}",
            "dice_oc": at(cup, n),
            "dice_od": at(disc, n),
            "fovea_px": at(fovea, n),
            "vcdr_error": 0.1,
            "glaucoma": 0.2 + n / 10,
            "glaucoma_true": n > 2,
            "classifier": None,
        }
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("candidate", "current", "failed", "words"),
    [
        (eyes(0.80), eyes(0.70), [], ""),
        (eyes(0.705), eyes(0.70), ["dice_oc"], "did not rise by more than 0.01: 0.7000 before, 0.7050 now on 6"),
        (eyes(0.60), eyes(0.70), ["dice_oc"], "did not rise"),
        (eyes(0.80, disc=0.885), eyes(0.70), [], ""),
        (eyes(0.80, disc=0.87), eyes(0.70), ["dice_od"], "Dice of the disc falls by more than 0.02: 0.9000 before"),
        (eyes(0.80, fovea=3.9), eyes(0.70), [], ""),
        (eyes(0.80, fovea=4.1), eyes(0.70), ["fovea_px"], "falls by more than 1"),
        (eyes(0.80, fovea=1.0), eyes(0.70), [], ""),
        (eyes(0.80, count=3), eyes(0.70, count=3), ["dice_oc"], "3 test images tell it: the gate wants at least 4"),
        (eyes(0.80, disc=[None, *[0.95] * 5]), eyes(0.70), ["dice_od"], "no answer on 1 of 6 test images"),
        (eyes([None, *[0.9] * 5]), eyes(0.70), ["dice_oc"], "no answer on 1 of 6 test images"),
        (eyes(None), eyes(0.70), ["dice_oc"], "0 test images tell it"),
    ],
)  # fmt: skip
def test_the_rule_table(candidate, current, failed, words):
    found = checks("glaucoma", RULES, candidate, current)
    assert found[0].primary
    assert [check.name for check in found if check.passed is False] == failed
    assert all(words in check.reason for check in found if check.passed is False)
    assert all(bool(check.reason) == (check.passed is not True) for check in found)


def test_each_difference_has_its_paired_interval():
    cup = checks("glaucoma", RULES, eyes([0.8, 0.9, 0.8, 0.9, 0.8, 0.9]), eyes(0.70))[0]
    assert cup.difference == pytest.approx(0.15)
    low, high = cup.interval
    assert 0.1 <= low < 0.15 < high <= 0.2


def test_what_too_few_images_tell_is_not_judged():
    few = [*[None] * 4, 0.5, 0.5]
    found = checks("glaucoma", RULES, eyes(0.8, disc=few), eyes(0.7, disc=[*[None] * 4, 0.9, 0.9]))
    disc = next(check for check in found if check.name == "dice_od")
    assert disc.passed is None
    assert "was not judged: 2 test images" in disc.reason


def lesions(pixels):
    return [{"name": f"i{n}", "pixels": counts, "presence": {}} for n, counts in enumerate(pixels)]


def test_a_lesion_counts_where_it_is_shown_and_silence_about_it_does_not():
    nothing, found, missed = {"MA": [0, 0, 0]}, {"MA": [9, 1, 1]}, {"MA": [2, 1, 8]}
    shown_twice = checks(
        "lesion",
        RULES,
        lesions([missed, missed, nothing, nothing]),
        lesions([found, found, nothing, nothing]),
    )
    assert [check.passed for check in shown_twice] == [False, None]
    shown = checks("lesion", RULES, lesions([missed] * 4), lesions([found] * 4))
    assert shown[1].passed is False
    assert shown[1].images == 4


def test_each_class_of_scans_is_measured_by_itself():
    rows = [{"name": f"b{n}", "truth": "cnv" if n < 4 else "normal", "found": "cnv"} for n in range(8)]
    better = [{**row, "found": row["truth"] if row["truth"] == "normal" else "normal"} for row in rows]
    for row in (*rows, *better):
        row |= {"dice": None, "iou": None, "pathological": None, "probabilities": None}
    recall = next(c for c in checks("oct", RULES, better, rows) if c.name == "recall_cnv")
    assert (recall.images, recall.current, recall.candidate, recall.passed) == (4, 1.0, 0.0, False)


def test_the_shipped_rules_name_figures_that_there_are():
    rules = read_rules()
    assert set(rules.models) == {"ppa", "lesion", "glaucoma", "disc", "oct"}
    for stem, model in rules.models.items():
        assert {*model.primary, *model.tolerance} <= set(figures_of(stem))
        if len(model.primary) > 1:  # what another figure stands in for must not fall unseen
            assert {*model.primary} <= {*model.tolerance}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("least_rise = 0.0", "rise = 0.0"), "no key 'default.rise'|'default.least_rise' is missing"),
        (("fewest_images = 8", "fewest_images = 0"), "fewest_images"),
        (("[models.disc]", "[models.retina]"), "'retina'"),
        (('primary = ["dice"]', 'primary = ["dice_od"]'), "disc has no figure 'dice_od'"),
        (("centre_error_dd = 0.05", "centre_error_dd = -1"), "centre_error_dd"),
        (("[default]", "[default"), "cannot be read"),
    ],
)
def test_wrong_rules_are_one_sentence(tmp_path, change, words):
    text = (resources() / "gate.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "gate.toml").write_text(text.replace(*change), "utf-8")
    with pytest.raises(RetinaError, match=words):
        read_rules(tmp_path / "gate.toml")


def header(store_hash):
    return WeightsHeader("disc", "compact", {}, Preprocessing(32, 32), store_hash=store_hash)


def locked(snapshot):
    return [entry for entry in snapshot.entries if entry.split == "test"]


def test_who_learnt_from_a_test_patient_is_held_back(tmp_path):
    earlier = write_store(tmp_path / "earlier.h5", [phantom(0, split="train"), phantom(1, split="test")])
    now = write_store(
        tmp_path / "now.h5", [phantom(0, split="test"), phantom(1, split="train"), phantom(2, split="test")]
    )
    with Snapshot(earlier) as old, Snapshot(now) as new:
        seen, moved = lineage_reasons(header(old.content_hash), locked(new), new, [old])
        assert "trained on 1 of the test patients (p0)" in seen
        assert "test split of the snapshot" in moved
        assert "image01" in moved
        (unknown,) = lineage_reasons(header(old.content_hash), locked(new), new, [])
        assert "another snapshot" in unknown
        (silent,) = lineage_reasons(header(""), locked(new), new, [])
        assert "does not say what it was trained on" in silent
        assert lineage_reasons(header(new.content_hash), locked(new), new, []) == []


def test_a_patient_in_two_splits_of_the_snapshot_is_found(tmp_path):
    torn = [phantom(0, split="train"), phantom(1, split="test")]
    torn[1] = CuratedImage(**{**torn[1].__dict__, "patient": "p0"})
    with Snapshot(write_store(tmp_path / "torn.h5", torn)) as snapshot:
        (reason,) = lineage_reasons(header(snapshot.content_hash), locked(snapshot), snapshot, [])
    assert "trained on 1 of the test patients (p0)" in reason


def ring(number, split):
    """A bright disc, which is the truth, in a ring that is less bright."""
    yy, xx = np.mgrid[:96, :128] + 0.5
    away = np.hypot(xx - 40 - 4 * number, yy - 48)
    grey = np.select([away <= 12, away <= 18], [180, 130], 60).astype(np.uint8)
    return CuratedImage(
        name=f"ring{number}",
        pixels=np.dstack([grey] * 3),
        modality="fundus",
        eye="OD",
        patient=f"p{number}",
        split=split,
        source_sha256=f"{number:064x}",
        masks={"OD": np.where(away <= 12, 255, 0).astype(np.uint8)},
    )


@pytest.fixture(scope="module")
def rings(tmp_path_factory):
    """A snapshot of ten test images, weights that take the ring for disc, and better ones."""
    folder = tmp_path_factory.mktemp("gate")
    store = write_store(folder / "s.h5", [*(ring(n, "test") for n in range(10)), ring(10, "train")])
    with Snapshot(store) as snapshot:
        facts = {"store_hash": snapshot.content_hash}
    tiny_weights(folder / "wide.safetensors", 0.4, **facts)
    tiny_weights(folder / "narrow.safetensors", 0.6, **facts)
    return folder


def test_the_better_weights_pass_and_the_worse_do_not(rings, tmp_path, capsys):
    arguments = ["gate", rings / "s.h5", "--model", "disc", "--out", tmp_path / "gate.json"]
    files = ["--candidate", rings / "narrow.safetensors", "--current", rings / "wide.safetensors", "--json"]
    main_ends(*arguments, *files)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["of"] for line in lines[:-1]] == ["candidate"] * 10 + ["current"] * 10
    verdict = read_verdict(tmp_path / "gate.json")
    assert lines[-1] == json.loads((tmp_path / "gate.json").read_text("utf-8"))
    assert verdict.promoted
    assert "Dice of the disc" in verdict.sentence()
    assert len(verdict.images) == 10
    assert set(verdict.images.values()) == {f"{n:064x}" for n in range(10)}
    files = ["--candidate", rings / "wide.safetensors", "--current", rings / "narrow.safetensors"]
    main_ends(*arguments, *files)
    assert "Held back." in capsys.readouterr().out
    assert "did not rise" in read_verdict(tmp_path / "gate.json").sentence()


def main_ends(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    assert end.value.code in (0, None)


def request(rings, **changes):
    files = {"candidate": rings / "narrow.safetensors", "current": rings / "wide.safetensors"}
    return GateRequest(**{"store": rings / "s.h5", "model": "disc", **files, **changes})


def test_a_locked_set_that_shrank_is_not_passed_over(rings, tmp_path):
    before = gate(request(rings))
    assert before["promoted"]
    (tmp_path / "more.json").write_text(
        json.dumps({**before, "images": {**before["images"], "gone": "f" * 64}}), "utf-8"
    )
    now = gate(request(rings, previous=tmp_path / "more.json"))
    assert not now["promoted"]
    assert (
        "1 of the 11 test images that the current weights were gated on are not measured now"
        in now["reasons"][0]
    )
    said = gate(request(rings, previous=tmp_path / "more.json", smaller_because="a patient withdrew"))
    assert said["promoted"]
    assert "a patient withdrew" in said["notes"][0]
    assert said["locked"] == before["locked"]


def test_without_test_images_or_a_change_nothing_is_promoted(rings, tmp_path):
    empty = gate(request(rings, split="val"))
    assert not empty["promoted"]
    assert "0 test images" in empty["reasons"][-1]
    same = gate(request(rings, candidate=rings / "wide.safetensors"))
    assert "same file" in " ".join(same["reasons"])
