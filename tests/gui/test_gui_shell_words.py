"""The languages: every text is translated with its fields, nothing on the screen escapes, and the choice holds."""

import ast
import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from retina_studio import paths
from retina_studio.gui import settings, words
from retina_studio.gui.sentences import forget_translations, tr_sentence
from retina_studio.gui.words import tr, tr_data

ROOT = Path(__file__).resolve().parents[2]
GUI = ROOT / "retina_studio" / "gui"


def _extractor():
    spec = importlib.util.spec_from_file_location("translations", ROOT / "installer" / "translations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXTRACTOR = _extractor()
TS = EXTRACTOR.TRANSLATIONS / "retina_studio_zh_CN.ts"


@pytest.fixture
def chinese(application):
    assert words.use_language("zh_CN") == "zh_CN"
    forget_translations()
    yield
    words.use_language(words.ENGLISH)


# The files


def test_the_extractor_knows_every_way_a_text_is_given():
    texts = EXTRACTOR.literals()
    for text in (
        "View",
        "Show as",
        "Undo",
        "Take the last edit back",
        "Microaneurysm",
        "DR1 mild",
        "Red-free",
        "Draw {label}",
    ):
        assert text in texts


def test_every_text_has_a_chinese_translation_with_the_same_fields():
    known = EXTRACTOR.translations_of(TS)
    texts = EXTRACTOR.literals()
    assert [text for text in texts if text not in known] == [], (
        "run `make translations`, then translate these"
    )
    assert set(known) == set(texts), "run `make translations`: it drops the texts that are gone"
    wrong = [text for text in texts if _fields(text) != _fields(known[text])]
    assert wrong == []


def _fields(text):
    return sorted(re.findall(r"{\w+}", text))


def test_the_compiled_file_says_what_the_source_says(chinese):
    known = EXTRACTOR.translations_of(TS)
    assert {text: tr_data(text) for text in known} == known


def test_extraction_keeps_translations_and_drops_what_is_gone(tmp_path):
    path = tmp_path / "retina_studio_xx.ts"
    assert EXTRACTOR.write_translations(path, "xx", ["Undo", "Redo & <b>"], {"Undo": "Ʉndo"}) == 1
    assert EXTRACTOR.translations_of(path) == {"Undo": "Ʉndo"}
    EXTRACTOR.write_translations(path, "xx", ["Redo & <b>"], {"Redo & <b>": "Ɍedo & <b>"})
    assert EXTRACTOR.translations_of(path) == {"Redo & <b>": "Ɍedo & <b>"}


# Nothing escapes

_SHOWING = {
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QMessageBox", "QPushButton", "QRadioButton", "Tab",
    "addAction", "addMenu", "addRow", "addTab", "follow", "getExistingDirectory", "getOpenFileNames", "header",
    "progress", "say", "setAccessibleDescription", "setAccessibleName", "setEmptyLabel", "setHeaderLabels",
    "setInformativeText", "setPlaceholderText", "setStatusTip", "setText", "setTitle", "setToolTip",
    "setWhatsThis", "setWindowTitle", "tell", "tell_failure",
}  # fmt: skip
_FIRST_ONLY = {"ElidedButton", "ElidedLabel", "styled_label"}  # their other arguments name styles
_NO_WORDS = {"Retina Studio"}


def _bare(node):
    """Whether an argument holds words that no `tr` has seen."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and _is_words(node.value)
    if isinstance(node, ast.JoinedStr):
        return any(_bare(part) for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.IfExp):
        return _bare(node.body) or _bare(node.orelse)
    if isinstance(node, ast.BinOp):
        return _bare(node.left) or _bare(node.right)
    return isinstance(node, ast.List | ast.Tuple) and any(map(_bare, node.elts))


def _is_words(text):
    for known in _NO_WORDS:
        text = text.replace(known, "")
    return re.search(r"[A-Za-z]{3}", text) is not None


def bare_texts(source):
    """(line, call) of every text that is shown as it stands in the source."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            shown = node.args if name in _SHOWING else node.args[:1] if name in _FIRST_ONLY else []
            if name == "icon_button":  # an icon's name comes first
                shown = node.args[1:]
            found += [(node.lineno, name) for argument in shown if _bare(argument)]
    return found


def test_no_text_is_shown_without_a_translation():
    escaped = {}
    for path in sorted(GUI.rglob("*.py")):
        found = bare_texts(path.read_text("utf-8"))
        if found and "demo" not in path.parts:  # the demo writes a report for engineers
            escaped[str(path.relative_to(GUI))] = found
    assert escaped == {}


@pytest.mark.parametrize(
    "line",
    [
        'label.setText("Not saved")',
        'box = QLabel(f"{count} edits")',
        'window.status.say("Done" if done else other)',
        'table.setHeaderLabels(["Label", title])',
        'icon_button("x", "Close", tip)',
        'button.setToolTip(tip + " (Enter)")',
    ],
)
def test_the_check_finds_a_bare_text(line):
    assert len(bare_texts(line)) == 1


def test_the_check_passes_what_is_no_text():
    assert (
        bare_texts('label.setText(tr("Saved")); icon_button("x", tr("Close"), t); styled_label("", "quiet")')
        == []
    )
    assert (
        bare_texts('label.setText(f"{width} × {height} px"); w.setWindowTitle(f"{name} · Retina Studio")')
        == []
    )


# The choice


def test_the_languages_are_named_in_themselves(application):
    assert words.languages() == {"en": "English", "zh_CN": "简体中文"}


def test_a_file_in_the_persons_folder_is_offered(application):
    folder = paths.user_data() / "translations"
    folder.mkdir()
    shutil.copy(TS.with_suffix(".qm"), folder / "retina_studio_de.qm")
    assert words.languages()["de"] == "Deutsch"
    assert words.use_language("de") == "de"
    assert tr("Undo") == "撤销"
    words.use_language(words.ENGLISH)
    assert tr("Undo") == "Undo"


def test_a_language_that_is_not_there_is_english(application):
    assert words.use_language("tlh") == words.ENGLISH
    assert tr("Undo") == "Undo"


def test_the_window_is_chinese(chinese, open_window, full_study):
    window = open_window(full_study)
    assert window.menuBar().actions()[0].text() == "图像"
    assert window.actions["undo"].text() == "撤销"
    assert window.actions["fit"].toolTip() == "显示整幅图像 (Home)"
    assert "微动脉瘤" in window.label_panel.button("MA").text()
    assert window.submit_button.text() == "提交判读"
    assert "已提交 0 / 4" in window.worklist.counts.text()
    window.submit()
    assert window.worklist.view.accessibleName() == "工作列表"


def test_the_choice_is_kept(application):
    assert settings.language_choice() == settings.SYSTEM_LANGUAGE
    settings.choose_language("zh_CN")
    assert settings.language_choice() == "zh_CN"


# Sentences that lower rooms have filled in


@pytest.mark.parametrize(
    ("english", "shown"),
    [
        ("Add MA", "添加MA"),
        ("Delete 3 shapes", "删除3 处形状"),
        ("Relabel 2 shapes to iHE", "将2 处形状改为iHE"),
        ("Diabetic retinopathy: DR2 moderate", "糖尿病视网膜病变：DR2 中度"),
        (
            "DR1, but 2 hard exudates and 1 cotton-wool spot are drawn: DR2 or more.",
            "DR1，但已绘制2 处硬性渗出和1 处棉绒斑：DR2 或更重。",
        ),
        ("No optic disc is drawn.", "未绘制视盘。"),
        ("A sentence that nobody foresaw.", "A sentence that nobody foresaw."),
    ],
)
def test_a_filled_in_sentence_is_taken_apart(chinese, english, shown):
    assert tr_sentence(english) == shown


def test_in_english_it_stays_as_it_is(application):
    assert tr_sentence("Add MA") == "Add MA"


def test_what_the_live_check_says_is_chinese(chinese):
    """Every finding of a contradictory grading is understood."""
    from retina_studio.domain.findings import findings
    from retina_studio.domain.grading import Grading
    from retina_studio.domain.rules import ImageFrame
    from retina_studio.domain.shapes import Ellipse, Point, new_shape

    drawn = [
        new_shape("OD", Ellipse(100, 150, 20, 20, 0)),
        new_shape("OC", Ellipse(118, 150, 15, 25, 0)),
        new_shape("PPA", Ellipse(85, 150, 12, 20, 0)),
        new_shape("fovea", Point(105, 150)),
        *(new_shape("iHE", Ellipse(200 + 10 * k, 60, 4, 4, 0)) for k in range(3)),
        new_shape("NV", Ellipse(300, 250, 5, 5, 0)),
    ]
    grades = {"dr": 1, "ppa": False, "glaucoma": False, "gradability": "good", "definition": "poor"}
    grading = Grading(shapes={shape.id: shape for shape in drawn}, grades=grades)
    found = findings(grading, ImageFrame("fundus", "OS", 400, 300))
    assert len(found) >= 5
    untranslated = [f.text for f in found if re.search(r"[a-z]{4}", tr_sentence(f.text))]
    assert untranslated == []
