#!/usr/bin/env python3
# Community Forensics as an expert: an ONNX model and its manifest, made with its authors' own code from
# the files that they publish. You bring both.
#
#   python3 make_expert.py CODE WEIGHTS FOLDER PICTURE...
#
# CODE is a clone of github.com/JeongsooP/Community-Forensics; its requirements.txt names what it needs.
# WEIGHTS is a folder with config.json and model.safetensors of
# huggingface.co/OwensLab/commfor-model-384. FOLDER is new; the pictures, at least four, are copied into
# it as canaries, with the probabilities that the authors' code gives them.
import datetime
import hashlib
import inspect
import json
import os
import shutil
import sys

code, weights, folder, *pictures = sys.argv[1:]
sys.path.insert(0, code)

import dataprocessor_hf
import models
import torch
from PIL import Image


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


os.makedirs(folder)
network = models.ViTClassifier.from_pretrained(weights, device="cpu").to("cpu").eval()
model = os.path.join(folder, "model.onnx")
open_batch = {0: "pictures"}
# The newer way of exporting may keep values in a second file, which is refused.
one_file = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
torch.onnx.export(
    network,
    torch.zeros(1, 3, 384, 384),
    model,
    input_names=["picture"],
    output_names=["logit"],
    dynamic_axes={"picture": open_batch, "logit": open_batch},
    opset_version=17,
    **one_file,
)

processor = dataprocessor_hf.CommForImageProcessor(size=384)
canaries = []
for path in pictures:
    pixels = processor([Image.open(path).convert("RGB")], mode="test")["pixel_values"]
    with torch.no_grad():
        probability = torch.sigmoid(network(pixels)).item()
    copy = shutil.copy(path, folder)
    canaries.append(
        {"file": os.path.basename(copy), "sha256": sha256(copy), "probability": probability}
    )
    print(f"{os.path.basename(copy)}: {probability:.4f}")

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "draft.json")) as file:
    manifest = json.load(file)
manifest["date"] = datetime.date.today().isoformat()
manifest["sha256"] = sha256(model)
manifest["canaries"] = canaries
with open(os.path.join(folder, "manifest.json"), "w") as file:
    json.dump(manifest, file, indent=2)
