import pytest

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import find_weights


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    folder = tmp_path / "resources"
    (folder / "weights").mkdir(parents=True)
    monkeypatch.setattr(paths, "resources", lambda: folder)
    return folder / "weights"


def test_named_before_current_before_shipped(tmp_path, shipped):
    named, current = tmp_path / "mine.safetensors", paths.user_data() / "weights" / "disc.safetensors"
    (shipped / "disc.safetensors").touch()
    assert find_weights("disc") == shipped / "disc.safetensors"
    current.parent.mkdir()
    current.touch()
    assert find_weights("disc") == current
    named.touch()
    assert find_weights("disc", named) == named


def test_each_lack_is_one_sentence(tmp_path, shipped):
    with pytest.raises(RetinaError, match="no weights for the model disc yet"):
        find_weights("disc")
    with pytest.raises(RetinaError, match="no weights file"):
        find_weights("disc", tmp_path / "none.safetensors")
    with pytest.raises(RetinaError, match=r"no model '\.\./disc'; there is: .*disc"):
        find_weights("../disc")
