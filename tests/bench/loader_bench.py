"""Training examples a second: ours from the snapshot beside the plain way from JPEG files, on the same images.

    python -m tests.bench.loader_bench [--images 60] [--data FOLDER]

The plain way is a torch Dataset that decodes JPEG and PNG with PIL and changes them by torchvision on PIL
images, in DataLoader workers. Both make the same: 512 x 512 RGB, normalised, with two masks, and the same random flips,
rotation, zoom, shift, brightness, contrast, saturation and gamma. Photographs with real labels where the folder of real
data is there (half of them outlined discs, half graded photographs), and phantoms.
"""

import argparse
import csv
import gc
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F  # noqa: N812 - its usual name

from retina_studio.domain.geometry import paint
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.store.curated import CuratedImage
from retina_studio.store.read import Snapshot
from retina_studio.store.write import write_snapshot
from training.augment import Augmentation
from training.data.batch import batches
from training.data.examples import SplitData
from training.data.needs import Needs

from .table import Row

SIDE, BATCH, EPOCHS = 512, 8, 3
LABELS = ("OD", "OC")
MEAN, SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
STRONG = Augmentation(
    flip=0.5, flip_vertical=0.5, rotate=30, shift=0.1, zoom=(0.8, 1.25), brightness=0.2, contrast=0.2, saturation=0.2,
    gamma=1.2,
)  # fmt: skip
_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
_PHANTOM_SIDE = 1024


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=60)
    parser.add_argument("--data", type=Path, default=_DATA)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for row in loader_rows(Path(scratch), options.images, options.data):
            ((_, plain),) = row.peers.items()
            rates = f"{1000 / row.ours:7.0f} images/s, the plain way {1000 / plain:5.0f}"
            print(f"{row.name}: {rates}, ratio {plain / row.ours:.1f}")


def loader_rows(scratch, images=60, data=_DATA):
    """The rows of the table; `scratch` is for files."""
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    rows = []
    try:
        for name, write in (("photographs", _photographs), ("phantoms", _phantoms)):
            folder = scratch / name
            files = write(folder, images, data)
            if files:
                rows += _rows(name, folder, files)
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])
    return rows


def _rows(name, folder, files):
    _store(folder, files)
    rows = []
    for workers in (1, 2):
        with Snapshot(folder / "store.h5") as snapshot:
            ours, theirs = _turns(_ours(snapshot, workers), _plain(files, workers))
        for what, own, plain in (("first epoch", ours[0], theirs[0]), ("later epoch", ours[1], theirs[1])):
            title = f"a training example of {name}, {what}, {workers} thread{'s' * (workers > 1)}"
            rows.append(Row(title, 0, own, "ms", {"PIL + torchvision, DataLoader": plain}))
    return rows


def _turns(ours, theirs):
    """(first, best later) milliseconds an image of each, epoch by epoch in turns: both see the machine as it is."""
    times = [[_milliseconds(epoch) for epoch in (ours, theirs)] for _ in range(1 + EPOCHS)]
    return [(first, min(later)) for first, *later in zip(*times, strict=True)]


def _milliseconds(epoch):
    gc.collect()
    start = time.perf_counter()
    images = epoch()
    return (time.perf_counter() - start) * 1000 / images


def _ours(snapshot, threads):
    spec = Preprocessing(SIDE, SIDE, crop=False, fit="stretch", mean=MEAN, sd=SD)
    data = SplitData(snapshot, "train", spec, Needs("fundus", labels=LABELS, grades=("dr",)))
    seeds = iter(range(1000))

    def epoch():
        every = range(len(data))
        return sum(map(len, batches(data, every, BATCH, seed=next(seeds), augment=STRONG, threads=threads)))

    return epoch


def _plain(files, workers):
    loader = torch.utils.data.DataLoader(
        PlainData(files), BATCH, shuffle=True, num_workers=workers, persistent_workers=True
    )

    def epoch():
        return sum(len(image) for image, _ in loader)

    return epoch


class PlainData(torch.utils.data.Dataset):
    """The plain way: decode and change on PIL images."""

    def __init__(self, files):
        self.files = files
        self.move = v2.RandomAffine(STRONG.rotate, (STRONG.shift, STRONG.shift), STRONG.zoom)
        self.light = v2.ColorJitter(STRONG.brightness, STRONG.contrast, STRONG.saturation)

    def __len__(self):
        return len(self.files)

    def __getitem__(self, number):
        photograph, masks = self.files[number]
        with Image.open(photograph) as opened:
            image = F.resize(opened.convert("RGB"), [SIDE, SIDE])
        planes = [self._mask(masks.get(label)) for label in LABELS]
        flips = torch.rand(2).tolist()
        for flip, chance in zip((F.horizontal_flip, F.vertical_flip), flips, strict=True):
            if chance < 0.5:
                image, planes = flip(image), [flip(plane) for plane in planes]
        drawn = self.move.make_params([image])
        image = F.affine(image, **drawn, interpolation=v2.InterpolationMode.BILINEAR)
        planes = [F.affine(plane, **drawn) for plane in planes]
        image = F.adjust_gamma(self.light(image), STRONG.gamma ** float(torch.empty(1).uniform_(-1, 1)))
        normal = F.normalize(F.to_dtype(F.pil_to_tensor(image), torch.float32, scale=True), MEAN, SD)
        return normal, torch.cat([F.pil_to_tensor(plane) for plane in planes]).float() / 255

    def _mask(self, file):
        if file is None:
            return Image.new("L", (SIDE, SIDE))
        with Image.open(file) as opened:
            return F.resize(opened, [SIDE, SIDE], interpolation=v2.InterpolationMode.NEAREST)


def _photographs(folder, images, data):
    """[(JPEG file, {label: PNG file})] of real photographs; [] where they are not here."""
    if not (data / "DATA.md").is_file():
        return []
    folder.mkdir(parents=True)
    files = []
    for row in _csv(data / "drishti")[: images // 2]:
        masks = {}
        for label, graders in (("OD", "od_graders"), ("OC", "oc_graders")):
            votes = cv2.imread(str(data / "drishti" / graders / f"{row['image']}.png"), cv2.IMREAD_GRAYSCALE)
            masks[label] = _png(folder / f"{row['image']}-{label}.png", votes >= 2)
        files.append((data / "drishti" / "images" / f"{row['image']}.jpg", masks))
    for row in _csv(data / "dr_grades")[: images - len(files)]:
        files.append((data / "dr_grades" / "images" / f"{row['image']}.jpg", {}))
    return files


def _phantoms(folder, images, _data):
    """The same of phantoms."""
    folder.mkdir(parents=True)
    files = []
    for number in range(images // 2):
        made = fundus_phantom(number, size=(_PHANTOM_SIDE, _PHANTOM_SIDE))
        photograph = folder / f"{number}.jpg"
        cv2.imwrite(str(photograph), made.pixels[..., ::-1])
        masks = {}
        for label in LABELS:
            mask = np.zeros(made.pixels.shape[:2], bool)
            for shape in made.grading.shapes.values():
                if shape.label == label:
                    paint(mask, shape.geometry)
            masks[label] = _png(folder / f"{number}-{label}.png", mask)
        files.append((photograph, masks))
    return files


def _store(folder, files):
    images = []
    for number, (photograph, masks) in enumerate(files):
        pixels = np.ascontiguousarray(cv2.imread(str(photograph))[..., ::-1])
        planes = {label: cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for label, file in masks.items()}
        images.append(
            CuratedImage(
                f"{number:04}",
                pixels,
                "fundus",
                "OD",
                f"p{number}",
                "train",
                f"{number:064x}",
                planes,
                grades={"dr": 0},
            )
        )
    write_snapshot(folder / "store.h5", images, study_id="bench", rules={})


def _csv(folder):
    with (folder / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _png(file, mask):
    cv2.imwrite(str(file), np.where(mask, 255, 0).astype(np.uint8))
    return file


if __name__ == "__main__":
    main()
