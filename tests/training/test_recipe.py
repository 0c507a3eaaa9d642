import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import MODELS, model_spec
from training.recipe import as_toml, read_recipe, shipped_recipe
from training.subject import chosen, row_and_recipe
from training.tasks import TASKS
from training.tasks.disc import DiscRecipe


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: f"{spec.stem}-{spec.size}")
def test_every_model_has_a_shipped_recipe_of_its_own_size(spec):
    _, recipe = row_and_recipe(spec.stem, spec.size, None)
    assert (recipe.model, recipe.size) == (spec.stem, spec.size)


def test_the_papers_recipe_is_the_papers_method():
    recipe = read_recipe(shipped_recipe("disc", "paper"), DiscRecipe)
    assert (recipe.localiser.optimiser, recipe.decoder.optimiser) == ("rmsprop", "adam")
    assert recipe.localiser.learning_rate == recipe.decoder.learning_rate == 1e-4
    assert recipe.dice_epsilon == 1.0
    preprocessing, options = chosen(model_spec("disc", "paper"), recipe)
    assert preprocessing == Preprocessing(480, 640, channels=1, minmax=True, clahe="grey", gamma=1.2)
    assert list(options["filters"]) == [32, 64, 128, 256, 512]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[decoder]", "[decoder]\nepoch = 3", "no key 'decoder.epoch'"),
        ("size =", "sise = 1\nsize =", "no key 'sise'"),
        ("epochs = 4", "", "'localiser.epochs' is missing"),
        ("epochs = 4", "epochs = 0", "'localiser.epochs' is wrong"),
        ('"adam"', '"lion"', "'decoder.optimiser' is wrong"),
        ("flip = 0.5,", "flop = 0.5,", "no key 'localiser.augment.flop'"),
        ("zoom = [0.9, 1.1]", "zoom = [1.1, 0.9]", "zoom"),
        ("[decoder]", "[decoder", "not valid TOML"),
        ('"disc"', '"ppa"', "'model' is wrong"),
    ],
)
def test_a_faulty_recipe_is_one_sentence(recipe, old, new, sentence):
    recipe.write_text(recipe.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(RetinaError, match=sentence) as caught:
        read_recipe(recipe, DiscRecipe)
    assert "\n" not in str(caught.value)


def test_a_recipe_or_model_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(RetinaError, match="cannot be read"):
        read_recipe(tmp_path / "none.toml", DiscRecipe)
    with pytest.raises(RetinaError, match="there is: disc-compact, disc-paper"):
        shipped_recipe("disc", "huge")


def test_a_change_is_toml_or_a_plain_word(recipe):
    changes = ("decoder.learning_rate=1e-4", "network.filters=[2, 4]", "decoder.optimiser=sgd", "seed=7")
    changed = read_recipe(recipe, DiscRecipe, changes)
    assert (changed.decoder.learning_rate, changed.decoder.optimiser, changed.seed) == (1e-4, "sgd", 7)
    assert changed.network["filters"] == [2, 4]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("seed", "KEY=VALUE"),
        ("decoder.epoch=1", "no key 'decoder.epoch'"),
        ("size.x=1", "no table 'size'"),
        ("seed=many", "'seed' is wrong"),
    ],
)
def test_a_faulty_change_is_one_sentence(recipe, change, sentence):
    with pytest.raises(RetinaError, match=sentence):
        read_recipe(recipe, DiscRecipe, [change])


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: f"{spec.stem}-{spec.size}")
def test_a_recipe_as_used_reads_back_the_same(spec, tmp_path):
    _, recipe = row_and_recipe(spec.stem, spec.size, None, ("seed=5",))
    path = tmp_path / "recipe.toml"
    path.write_text(as_toml(recipe), "utf-8")
    assert read_recipe(path, TASKS[spec.stem].recipe) == recipe


def test_a_key_that_is_a_glob_reads_back_the_same(recipe, tmp_path):
    read = read_recipe(recipe, DiscRecipe, ('favour={"idrid_*"=15, "plain"=0.5}',))
    assert read.favour == {"idrid_*": 15, "plain": 0.5}
    again = tmp_path / "again.toml"
    again.write_text(as_toml(read), "utf-8")
    assert read_recipe(again, DiscRecipe) == read
