#!/usr/bin/env python3
# TruFor as an expert: asks its authors' own code, which you bring, with their weights.
#
#   python3 detector.py FOLDER
#
# FOLDER is "test_docker" of their repository, with "weights" in it. One request a line on standard
# input, one answer a line on standard output: the logit of the whole picture and, for each place of a
# map, the log-odds that it was edited, or null where the network is less sure than a half.
import contextlib
import json
import os
import sys
from types import SimpleNamespace

import numpy
import torch
from PIL import Image
from torch.nn import functional

MOST_PIXELS = 4_000_000  # what it needs of memory grows with the picture
MOST_PLACES = 64  # along a side of the map


def load(folder):
    """The network. Its configuration names its weights relative to the folder "src"."""
    os.chdir(os.path.join(folder, "src"))
    sys.path.insert(0, os.getcwd())
    from config import _C as config
    from config import update_config
    from models.cmx.builder_np_conf import myEncoderDecoder

    update_config(config, SimpleNamespace(opts=[]))
    network = myEncoderDecoder(cfg=config)
    network.load_state_dict(torch.load(config.TEST.MODEL_FILE, map_location="cpu")["state_dict"])
    return network.eval()


def answer(network, path):
    pixels = numpy.array(Image.open(path).convert("RGB"))
    height, width = pixels.shape[:2]
    if height * width > MOST_PIXELS:
        raise ValueError(f"the picture has more than {MOST_PIXELS // 1_000_000} megapixels")
    with torch.no_grad():
        picture = torch.tensor(pixels.transpose(2, 0, 1), dtype=torch.float32)[None] / 256
        places, confidence, logit, _ = network(picture)
        size = (min(height, MOST_PLACES), min(width, MOST_PLACES))
        odds = functional.adaptive_avg_pool2d(places[:, 1:2] - places[:, 0:1], size)[0, 0]
        sure = functional.adaptive_avg_pool2d(torch.sigmoid(confidence), size)[0, 0]
    rows = [
        [value if trust >= 0.5 else None for value, trust in zip(values, trusts)]
        for values, trusts in zip(odds.tolist(), sure.tolist())
    ]
    return {"score": logit.item(), "map": rows}


# What their code prints is no answer.
answers = sys.stdout
with contextlib.redirect_stdout(sys.stderr):
    network = load(sys.argv[1])
    for line in sys.stdin:
        try:
            reply = answer(network, json.loads(line)["picture"])
        except Exception as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), file=answers, flush=True)
