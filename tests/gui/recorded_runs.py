"""Runs as the engine leaves them on disk: their state, the events of their training, examples, the gate's verdict."""

import json

import cv2
import numpy as np

from retina_studio.retraining.plan import Holds, ModelPlan, Plan
from retina_studio.retraining.queue import Queue

CANDIDATE, CURRENT, STORE = "c" * 64, "b" * 64, "5" * 64


def begin_training(home, stem="glaucoma", by="Lind", epochs=20):
    """Ask for a run and bring it to its training, of which nothing is through yet."""
    queue = Queue(home)
    (run,) = queue.ask([stem], by)
    run = queue.update(run.id, state="training", snapshot=STORE)
    files = queue.files(run)
    files.examples.mkdir(parents=True)
    tell(files, "start", model=stem, device="cpu")
    tell(files, "estimate", steps={"multitask": 10 * epochs})
    tell(files, "prepare", split="train", done=120, images=120)
    tell(files, "stage", stage="multitask", steps=10, epochs=epochs)
    return run


def tell(files, event, **values):
    """Append an event, as the training process does."""
    with files.events.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"event": event, **values}) + "\n")


def epoch(files, number, *, best=True):
    """One more epoch: training gets better, validation a little less so."""
    rng = np.random.default_rng(number)
    fall = float(np.exp(-number / 6))
    noise = float(rng.normal(0, 0.01))
    losses = {"loss": 0.2 + fall, "OD": 0.05 + 0.3 * fall, "OC": 0.08 + 0.4 * fall}
    metrics = {
        "loss": 0.3 + 0.9 * fall + noise,
        "loss_od": 0.08 + 0.28 * fall + noise,
        "dice_od": 0.96 - 0.3 * fall + noise,
        "dice_oc": 0.88 - 0.4 * fall + noise,
        "auc": 0.90 - 0.25 * fall + noise,
        "fovea_px": 8 + 40 * fall,
    }
    memory = {"ram": 1463.5}
    tell(
        files,
        "epoch",
        stage="multitask",
        epoch=number,
        step=10 * number,
        losses=losses,
        metrics=metrics,
        learning_rate=1e-4,
        samples_per_second=9.5,
        eta_s=(20 - number) * 40.0,
        elapsed_s=number * 40.0,
        memory_mb=memory,
    )
    if best:
        tell(files, "best", stage="multitask", epoch=number, metrics=metrics)
    draw_example(files.examples / f"00-multitask-{number:04}.png", number)


def draw_example(path, number):
    """Four discs side by side, that are found better from epoch to epoch."""
    picture = np.full((300, 640, 3), 40, np.uint8)
    for place in range(4):
        cv2.circle(picture, (80 + 160 * place, 75), 40, (60, 120, 220), -1)
        cv2.circle(picture, (80 + 160 * place + 40 // number, 225), 40, (90, 200, 120), 2)
    cv2.imwrite(str(path), picture)


def judge(home, run, *, promoted, candidate=CANDIDATE, current=CURRENT):
    """End a run at the gate."""
    queue = Queue(home)
    files = queue.files(run)
    reasons = () if promoted else ("Cup (Dice) fell by 0.052 from 0.861 to 0.809: 0.02 is allowed.",)
    checks = [
        _check("auc", "Glaucoma (AUC)", 0.78, 0.84, (0.01, 0.11), passed=True, primary=True),
        _check("dice_od", "Disc (Dice)", 0.951, 0.957, (0.002, 0.010), passed=True),
        _check(
            "dice_oc", "Cup (Dice)", 0.861, 0.809 if not promoted else 0.872, (-0.08, 0.02), passed=promoted
        ),
        _check(
            "fovea",
            "Fovea (distance, disc diameters)",
            0.121,
            0.118,
            (-0.01, 0.004),
            passed=True,
            higher=False,
        ),
        _check("ppa", "PPA (AUC)", None, None, None, passed=None),
    ]
    verdict = {
        "model": run.stem, "size": "compact", "candidate": candidate, "current": current, "store": STORE,
        "split": "test", "images": {f"image{n}": "0" * 64 for n in range(95)}, "locked": "d" * 64,
        "promoted": promoted, "reasons": reasons, "notes": ["4 images show too little of PPA to judge it."],
        "checks": checks,
    }  # fmt: skip
    files.gate.write_text(json.dumps(verdict))
    reason = "Glaucoma (AUC) rose." if promoted else reasons[0]
    return queue.update(
        run.id, state="promoted" if promoted else "held back", candidate=candidate, reason=reason
    )


def _check(name, title, current, candidate, interval, *, passed, primary=False, higher=True):
    difference = None if current is None else round(candidate - current, 6)
    reason = (
        ""
        if passed
        else "Too few test images show it."
        if passed is None
        else "It fell beyond its tolerance."
    )
    return {
        "name": name, "title": title, "primary": primary, "tolerance": 0.02, "higher": higher,
        "images": 4 if passed is None else 95, "current": current, "candidate": candidate,
        "difference": difference, "interval": interval, "passed": passed, "reason": reason,
    }  # fmt: skip


def plan_of(settled=412, due=0):
    """A plan as a study in the middle of its work has it."""
    labels = ("OD", "OC", "MA", "iHE", "HaEx", "CWS", "PPA", "fovea")
    splits = {"train": 0.7, "val": 0.1, "test": 0.2}
    of = {split: round(settled * share) for split, share in splits.items()}
    holds = Holds(
        settled, 38, due, of, {split: count // 2 for split, count in of.items()},
        dict.fromkeys(labels, of), {label: settled // (2 + n) for n, label in enumerate(labels)},
        {"dr": {"DR0": 210, "DR1": 80, "DR2": 90, "DR3": 22, "DR4": 10}, "glaucoma": {"no": 350, "yes": 62}},
        {"Chen": 280, "Silva": 261, "Amara": 240}, 0.871,
    )  # fmt: skip
    models = (
        _model("lesion", 88, chosen=True, seconds=5400.0),
        _model("glaucoma", 52, chosen=True, seconds=2400.0),
        _model("disc", 6, seconds=900.0),
        _model("ppa", 12),
        _model(
            "oct", 0, possible=False, warnings=("No image of the split train answers drusen, CNV or DME.",)
        ),
    )
    return Plan(holds, models, ("The split val has 2 images with NV: its figure will jump.",))


def _model(stem, grown, *, chosen=False, possible=True, warnings=(), seconds=1800.0):
    images = {"train": 288, "val": 41, "test": 83} if possible else {}
    return ModelPlan(
        stem,
        "compact",
        CURRENT,
        images,
        grown,
        20,
        chosen,
        possible,
        warnings,
        seconds,
        1460.0,
        stem == "lesion",
    )
