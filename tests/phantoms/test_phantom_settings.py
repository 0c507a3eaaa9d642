"""The ranges are data: what ships is valid, and a wrong file is refused in one sentence."""

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.paths import resources
from retina_studio.phantoms.settings import default_settings, read_settings


def _changed(tmp_path, old, new):
    text = (resources() / "phantoms.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "phantoms.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_the_shipped_settings_are_those_of_the_file(tmp_path):
    assert read_settings(_changed(tmp_path, "", "")) == default_settings()
    changed = read_settings(_changed(tmp_path, "glaucoma_vcdr = 0.6", "glaucoma_vcdr = 0.7"))
    assert changed.fundus.disc.glaucoma_vcdr == 0.7


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[fundus.disc]", "[fundus.disc]\nspots = 3", r"\[fundus.disc\] has wrong or missing keys: spots"),
        ("glaucoma_vcdr = 0.6", "", "missing keys: glaucoma_vcdr"),
        ("glaucoma_chance = 0.3", "glaucoma_chance = 1.3", "glaucoma_chance = 1.3 is not between 0 and 1"),
        ("vein_width = [0.055, 0.088]", "vein_width = [0.1, 0.05]", "vein_width.* low end above"),
        ("vein_width = [0.055, 0.088]", "vein_width = [0.1]", "vein_width must be two numbers"),
        ("vein_width = [0.055, 0.088]", "vein_width = 0.1", "vein_width must be a list"),
        ("finest = 0.012", "finest = true", "finest must be a number"),
        ("dr_weights = [0.4, ", "dr_weights = [0.4, 0.1, ", "five dr_weights"),
        ("class_weights = [0.34, ", "class_weights = [", "four class_weights"),
        ("[oct]", "[oct", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path, old, new, said):
    with pytest.raises(RetinaError, match=said) as refused:
        read_settings(_changed(tmp_path, old, new))
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RetinaError, match=r"nowhere\.toml cannot be read"):
        read_settings(tmp_path / "nowhere.toml")
