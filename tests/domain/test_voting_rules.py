"""The rules of the vote as data."""

import json

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue
from retina_studio.domain.voting import rules as module
from retina_studio.domain.voting.rules import THREE_GRADERS, VoteRules, default_rules, vote_rules_from_dict
from retina_studio.paths import resources


def test_the_file_says_what_the_program_says():
    assert default_rules() == THREE_GRADERS


def test_a_strict_majority_or_as_many_as_are_asked():
    assert [VoteRules().needed(n) for n in (1, 2, 3, 4, 5, 6)] == [1, 2, 2, 3, 3, 4]
    assert VoteRules(4, 2).needed(4) == 2


def test_rules_survive_json_and_keep_defaults():
    rules = VoteRules(5, 4, 0.1, ("OD",), "staple", "pixels", 0.5, 1.0, 3.0, 0.0, "polygon", False)
    assert vote_rules_from_dict(json.loads(json.dumps(rules.to_dict()))) == rules
    assert vote_rules_from_dict({}) == THREE_GRADERS
    assert vote_rules_from_dict({"match_pixels": 3}).match_pixels == 3.0


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"grader": 3}, "no rule 'grader'"),
        ({"graders": 0}, "'graders' is a whole number from 1 to 99, not 0"),
        ({"graders": 3.0}, "whole number"),
        ({"graders": True}, "whole number"),
        ({"agreeing": -1}, "from 0 to 99"),
        ({"agreeing": 4}, "4 graders to agree"),
        ({"point_spread": "wide"}, "a number from 0 to 1"),
        ({"point_spread": float("nan")}, "a number from 0 to 1"),
        ({"match_iou": 0}, "from 0.01 to 1"),
        ({"match_distance": 3}, "from 0 to 2"),
        ({"anatomy": "mean"}, "one of majority, staple"),
        ({"lesions": ["objects"]}, "one of objects, pixels, grade_union"),
        ({"merge": None}, "one of auto, ellipse, polygon"),
        ({"cws_at_dr2": 1}, "true or false"),
        ({"whole": ["OD", "cup"]}, "labels of the catalogue, not 'cup'"),
        ({"whole": "OD"}, "labels of the catalogue"),
        ({"whole": [["OD"]]}, "labels of the catalogue"),
    ],
)
def test_a_wrong_rule_is_refused(form, sentence):
    with pytest.raises(RetinaError, match=sentence):
        vote_rules_from_dict(form)


def test_a_wrong_file_is_refused(tmp_path, monkeypatch):
    text = (resources() / "vote.toml").read_text()
    monkeypatch.setattr(module, "resources", lambda: tmp_path)
    for wrong, sentence in (
        (text.replace("graders =", "readers ="), "no rule 'readers'"),
        ("graders =", "vote.toml"),
    ):
        (tmp_path / "vote.toml").write_text(wrong)
        with pytest.raises(RetinaError, match=sentence):
            default_rules.__wrapped__()


def test_anatomy_is_what_the_catalogue_has():
    assert set(THREE_GRADERS.whole) <= catalogue().keys()
