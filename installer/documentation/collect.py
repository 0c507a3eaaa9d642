"""The pages of the site, one after the other, as one HTML page for the manual."""

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

_HERE = Path(__file__).parent
_ID = re.compile(r'\bid="([^"]+)"')
_LINK = re.compile(r'\b(href|src)="([^"]+)"')
_ELSEWHERE = re.compile(r"[a-z]+:")


@dataclass
class Manual:
    """What is collected while the site is built: the contents of each page, by its URL."""

    contents: dict[str, str] = field(default_factory=dict)

    def add(self, content: str, page: Page) -> None:
        """Keep a page's content, its ids and links made those of one long page."""
        with_ids = _ID.sub(lambda found: f'id="{_anchor(page.url, found[1])}"', content)
        self.contents[page.url] = _LINK.sub(
            lambda found: f'{found[1]}="{_target(page.url, found[2])}"', with_ids
        )

    def write(self, navigation: Navigation, version: str, path: Path) -> None:
        """Write the whole as HTML, in the order of the table of contents. Pictures are named from the site's folder."""
        parts: list[tuple[str, list[tuple[str, str, str]]]] = []
        for item in navigation.items:
            pages = item.children if item.is_section else [item]
            chapters = [(_anchor(p.url, ""), p.title, self.contents[p.url]) for p in pages]
            parts.append((item.title if item.is_section else "", chapters))
        loader = jinja2.FileSystemLoader(_HERE)
        template = jinja2.Environment(loader=loader, autoescape=True).get_template("manual.html.j2")
        style = (_HERE / "manual.css").read_text("utf-8")
        path.write_text(template.render(parts=parts, version=version, style=style), "utf-8")


def _anchor(url: str, name: str) -> str:
    return "-".join(
        filter(None, (re.sub(r"[^a-z0-9]+", "-", url.removesuffix(".html").lower()) or "index", name))
    )


def _target(url: str, link: str) -> str:
    """A link of a page, as it is on the one long page; a picture's place in the site."""
    if _ELSEWHERE.match(link):
        return link
    path, _, name = link.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(url), path)) if path else url
    return f"#{_anchor(place, name)}" if not path or place.endswith(".html") else place
