"""The stress run of forty_five.py, small: graders and the server are killed, and nothing is lost."""

import os

import pytest

from tests.flow.forty_five import Options, carry_out
from tests.postgres_server import NoServerError


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_six_graders_and_their_server_are_killed_and_nothing_is_lost(tmp_path):
    try:
        result = carry_out(Options(6, 20.0, server_kills=1, grader_kills=4), tmp_path)
    except NoServerError as error:
        pytest.skip(str(error))
    assert result["missing"] == []
    assert result["problems"] == []
    assert result["edits"] > 50
    assert result["server_kills"] == 1
