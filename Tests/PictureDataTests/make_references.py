"""Writes Fixtures/references.json: pictures prepared by Pillow and SciPy.

Made with Pillow 13.0 and SciPy 1.17; the fixture is committed, so that tests need neither.
"""

import json
import pathlib

import numpy
from PIL import Image, ImageEnhance
from scipy import ndimage

numbers = numpy.random.default_rng(5)
grey = numpy.clip(
    numpy.add.outer(numpy.arange(12) * 9, numpy.arange(16) * 7) + numbers.integers(0, 60, (12, 16)),
    0, 255).astype(numpy.uint8)
colors = numbers.integers(0, 256, (5, 6, 3)).astype(numpy.uint8)


def flat(picture):
    array = numpy.asarray(picture, dtype=float)
    if array.ndim == 3:
        array = array.transpose(2, 0, 1)
    return array.ravel().tolist()


picture, colored = Image.fromarray(grey), Image.fromarray(colors)
cases = {
    "halved": picture.resize((8, 4), Image.Resampling.BOX),
    "enlarged": picture.resize((40, 30), Image.Resampling.BILINEAR),
    "contrast": ImageEnhance.Contrast(picture).enhance(1.2),
    "brightness": ImageEnhance.Brightness(picture).enhance(1.1),
    "sharpness": ImageEnhance.Sharpness(picture).enhance(1.5),
    "smoothed": ImageEnhance.Sharpness(picture).enhance(0.3),
    "noise": ndimage.gaussian_filter(grey.astype(float), 1.3, mode="nearest"),
}
references = {
    "height": 12, "width": 16, "grey": flat(picture),
    "colors": flat(colored),
    "colors_contrast": flat(ImageEnhance.Contrast(colored).enhance(1.4)),
    "cases": {name: flat(result) for name, result in cases.items()},
}
target = pathlib.Path(__file__).parent / "Fixtures" / "references.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(references) + "\n")
