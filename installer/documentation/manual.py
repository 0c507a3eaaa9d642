"""Writes the user manual as a PDF: `python -m installer.documentation.manual`, after the site was built.

WeasyPrint sets it with Pango, a library of the system (Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0).
"""

import sys
from pathlib import Path

BUILT = Path(__file__).resolve().parents[2] / "build" / "docs"


def write_manual(page: Path, pictures: Path, out: Path) -> int:
    """Set an HTML page as a PDF; returns how many pages it has.

    Args:
        page: the HTML.
        pictures: the folder that its pictures are named from.
        out: the PDF.

    Raises:
        OSError: a library of the system is missing.
    """
    from weasyprint import HTML  # noqa: PLC0415 - it needs a library that may be missing
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    only_here = URLFetcher(allowed_protocols={"file", "data"})
    document = HTML(filename=page, base_url=f"{pictures.as_uri()}/", url_fetcher=only_here).render()
    document.write_pdf(out)
    return len(document.pages)


def main() -> None:
    """Write build/docs/manual.pdf."""
    try:
        count = write_manual(BUILT / "manual.html", BUILT / "site", BUILT / "manual.pdf")
    except OSError as error:
        sys.exit(
            f"The PDF was not written ({error}). It needs libraries of the system: "
            "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )
    sys.stdout.write(f"{BUILT / 'manual.pdf'}: {count} pages\n")


if __name__ == "__main__":
    main()
