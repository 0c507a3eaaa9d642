"""The manual: every page is in the table of contents, links lead somewhere, and the commands it shows are taken."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from markdown.extensions.toc import slugify

from installer.documentation.collect import Manual
from installer.documentation.commands import commands_page, programs, walk
from installer.documentation.hooks import MADE
from installer.documentation.tables import keys_page, recipes_page
from retina_studio.domain.labels import catalogue
from retina_studio.gui.actions import ACTIONS
from retina_studio.gui.features import FEATURES
from training.recipe import StageRecipe

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WRITTEN = {path.relative_to(DOCS).as_posix(): path for path in DOCS.rglob("*.md")}
CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SOURCES = ("retina_studio", "training", "tests", "resources", "installer")


@pytest.fixture(scope="module")
def contents():
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    return [*_pages(site["nav"])]


def _pages(entry):
    if isinstance(entry, str):
        yield entry
    else:
        for below in entry.values() if isinstance(entry, dict) else entry:
            yield from _pages(below)


@pytest.fixture(scope="module")
def texts():
    """Every page's Markdown, those made from the code too."""
    made = {name: make() for name, make in MADE.items()}
    return {**{name: path.read_text("utf-8") for name, path in WRITTEN.items()}, **made}


def test_every_page_is_in_the_table_of_contents_once(contents):
    assert sorted(contents) == sorted([*WRITTEN, *MADE])


def _anchors(text):
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", text), re.MULTILINE)
    return {slugify(re.sub(r"[`*]", "", head), "-") for head in heads}


def test_links_and_their_anchors_lead_somewhere(texts):
    for name, text in texts.items():
        for link in LINK.findall(CODE.sub("", text)):
            path, _, anchor = link.partition("#")
            target = (DOCS / name).parent.joinpath(path).resolve() if path else DOCS / name
            if target.is_relative_to(DOCS) and target.suffix == ".md":
                page = target.relative_to(DOCS).as_posix()
                assert page in texts, f"{name}: {link}"
                assert not anchor or anchor in _anchors(texts[page]), f"{name}: {link}"
            else:
                assert target.is_file(), f"{name}: {link}"
                assert target.is_relative_to(DOCS) or target.relative_to(ROOT).parts[0] in SOURCES


def test_every_picture_is_shown_and_small(texts):
    shown = {
        Path(link).name for text in texts.values() for link in LINK.findall(text) if link.endswith(".png")
    }
    pictures = [*(DOCS / "images").glob("*.png")]
    assert {picture.name for picture in pictures} == shown
    assert sum(picture.stat().st_size for picture in pictures) < 3_000_000


def test_the_reference_has_every_command_and_option():
    page = commands_page()
    for name, group in programs().items():
        for words, command in walk(group):
            assert (
                f"### {' '.join(words) if name == 'retina-studio' else 'training ' + ' '.join(words)}\n"
                in page
            )
            for option in command.params:
                assert (
                    option.param_type_name == "argument"
                    or option.name == "help"
                    or f"`{option.opts[0]}" in page
                )
    assert set(programs()["retina-studio"].commands) <= set(re.findall(r"^### (\S+)", page, re.M))


def _lines(texts):
    """(page, words) of every line of code that calls one of the programs."""
    for name in WRITTEN:
        for kind, code in CODE.findall(texts[name]):
            if kind not in {"sh", ""}:
                continue
            for line in re.sub(r"\\\n", " ", code).splitlines():
                if line.startswith(("retina-studio", "python -m training", "retina-train")):
                    yield name, [_filled(word) for word in shlex.split(line, comments=True)]


def _filled(word):
    """A synopsis as somebody would type it: without brackets, with a format and a number."""
    bare = word.strip("[]")
    return {"FORMAT": "masks", "N": "3"}.get(bare, bare)


def test_commands_in_the_pages_are_those_that_the_programs_take(texts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines, refused = list(_lines(texts)), []
    for name, words in lines:
        group = programs()["retina-studio" if words[0] == "retina-studio" else "python -m training"]
        rest = words[3:] if words[0] == "python" else words[1:]
        if words[0] == "retina-studio" and (not rest or rest[0] not in group.commands):
            rest = ["gui", *rest]
        for file in (word for word in rest if word.endswith((".safetensors", ".pth"))):
            Path(file).parent.mkdir(exist_ok=True)
            Path(file).touch()  # some options ask whether it is there
        try:
            _parse(group, rest)
        except Exception as error:
            refused.append(f"{name}: {shlex.join(words)}: {error}")
    assert not refused, "\n".join(refused)
    assert len(lines) > 40


def _parse(group, words):
    """Let the program itself read the words, and do nothing."""
    command = group.commands[words[0]]
    context = command.make_context(words[0], words[1:])
    below = getattr(command, "commands", None)
    left = [*getattr(context, "_protected_args", ()), *context.args]
    if below and left:
        _parse(command, left)
    else:
        assert not left, left


def test_a_command_that_does_not_exist_is_noticed():
    group = programs()["retina-studio"]
    for words in (
        ["import", "STUDY", "photographs", "--modalty", "oct"],
        ["graders", "STUDY", "ad", "Dr Amara"],
        ["gone"],
    ):
        with pytest.raises(Exception, match=r"."):
            _parse(group, words)


def test_the_keys_are_those_of_the_window():
    page = keys_page()
    for spec in (*ACTIONS, *(spec for feature in FEATURES for spec in feature.specs)):
        assert f"| {spec.text} |" in page, spec.name
        assert all(f"`{key}`" in page for key in spec.keys)
    assert all(f"`{entry.key}` | {entry.code} " in page for entry in catalogue().values())


def test_the_recipes_have_every_option_and_say_what_most_are():
    page = recipes_page()
    assert all(f"| `{name}` |" in page for name in StageRecipe.model_fields)
    assert "| `epochs` | whole number | **needed** | at most so many. |" in page


class _Page:
    def __init__(self, url):
        self.url = url


def test_links_of_the_manual_stay_inside_it():
    manual = Manual()
    manual.add('<h1 id="top">A</h1><a href="../b/c.html#x">c</a> <a href="#top">up</a>', _Page("a/a.html"))
    manual.add('<h2 id="x">C</h2><img src="../images/w.png"> <a href="mailto:a@b">m</a>', _Page("b/c.html"))
    assert (
        manual.contents["a/a.html"]
        == '<h1 id="a-a-top">A</h1><a href="#b-c-x">c</a> <a href="#a-a-top">up</a>'
    )
    assert 'src="images/w.png"' in manual.contents["b/c.html"]
    assert 'href="mailto:a@b"' in manual.contents["b/c.html"]
