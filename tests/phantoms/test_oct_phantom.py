"""OCT phantoms: reproducible, right layers, lesions of their class, painted where the labels say."""

import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.phantoms.oct import CLASSES, oct_phantom

LESIONS = {"normal": set(), "drusen": {"drusen"}, "cnv": {"CNV", "fluid"}, "dme": {"fluid"}}
SHAPE = (496, 512)


def test_a_seed_gives_the_same_phantom_and_another_seed_another():
    first, again = oct_phantom(4), oct_phantom(4)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.grading == again.grading
    assert not np.array_equal(first.pixels, oct_phantom(5).pixels)


@pytest.mark.parametrize("oct_class", CLASSES)
@pytest.mark.parametrize("size", [SHAPE, (200, 480), (320, 200)])
def test_each_class_has_its_lesions_inside_the_frame(oct_class, size):
    for seed in range(4):
        phantom = oct_phantom(seed, size=size, oct_class=oct_class)
        assert phantom.pixels.shape == size
        assert phantom.grading.grades["oct"] == oct_class
        found = {shape.label for shape in phantom.grading.shapes.values()}
        assert found <= LESIONS[oct_class]
        assert bool(found) == (oct_class != "normal")
        for shape in phantom.grading.shapes.values():
            left, top, right, bottom = shape.geometry.box
            assert min(left, top) >= 0
            assert right <= size[1]
            assert bottom <= size[0]
            assert phantom.grading.mask(shape.label, *size).any()


def test_cnv_always_has_its_lesion_and_every_class_is_drawn():
    drawn = [oct_phantom(seed, size=(128, 128)) for seed in range(60)]
    assert {p.grading.grades["oct"] for p in drawn} == set(CLASSES)
    assert {p.eye for p in drawn} == {"OD", "OS"}
    for phantom in drawn:
        assert (phantom.grading.grades["oct"] == "cnv") == bool(phantom.grading.labelled("CNV"))


def test_the_vitreous_is_dark_the_retina_grey_and_the_pigment_epithelium_brightest():
    for seed in range(5):
        pixels = oct_phantom(seed, oct_class="normal").pixels.astype(float)
        rows = pixels[:, 40:100].mean(axis=1)
        smooth = np.convolve(rows, np.ones(5) / 5, "same")
        rpe = int(smooth.argmax())
        assert smooth[10:40].mean() < 45
        assert smooth[rpe - 60 : rpe - 30].mean() > 1.8 * smooth[10:40].mean()
        assert smooth[rpe] > 1.4 * smooth[rpe - 60 : rpe - 20].mean()
        assert smooth[-30:].mean() < 0.5 * smooth[rpe + 15 : rpe + 40].mean()


def test_fluid_is_dark_and_new_vessels_bright_against_the_retina():
    fluid, vessels = [], []
    for seed in range(10):
        for oct_class in ("dme", "cnv"):
            phantom = oct_phantom(seed, oct_class=oct_class)
            retina = np.median(phantom.pixels[phantom.pixels > 60])
            for label, store in (("fluid", fluid), ("CNV", vessels)):
                mask = phantom.grading.mask(label, *SHAPE)
                if mask.sum() > 60:
                    store.append(phantom.pixels[mask].mean() / retina)
    assert max(fluid) < 0.75
    assert min(vessels) > 1.0


def test_wrong_arguments_are_refused():
    with pytest.raises(RetinaError, match="not an OCT class"):
        oct_phantom(1, oct_class="edema")
    with pytest.raises(RetinaError, match="too small"):
        oct_phantom(1, size=(30, 500))
