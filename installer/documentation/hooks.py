"""What MkDocs calls while it builds the site: pages made from the code, links that leave docs/, the manual's page."""

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from installer.documentation.collect import Manual
from installer.documentation.commands import commands_page
from installer.documentation.tables import keys_page, labels_page, recipes_page, settings_page
from retina_studio import __version__

MADE = {
    "reference/commands.md": commands_page,
    "reference/keys.md": keys_page,
    "reference/labels.md": labels_page,
    "reference/recipes.md": recipes_page,
    "reference/settings.md": settings_page,
}
# Pages that are read in the repository too point at source files; the site has none.
_TO_SOURCE = re.compile(
    r"\[([^\]]+)\]\((?:\.\./)+(?:retina_studio|training|tests|resources|installer)/[^)]*\)"
)

_manual = Manual()
_navigation: list[Navigation] = []


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code."""
    for path, make in MADE.items():
        files.append(File.generated(config, path, content=make()))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Keep the words of a link to a source file, and drop the link."""
    return _TO_SOURCE.sub(r"\1", markdown)


def on_nav(nav: Navigation, **_: Any) -> None:
    """Keep the table of contents, for the manual."""
    _navigation[:] = [nav]


def on_page_content(html: str, page: Page, **_: Any) -> None:
    """Keep the page, for the manual."""
    _manual.add(html, page)


def on_post_build(config: MkDocsConfig) -> None:
    """Write the manual's one page beside the site."""
    _manual.write(_navigation[0], __version__, Path(config.site_dir).parent / "manual.html")
