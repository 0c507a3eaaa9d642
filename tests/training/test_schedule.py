import pytest
import torch

from training.recipe import StageRecipe
from training.schedule import Clock, drops_at, rate_factor, set_rate, share_of_time


def _recipe(**changes):
    numbers = {"epochs": 1, "patience": 1, "batch_size": 1, "optimiser": "adam", "learning_rate": 1e-3}
    return StageRecipe(**{**numbers, **changes})


def test_the_rate_warms_up_and_falls_like_a_cosine():
    recipe = _recipe(schedule="cosine", warmup=4)
    assert rate_factor(recipe, 0, 0.0, 0) == 0.25
    assert rate_factor(recipe, 9, 0.0, 0) == 1.0
    assert rate_factor(recipe, 9, 0.5, 0) == pytest.approx(0.5)
    assert rate_factor(recipe, 9, 1.0, 0) == pytest.approx(0.0)


def test_a_constant_rate_stays():
    assert {rate_factor(_recipe(), step, step / 10, 0) for step in range(11)} == {1.0}


def test_each_group_keeps_its_own_base_rate():
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    groups = [{"params": [p], "lr": r, "initial_lr": r} for p, r in zip(parameters, (0.1, 0.01), strict=True)]
    optimiser = torch.optim.SGD(groups)
    set_rate([optimiser], 0.5)
    assert [group["lr"] for group in optimiser.param_groups] == [0.05, 0.005]


def test_time_is_shared_fairly_and_what_one_stage_leaves_goes_to_the_next():
    clock = Clock(100.0)
    assert clock.deadline(0.0, [1.0, 1.0]) == 50.0
    assert clock.deadline(20.0, [1.0]) == 100.0
    assert clock.deadline(0.0, [3.0, 1.0]) == 75.0
    assert clock.deadline(120.0, [1.0]) == 120.0
    assert Clock(None).deadline(0.0, [1.0]) is None


def test_the_share_of_time_is_whole_where_no_time_was():
    assert share_of_time(3.0, 2.0, 6.0) == 0.25
    assert share_of_time(9.0, 2.0, 6.0) == share_of_time(2.0, 2.0, 2.0) == 1.0


def test_the_clock_goes_on_after_an_interruption():
    assert 30.0 <= Clock(100.0, before=30.0).elapsed < 31.0


def test_the_rate_falls_by_ten_at_plateaus_or_at_shares_of_the_stage():
    plateau = _recipe(schedule="plateau", drop_after=2)
    assert [drops_at(plateau, 0.9, plateaus) for plateaus in (0, 1, 2)] == [0, 1, 2]
    steps = _recipe(schedule="steps", drop_at=(0.5, 0.8))
    assert [drops_at(steps, share, 7) for share in (0.0, 0.5, 0.79, 1.0)] == [0, 1, 1, 2]
    assert rate_factor(steps, 0, 0.0, 2) == pytest.approx(0.01)


@pytest.mark.parametrize("changes", [{"schedule": "plateau"}, {"drop_after": 3}, {"drop_at": (0.5,)}])
def test_a_schedule_and_its_numbers_belong_together(changes):
    with pytest.raises(ValueError, match="belong together"):
        _recipe(**changes)
