"""What the page says of the shipped weights, and each model's card: figures from `shipped`, sentences from here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .changed import CHANGES
from .markdown import bounds, command, markdown, number
from .shipped import figure_of

Form = Mapping[str, Any]

_FIGURES: Mapping[str, Sequence[str]] = {
    "glaucoma": ("dice_od", "dice_oc", "auc", "accuracy", "vcdr_mae", "centre_dd"),
    "lesion": ("pixel_f1_HaEx", "pixel_f1_iHE", "pixel_f1_MA", "pixel_f1_CWS", "kappa", "referable_auc"),
    "ppa": ("dice_od_mean", "dice_ppa", "classifier_auc", "classifier_accuracy"),
    "disc": ("dice_mean", "centre_error_dd", "centre_dd"),
    "oct": ("acc", "kappa", "classes/dme/auc", "dice", "iou"),
}
_TERMS = {
    "drishti": "Drishti-GS1 (Sivaswamy 2014, 2015), research, cite",
    "rimone": "RIM-ONE r2 (Universidad de La Laguna), research, cite",
    "hrf": "HRF (Budai 2013), CC BY 4.0",
    "idrid": "IDRiD (Porwal 2018), CC BY 4.0",
    "heimed": "HEI-MED (Giancardo 2012), research",
    "dr_grades": "S. S. Rahim 2025, academic use with attribution",
    "palm": "iChallenge-PM (PALM), research",
    "oct_dme": "TVHL OCT and eye fundus dataset (Hughes-Cano), cite",
    "oct_kermany": "UCSD OCT (Kermany 2018), CC BY 4.0",
    "oct_drusen": "MedVisBonn OCT-Annotation-Tool sample",
}
_TRAINED_ON: Mapping[str, Sequence[str]] = {
    "glaucoma": ("drishti", "rimone", "hrf", "idrid"),
    "lesion": ("idrid", "heimed", "dr_grades"),
    "ppa": ("drishti", "rimone", "idrid", "palm"),
    "disc": ("drishti", "rimone", "hrf", "idrid", "heimed"),
    "oct": ("oct_dme", "oct_kermany", "oct_drusen"),
}
_USE = {
    "glaucoma": "Offers outlines of disc and cup, a fovea point, a cup-to-disc ratio and a probability of glaucoma, "
    "for a grader to correct.",
    "lesion": "Offers outlines of diabetic lesions and a DR grade, for a grader to correct.",
    "ppa": "Offers outlines of disc and peripapillary atrophy, and says whether there is atrophy.",
    "disc": "Offers the disc's centre and outline.",
    "oct": "Says what a B-scan shows (normal, drusen, CNV, DME) and outlines the lesion of that class.",
}
_FAILS = {
    "glaucoma": (
        "The fovea was learnt from synthetic photographs alone; on real ones it was only looked at.",
        "The probability of glaucoma was learnt from crops of one centre, for which a suspect counts as glaucoma.",
        "Of cups only 42 photographs of one camera, and crops of them, were drawn: other cameras' cups are worse.",
    ),
    "lesion": (
        "Lesions were drawn on ten photographs of one camera (and exudates on 105 of another): another camera, another "
        "result. Vitreous and preretinal haemorrhage, new vessels and fibrous proliferation were learnt from synthetic "
        "photographs; nothing real could be measured of them.",
        "On photographs with many exudates some are taken for new vessels, and large blots for vitreous haemorrhage.",
        "Reflexes, drusen and the disc's rim are taken for exudates now and then.",
    ),
    "ppa": (
        "No outline of real atrophy was there to learn from or to measure by: outlines are learnt from synthetic "
        "crescents and from crescents composed onto real photographs. On pathologic myopia they were only looked at: "
        "most follow the atrophy, rough at its edge; patches elsewhere in the retina are taken for it now and then.",
        "The disc on PALM was learnt from outlines of the model `glaucoma` (`python -m tests.measure weak`).",
        "Detection is measured against pathologic myopia, which is not the same. Where the model says that there is no "
        "atrophy, none is proposed: its map shows a thin rim at many a healthy disc.",
    ),
    "disc": (
        "A disc outside the picture, or hidden, is still looked for.",
        "On a third of the HRF photographs (60 degrees wide) the disc is lost; the model `glaucoma` finds it.",
    ),
    "oct": (
        "Drusen were drawn on one eye; CNV and fluid on synthetic scans only.",
        "CNV and drusen are known from a dozen patients' scans: the class is sure between normal and DME only.",
    ),
}


def shipped_part(form: Form) -> list[str]:
    """The section of the page, as paragraphs."""
    rows = [
        [
            aim["title"],
            aim["stem"],
            number(aim["value"]),
            bounds(aim["interval"]),
            f"{'≤' if aim['lower'] else '≥'} {aim['aim']:g}",
            "met" if aim["met"] else f"missed by {number(abs((aim['value'] or 0) - aim['aim']))}",
        ]
        for aim in form["aims"]
    ]
    parts = [
        "## The shipped weights\n",
        command("python -m tests.measure shipped STORE DATA RUNS/shipped.json"),
        f"Measured on {form['made']} on the split `test`, through the same call as the application's proposals: the "
        "files in `resources/weights`, with the thresholds and temperatures that were chosen on `val`.",
        markdown(["aim", "model", "measured", "95 %", "to be reached", ""], rows),
    ]
    for stem, model in form["models"].items():
        parts += [f"### {stem}\n", _of_sets(stem, model)]
    return [*parts, "### Changed images\n", _CHANGED, *_changes(form["changes"])]


_CHANGED = "24 test images at most, spread over the set, changed, with their truth moved along."


def _of_sets(stem: str, model: Form) -> str:
    names = [n for n in _FIGURES[stem] if any(figure_of(f, n) is not None for f in model["sets"].values())]
    rows = []
    for images, figures in model["sets"].items():
        cells = []
        for name in names:
            value = figure_of(figures, name)
            interval = figure_of(figures, f"{name}_interval")
            cells.append(number(value) + (f" ({bounds(interval)})" if value is not None and interval else ""))
        rows.append([images, figures["images"], *cells])
    return markdown(["images", "n", *names], rows)


def _changes(changes: Form) -> list[str]:
    head = ["figure", *(change.title for change in CHANGES.values())]
    rows = [
        [f"{stem}: {name}", *(number(values.get(key)) for key in CHANGES)]
        for stem, figures in changes.items()
        for name, values in figures.items()
    ]
    return [markdown(head, rows)]


def write_cards(form: Form, folder: Path) -> None:
    """One card a model, FOLDER/STEM.md."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, model in form["models"].items():
        (folder / f"{stem}.md").write_text(_card(stem, model, form), encoding="utf-8")


def _card(stem: str, model: Form, form: Form) -> str:
    recipe = model["recipe"]
    post = model["postprocess"]
    data = "\n".join(f"- {_TERMS[name]}" for name in _TRAINED_ON[stem])
    fails = "\n".join(f"- {sentence}" for sentence in _FAILS[stem])
    chosen = ", ".join(
        f"{name} {value:g}" for kind in ("thresholds", "temperatures") for name, value in post[kind].items()
    )
    return f"""# Model card: {stem}

> Research software. Not a medical device. No proposal of it may be used for a diagnosis.

**Intended use.** {_USE[stem]} Nothing is taken into a grading that a grader did not accept.

**Weights.** `resources/weights/{stem}.safetensors`, {model["megabytes"]} MB in half precision,
{model["parameters"]:,} parameters, SHA-256 `{model["hash"]}`; size {recipe["size"]}, stages
{", ".join(model["stages"])}, seed {recipe["seed"]}, snapshot `{model["store"]}`.
The recipe is in the file's header. Chosen on `val`: {chosen or "nothing"}.

**Data.** The `train` split of these sets, and synthetic images; none of them is part of this repository:

{data}

**Figures** on the split `test` (95 % bootstrap intervals), measured on {form["made"]}:

{_of_sets(stem, model)}

Under changed light, focus, compression and position:

{_changes({stem: form["changes"][stem]})[0]}

**Known failures.**

{fails}
- The sets are small and of few cameras and populations; age, sex and ethnicity of the patients are mostly unknown.

Written by `python -m tests.measure page`.
"""
