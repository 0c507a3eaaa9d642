import gc
import threading

import numpy as np
import pytest
import torch
from data_examples import DISC, SPEC, disc_data, lesion_data, lesion_image
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.preprocessing import as_input
from training.augment import Augmentation
from training.data.assembly import OnDevice, Plan, pick
from training.data.batch import AHEAD, Batch, batches
from training.data.examples import SplitData
from training.data.order import Order, Turn, part_of

STRONG = Augmentation(
    flip=0.5, flip_vertical=0.5, rotate=30, shift=0.1, zoom=(0.8, 1.2), crop=(0.7, 1.0), brightness=0.2, contrast=0.2,
    saturation=0.2, gamma=1.3,
)  # fmt: skip
PARTS = ("image", "masks", "known", "points", "grades", "index")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    snapshot, made = disc_data(tmp_path_factory.mktemp("batch") / "s.h5")
    with snapshot:
        yield made


def _equal(one, other):
    return all(torch.equal(getattr(one, p).nan_to_num(-7), getattr(other, p).nan_to_num(-7)) for p in PARTS)


def _made_on_device(data, augment, seed, turns):
    """A batch in the accelerator's way, on the CPU."""
    assembly = OnDevice(Plan(data, augment, seed, torch.device("cpu"), None), turns)
    for number in range(len(turns)):
        assembly.put(number)
    rest = assembly.parts()
    return Batch(assembly.image(), assembly.masks(), rest.known, rest.points, rest.grades, rest.index)


def _joined(parts):
    return Batch(**{p: torch.cat([getattr(part, p) for part in parts]) for p in PARTS})


def test_without_augmentation_every_image_once_in_order_as_inference_sees_it(data):
    made = list(batches(data, [4, 2, 7], 2, seed=0, augment=None))
    assert [batch.index.tolist() for batch in made] == [[4, 2], [7]]
    for batch in made:
        assert batch.image.is_contiguous(memory_format=torch.channels_last)
        for n, position in enumerate(batch.index.tolist()):
            stored, example = data.stored(position), data.example(position)
            assert torch.equal(batch.image[n], as_input(stored.pixels, SPEC)[0])
            assert torch.equal(batch.masks[n], example.masks.float())
            assert torch.equal(batch.points[n].nan_to_num(-1), example.points.nan_to_num(-1))


def test_an_epoch_has_every_image_once_in_an_order_of_its_own(data):
    orders = [
        torch.cat([b.index for b in batches(data, range(10), 3, seed=seed, augment=STRONG)])
        for seed in (1, 2)
    ]
    assert all(sorted(order.tolist()) == list(range(10)) for order in orders)
    assert not torch.equal(*orders)


@pytest.mark.parametrize("window", [None, 16])
def test_nothing_depends_on_the_number_of_threads(data, window):
    augment = STRONG if window is None else Augmentation(rotate=20, window=window, foreground=0.7)

    def epoch(threads):
        return list(batches(data, range(10), 3, seed=5, augment=augment, steps=6, threads=threads))

    for one, other in zip(epoch(1), epoch(4), strict=True):
        assert _equal(one, other)


@pytest.mark.parametrize(("size", "steps"), [(2, None), (2, 5), (4, None), (3, 4)])
def test_two_processes_have_the_batches_of_one(data, size, steps):
    options = {"seed": 9, "augment": STRONG, "steps": steps}
    whole = list(batches(data, range(10), 2 * size, **options))
    ranks = [list(batches(data, range(10), size, rank=rank, world=2, **options)) for rank in (0, 1)]
    assert len(whole) == len(ranks[0]) == len(ranks[1])
    for one, *parts in zip(whole, *ranks, strict=True):
        assert _equal(one, _joined(parts))
        assert len(parts[0]) - len(parts[1]) in (0, -1)


def test_every_process_has_something_in_every_batch(data):
    ranks = [list(batches(data, range(9), 2, seed=0, augment=STRONG, rank=r, world=2)) for r in (0, 1)]
    assert [[len(batch) for batch in rank] for rank in ranks] == [[2, 2], [2, 3]]
    with pytest.raises(RetinaError, match="1 images for 2 processes"):
        batches(data, [0], 2, seed=0, augment=None, world=2)


def test_steps_begin_anew_in_another_order(data):
    made = list(batches(data, range(4), 2, seed=3, augment=STRONG, steps=6))
    passes = [torch.cat([b.index for b in made[n : n + 2]]).tolist() for n in (0, 2, 4)]
    assert all(sorted(one) == [0, 1, 2, 3] for one in passes)
    assert len({tuple(one) for one in passes}) > 1


def test_a_batch_that_is_not_full_can_be_left_out(data):
    sizes = [len(b) for b in batches(data, range(10), 4, seed=0, augment=STRONG, drop_last=True)]
    assert sizes == [4, 4]
    assert [len(b) for b in batches(data, range(3), 4, seed=0, augment=STRONG, drop_last=True)] == [3]


def test_weights_say_how_often(data):
    weights = [0.0] * 8 + [1.0, 3.0]
    made = batches(data, range(10), 10, seed=0, augment=STRONG, weights=weights, steps=40)
    counts = torch.bincount(torch.cat([batch.index for batch in made]), minlength=10)
    assert counts[:8].sum() == 0
    assert 2.2 < counts[9] / counts[8] < 4.2


def test_no_positions_no_batches(data):
    assert list(batches(data, [], 4, seed=0, augment=None)) == []


@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 3))
def test_parts_of_a_batch_are_all_of_it(count, size, world):
    order = Order(list(range(count)), size, 1, shuffled=True, least=world)
    for turns in order.one_pass():
        joined = [turn for rank in range(world) for turn in part_of(turns, rank, world)]
        assert joined == turns
    assert sorted(t.position for turns in order.one_pass() for t in turns) == list(range(count))


def test_parts_and_length(data):
    (batch,) = batches(
        data, range(10), 10, seed=0, augment=None, attach=lambda n: {"cam": torch.full((1, 2, 2), n)}
    )
    parts = batch.parts(3)
    assert [len(part) for part in parts] == [3, 4, 3]
    assert _equal(batch, _joined(parts))
    assert parts[1].extra["cam"][:, 0, 0, 0].tolist() == [3, 4, 5, 6]
    assert len(batch.parts(99)) == 10
    moved = batch.to("cpu")
    assert _equal(batch, moved)
    assert torch.equal(moved.extra["cam"], batch.extra["cam"])


def test_noncompliant_pixels_are_background_or_ignored(tmp_path):
    images = [lesion_image("a", masks={"MA": 127, "iHE": 255, "HaEx": 0}, dr=2)]
    for noncompliant, value in (("background", 0), ("ignore", -1)):
        snapshot, made = lesion_data(tmp_path / f"{noncompliant}.h5", images, noncompliant=noncompliant)
        with snapshot:
            (batch,) = batches(made, [0], 1, seed=0, augment=None)
            assert set(batch.masks[0, 0].unique().tolist()) == {0, value}
            assert set(batch.masks[0, 1].unique().tolist()) == {0, 1}
            on_device = _made_on_device(made, None, 0, [Turn(0, 0)])
            assert torch.equal(on_device.masks, batch.masks)


@pytest.mark.parametrize(
    "augment",
    [
        None,
        STRONG,
        Augmentation(flip=1.0),
        Augmentation(window=16, foreground=1.0),
        Augmentation(rotate=45, zoom=(0.7, 1.4), window=20),
    ],
)
def test_a_batch_made_on_a_device_is_that_of_the_cpu(data, augment):
    """The accelerator's way, run on the CPU."""
    on_cpu = next(batches(data, range(8), 8, seed=2, augment=augment))
    order = Order(range(8), 8, 2, shuffled=augment is not None).one_pass()[0]
    on_device = _made_on_device(data, augment, 2, order)
    for name in ("known", "points", "grades", "index"):
        one, other = getattr(on_cpu, name), getattr(on_device, name)
        assert torch.equal(one.nan_to_num(-1), other.nan_to_num(-1))
    grey = 255 * torch.tensor(SPEC.sd).view(1, 3, 1, 1)
    difference = ((on_cpu.image - on_device.image) * grey).abs()
    assert difference.mean() < 0.7
    assert difference.quantile(0.99) < 3.5
    assert (on_cpu.masks != on_device.masks).float().mean() < 0.002
    assert on_device.image.is_contiguous(memory_format=torch.channels_last)


def test_maps_come_along_at_their_own_resolution(data):
    def attach(position):
        example = data.example(position)
        return {"mask": example.masks.float(), "small": torch.ones(2, 4, 6)}

    for batch in batches(data, range(10), 4, seed=4, augment=STRONG, attach=attach):
        agree = ((batch.extra["mask"] >= 0.5) == (batch.masks == 1)).float().mean()
        assert agree > 0.985
        assert batch.extra["small"].shape[1:] == (2, 4, 6)


def test_a_window_around_the_foreground_shows_it(tmp_path):
    images = [lesion_image("a", masks={"MA": 255, "iHE": 0, "HaEx": 0}, dr=1)]
    snapshot, made = lesion_data(tmp_path / "s.h5", images)
    with snapshot:
        shares = []
        for foreground in (0.0, 1.0):
            augment = Augmentation(window=8, foreground=foreground)
            shown = [b.masks.sum() > 0 for b in batches(made, [0], 1, seed=0, augment=augment, steps=60)]
            shares.append(sum(map(int, shown)) / 60)
        assert shares[1] == 1.0
        assert shares[0] < 0.7
        places = {pick(made.stored(0), 0.3, where) for where in np.linspace(0, 0.99, 20)}
        assert all(made.example(0).masks[0, int(y), int(x)] == 1 for x, y in places)
        assert len(places) == 20


def test_what_goes_wrong_in_a_thread_is_told_and_the_threads_end(data, monkeypatch):
    before = threading.active_count()

    def broken(position):
        raise RetinaError("the snapshot is damaged")

    with pytest.raises(RetinaError, match="damaged"):
        list(batches(data, range(10), 2, seed=0, augment=None, attach=broken))
    early = batches(data, range(10), 2, seed=0, augment=None)
    next(early)
    early.close()
    del early
    gc.collect()
    assert threading.active_count() == before


def test_only_a_few_batches_are_made_ahead(data):
    asked = []

    def attach(position):
        asked.append(position)
        return {}

    running = batches(data, range(10), 1, seed=0, augment=None, attach=attach)
    next(running)
    assert len(asked) <= 1 + AHEAD
    running.close()


@given(seed=st.integers(0, 2**62))
@settings(max_examples=5, deadline=None)
def test_any_seed_will_do(data, seed):
    assert len(next(batches(data, range(4), 2, seed=seed, augment=STRONG))) == 2


def test_data_in_a_cache_file_give_the_same_batches(data, tmp_path):
    filed = SplitData(data.snapshot, "train", SPEC, DISC, cache=tmp_path / "cache", memory=0)
    for one, other in zip(
        batches(data, range(10), 4, seed=1, augment=STRONG),
        batches(filed, range(10), 4, seed=1, augment=STRONG),
        strict=True,
    ):
        assert _equal(one, other)
