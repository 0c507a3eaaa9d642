"""The page itself: one HTML file with its pictures inside, readable without a network."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import torch

from retina_studio import paths
from retina_studio.networks.files import write_atomically
from retina_studio.networks.table import model_spec
from training.experiments.hardware import hardware
from training.report.charts import confusion_chart, roc_chart, stage_chart
from training.report.figures import tables
from training.report.gallery import Gallery
from training.report.history import read_history
from training.report.names import number, readable

_TEMPLATE = "training_report.html.j2"


def write_report(
    out: Path, report: Mapping[str, Any], gallery: Gallery, *, paper: Mapping[str, Any], remark: str
) -> Path:
    """Write OUT/report.html; of the run's folder it reads events.jsonl and recipe.toml.

    Args:
        out: the run's folder.
        report: what report.json holds.
        gallery: what it collected while the test split was measured; empty without one.
        paper: the paper's own figures, by the names of `report["test"]`.
        remark: how the paper's data differ.

    Returns:
        The file.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    history = read_history(out / "events.jsonl")
    recipe = out / "recipe.toml"
    charts = [(stage.name, stage_chart(stage)) for stage in history.stages.values()]
    loader = jinja2.FileSystemLoader(paths.resources())
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "readable": readable, "jpeg": _jpeg, "png": _png}
    page = environment.get_template(_TEMPLATE).render(
        title=model_spec(report["model"], report["size"]).title,
        report=report,
        facts=_facts(report),
        stages=[(name, chart) for name, chart in charts if chart is not None],
        notices=history.notices,
        tables=tables(report["test"], paper) if report.get("test") else [],
        remark=remark,
        graded=[(graded, confusion_chart(graded), roc_chart(graded)) for graded in gallery.graded],
        cases=[("The worst", gallery.worst), ("The best", gallery.best)],
        recipe=recipe.read_text("utf-8") if recipe.is_file() else "",
    )
    file = out / "report.html"
    write_atomically(file, page.encode())
    return file


def _facts(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was trained, from what, on what machine."""
    images = ", ".join(f"{count} {split}" for split, count in (report.get("images") or {}).items())
    facts = [
        ("Model", f"{report['model']} {report['size']}"),
        ("Compared system", report.get("system") or ""),
        ("Parameters", f"{report['parameters']:,}" if "parameters" in report else ""),
        ("Encoder's start", report.get("backbone") or "random weights"),
        ("Images", images),
        ("Snapshot", str(report.get("store_hash", ""))),
        ("Weights", report.get("weights_hash") or ""),
        ("Seed", str(report.get("seed", ""))),
        ("Training time", _duration(report.get("training_seconds"))),
        ("Hardware", _hardware(str(report.get("device", "cpu")), int(report.get("devices", 1)))),
        ("Software", f"Retina Studio {report.get('software', '')}, PyTorch {torch.__version__}"),
    ]
    return [(name, text) for name, text in facts if text]


def _duration(seconds: Any) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(float(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _hardware(device: str, devices: int) -> str:
    """The device that trained, as people know it; this process still runs on it."""
    machine = hardware()
    cpu = f"{machine['processor']}, {machine['cores']} cores"
    if device.startswith("cuda"):
        return f"{devices} × {machine['gpu']}, {cpu}" if devices > 1 else f"{machine['gpu']}, {cpu}"
    return f"{devices} processes on {cpu}" if devices > 1 else cpu


def _jpeg(data: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"


def _png(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
