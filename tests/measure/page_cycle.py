"""What the page says of one cycle of retraining on real images."""

from collections.abc import Mapping
from typing import Any

from .markdown import bounds, command, markdown, number

Form = Mapping[str, Any]
_HEAD = """## One cycle of retraining

The shipped weights proposed on {corrected} validation images that they had not learnt from. Three graders accepted a
proposed outline where it agreed with the set's (Dice of 0.9 or more), else rejected it and drew the set's; Drishti's
are the readings of at least 1, 2 and 3 of its four graders, a set with one reading has it three times. Then, by the
commands of a person: vote, `retrain` (curate, train at most {bound:.0f} s a model, calibrate, gate), and
proposals by the weights that are current then. The {known} other images of these sets were voted on before.
"""
_AGAIN = """Mean Dice of what was proposed with the set's outline, on the corrected images where something was
proposed. Afterwards they are training images: this says that the corrections were learnt, not how well it carries
over; the held-out figures above do.
"""


def cycle_part(form: Form) -> list[str]:
    """The section, of what `python -m tests.measure cycle` wrote."""
    head = _HEAD.format(**form["images"], bound=form["seconds"]["bound"])
    parts = [head, command("python -m tests.measure cycle DATA RUNS"), _outlines(form["outlines"])]
    for stem, run in form["runs"].items():
        parts += [f"### `{stem}`: {run['state']}\n", f"{run['reason']} ({run['images']} locked test images)"]
        if checks := run["verdict"].get("checks"):
            parts.append(_checks(checks))
    return [*parts, "### Proposed again\n", _AGAIN, _proposed(form["proposed"])]


def _outlines(outlines: Form) -> str:
    what = ("accepted", "rejected", "drawn")
    rows = [[label, *(counts.get(key, 0) for key in what)] for label, counts in outlines.items()]
    return markdown(["outlines, three graders together", "accepted", "rejected", "drawn instead"], rows)


def _checks(checks: list[Form]) -> str:
    rows = [
        [
            check["title"] + (" (primary)" if check["primary"] else ""),
            check["images"],
            number(check["current"]),
            number(check["candidate"]),
            bounds(check["interval"]),
            {True: "passed", False: "fell", None: "not judged"}[check["passed"]],
        ]
        for check in checks
    ]
    return markdown(["held-out figure", "images", "before", "after", "difference, 95 %", "gate"], rows)


def _proposed(proposed: Form) -> str:
    before, after = proposed["before"], proposed["after"]
    rows = [
        [
            stem,
            label,
            number(value),
            number(after[stem]["dice"].get(label)),
            f"`{before[stem]['weights'][:12]}`",
            f"`{after[stem]['weights'][:12]}`",
        ]
        for stem in before
        for label, value in before[stem]["dice"].items()
    ]
    return markdown(["model", "label", "before", "after", "weights before", "weights after"], rows)
