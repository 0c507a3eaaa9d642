"""The commands of the curated store and of backups: curate, verify, diff, backup, restore."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retina_studio.commands.shared import Json, StudyFolder, console, errors, progress, some
from retina_studio.domain.errors import RetinaError

if TYPE_CHECKING:
    from retina_studio.store.diff import ImageDiff, SnapshotDiff
    from retina_studio.study.backup import BackupReport

app = typer.Typer()


@app.command()
def curate(
    study: StudyFolder,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="NAME.h5, or a folder: there the content's hash is the name."),
    ],
    per_image: Annotated[
        int | None, typer.Option(min=1, help="Submitted gradings an image needs; default: as the study says.")
    ] = None,
) -> None:
    """Vote, then write every settled image into one immutable snapshot."""
    from dataclasses import replace

    from retina_studio.store.write import snapshot_path
    from retina_studio.study.consensus import vote_rules
    from retina_studio.study.curation import curate as write
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        rules = vote_rules(opened)
        if per_image is not None:
            rules = replace(rules, graders=per_image)
        with progress("Curate") as tick:
            total = len(opened.images())
            digest = write(opened, out, rules, lambda done: tick(done, total))
    console.print(f"Snapshot {digest} written to {snapshot_path(out, digest)}.")


@app.command()
def verify(
    target: Annotated[Path, typer.Argument(metavar="FILE_OR_STUDY", help="A snapshot or a study.")],
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="STORE.h5", help="A snapshot of the study: is its audit trail still the same?"),
    ] = None,
) -> None:
    """Check that a snapshot or a study is whole."""
    if not target.exists():
        raise RetinaError(f"{target} does not exist.")
    if target.is_dir():
        from retina_studio.study.snapshot_check import snapshot_problems
        from retina_studio.study.study import Study
        from retina_studio.study.verify import study_problems

        with Study.open(target) as opened:
            with progress("Verify") as tick:
                problems = study_problems(opened, tick)
            for path in against or ():
                problems += snapshot_problems(opened, path)
    elif against:
        raise RetinaError("--against holds a study against a snapshot of it: name the study's folder first.")
    else:
        from retina_studio.store.verify import verify_snapshot

        problems = verify_snapshot(target)
    for problem in problems:
        errors.print(problem)
    if problems:
        raise typer.Exit(1)
    console.print(f"{target} is whole.")


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(metavar="A.h5", help="The earlier snapshot.")],
    second: Annotated[Path, typer.Argument(metavar="B.h5", help="The later one.")],
    json_: Json = False,
) -> None:
    """Say what changed between two snapshots."""
    from retina_studio.store.diff import diff_snapshots

    found = diff_snapshots(first, second)
    if json_:
        print(json.dumps(found.to_dict()))
        return
    for line in _diff_lines(found):
        console.print(line)


def _diff_lines(found: "SnapshotDiff") -> list[str]:
    if found.same:
        return [f"The content is the same: {found.images[0]} images."]
    lines = [
        f"{found.images[0]} images before, {found.images[1]} after; {len(found.changed)} of them changed."
    ]
    if not found.same_study:
        lines.append("They come from different studies.")
    lines += [f"added    {name}" for name in found.added]
    lines += [f"removed  {name}" for name in found.removed]
    lines += [f"changed  {image.name}: {'; '.join(_image_words(image))}" for image in found.changed]
    lines += [
        f"rule     {key}: {before} before, {after} after" for key, (before, after) in found.rules.items()
    ]
    return lines


def _image_words(image: "ImageDiff") -> list[str]:
    words = ["other pixels"] if image.pixels else []
    if image.split:
        words.append(f"split {image.split[0]} -> {image.split[1]}")
    words += [
        f"{key} {before or 'none'} -> {after or 'none'}" for key, (before, after) in image.facts.items()
    ]
    for scale, (old, new) in image.grades.items():
        words.append(f"grade {scale} {_value(old)} -> {_value(new)}")
    for code, plane in image.masks.items():
        if plane.dice is None:
            words.append(f"{code} {_pixels(plane.before)} -> {_pixels(plane.after)}")
            continue
        words.append(f"{code} Dice {plane.dice:.3f} ({plane.before} -> {plane.after} pixels)")
        if plane.not_compliant_before != plane.not_compliant_after:
            words.append(
                f"{code} not compliant {plane.not_compliant_before} -> {plane.not_compliant_after} pixels"
            )
    words += [
        f"point {code} moved" if all(pair) else f"point {code} came or went"
        for code, pair in image.points.items()
    ]
    if image.shapes:
        counts = image.shapes
        words.append(f"shapes +{counts.added} -{counts.removed}, {counts.changed} changed")
    return [*words, *(f"other {part}" for part in image.texts)]


def _value(grade: object) -> str:
    return "not settled" if grade is None else str(grade).lower()


def _pixels(count: int | None) -> str:
    return "no answer" if count is None else f"{count} pixels"


@app.command()
def backup(
    study: StudyFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder for the backup.")],
    link: Annotated[
        bool, typer.Option("--link", help="Link the image files: quick, but on the same disk as the study.")
    ] = False,
) -> None:
    """Copy a whole study as it stands, while people work in it."""
    from retina_studio.study.backup import backup as write
    from retina_studio.study.study import Study

    with Study.open(study) as opened, progress("Back up") as tick:
        report = write(opened, out, link, tick)
    console.print(f"Study backed up to {out}: {_words(report)}.")
    if report.missing:
        names = some(list(report.missing))
        errors.print(
            f"{len(report.missing)} image files of the study are lost or were changed ({names}): restore them from an "
            "earlier backup."
        )
        raise typer.Exit(1)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="What `backup` made.")],
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="A new folder for the study.")],
) -> None:
    """Make a study of a backup; damaged backups are refused."""
    from retina_studio.study.backup import restore as make

    with progress("Restore") as tick:
        report = make(source, study, tick)
    console.print(f"Study restored to {study}: {_words(report)}.")
    if report.missing:
        errors.print(
            f"{len(report.missing)} image files were not in the backup: {some(list(report.missing))}."
        )


def _words(report: "BackupReport") -> str:
    return f"{report.images} images, {report.audit_rows} rows of audit trail, {report.bytes / 1e6:.1f} MB"
