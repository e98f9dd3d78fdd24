#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/resize/pillow.json: a made picture resized by Pillow with every kernel, for the
comparison in tests/panel/view_test.cpp, and the same picture as torchvision and CLIP crop it.

    python3 tests/parity/resizing.py tests/data/resize/pillow.json
"""

import json
import sys

import numpy as np
import PIL
from PIL import Image

KERNELS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
# Reduced, enlarged, both, unchanged in one direction, reduced a lot.
SIZES = [(16, 16), (45, 31), (20, 40), (37, 16), (3, 2)]


def picture(width, height):
    """Every level, edges and smooth parts, from a formula that the test repeats."""
    y, x = np.mgrid[0:height, 0:width]
    red = (x * 7 + y * 13) % 256
    green = np.where((x // 5 + y // 3) % 2, 255, 0)
    blue = (x * y * 3 + 11 * x) % 256
    return Image.fromarray(np.stack([red, green, blue], axis=-1).astype(np.uint8))


def levels(image):
    return np.asarray(image).tobytes().hex()


def main():
    source = picture(37, 29)
    resized = [
        {"kernel": name, "width": width, "height": height,
         "levels": levels(source.resize((width, height), kernel))}
        for name, kernel in KERNELS.items()
        for width, height in SIZES
    ]
    cropped = []
    for width, height in [(37, 29), (29, 38), (40, 40), (100, 31)]:
        whole = picture(width, height)
        shorter, crop = 20, 17
        # torchvision: Resize(20), CenterCrop(17)
        new = [int(shorter * side / min(width, height)) for side in (width, height)]
        left, top = (int(round((side - crop) / 2.0)) for side in new)
        cropped.append({
            "side_rounding": "down", "crop_rounding": "nearest", "width": width, "height": height,
            "levels": levels(whole.resize(new, KERNELS["bicubic"])
                             .crop((left, top, left + crop, top + crop)))})
        # A detector that rounds the other way round.
        new = [int(round(side * (shorter / min(width, height)))) for side in (width, height)]
        left, top = ((side - crop) // 2 for side in new)
        cropped.append({
            "side_rounding": "nearest", "crop_rounding": "down", "width": width, "height": height,
            "levels": levels(whole.resize(new, KERNELS["bicubic"])
                             .crop((left, top, left + crop, top + crop)))})
    golden = {"pillow": PIL.__version__, "width": 37, "height": 29, "shorter_side": 20, "size": 17,
              "resized": resized, "cropped": cropped}
    with open(sys.argv[1], "w") as file:
        json.dump(golden, file, indent=0)
        file.write("\n")


main()
