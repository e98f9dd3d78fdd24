#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remakes the goldens with timm and PyTorch, and compares them and the built dfd. See README.md."""

import argparse
import hashlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import timm
import torch

import formula
import reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "data" / "golden"
PICTURES = ["square512.png", "landscape.png", "large.png", "small.png", "odd.png"]
WITH_MAPS = PICTURES[:2]
PREFIXES = {"convnextv2_atto": "atto.", "tf_efficientnet_b0": "b0.",
            "tf_efficientnet_lite0": "lite0."}


class Report:
    """Largest difference per quantity, against its tolerance; remembers whether all passed."""

    def __init__(self):
        self.rows = {}

    def add(self, what, difference, tolerance, where):
        difference = float(difference)
        if np.isnan(difference):
            difference = np.inf
        if difference > self.rows.get(what, (-1.0,))[0]:
            self.rows[what] = (difference, tolerance, where)

    def logits(self, what, ours, theirs, where):
        """1e-3 absolute plus relative, so the figure shown is |difference| / (1 + |theirs|)."""
        ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
        self.add(what, np.max(np.abs(ours - theirs) / (1 + np.abs(theirs))), 1e-3, where)

    def chance(self, what, ours, theirs, where):
        self.add(what, np.max(np.abs(np.asarray(ours, float) - np.asarray(theirs, float))), 1e-4,
                 where)

    def map(self, what, ours, theirs, where):
        ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
        if ours.shape != theirs.shape:
            self.equal(what + " size", ours.shape, theirs.shape, where)
            return
        size = np.linalg.norm(theirs)
        difference = np.linalg.norm(ours - theirs)
        self.add(what, difference / size if size > 0 else difference, 1e-3, where)

    def equal(self, what, ours, theirs, where):
        self.add(what, 0 if ours == theirs else 1, 0, where)

    def close(self):
        """Prints the table; True when everything passed and something was compared."""
        print(f"\n{'quantity':44} {'largest difference':>18} {'allowed':>9}  result")
        passed = bool(self.rows)
        for what, (difference, tolerance, where) in self.rows.items():
            good = difference <= tolerance
            passed &= good
            print(f"{what:44} {difference:18.3e} {tolerance:9.0e}  "
                  + ("pass" if good else f"FAIL at {where}"))
        print("PASS" if passed else "FAIL")
        return passed


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_preprocess(stored):
    made = {}
    for picture in PICTURES:
        pixels = reference.decode(GOLDEN / "images" / picture)
        tensor = reference.preprocess(pixels)[0]
        places = [(row, column) for row, column, *_ in stored[picture]["samples"]]
        made[picture] = {
            "width": pixels.shape[1], "height": pixels.shape[0],
            "mean": tensor.mean((1, 2)).tolist(), "std": tensor.std((1, 2)).tolist(),
            "samples": [[row, column, *tensor[:, row, column].tolist()] for row, column in places],
        }
    return made


def make_architectures(names):
    made = {}
    for name in names:
        expert = reference.Expert(name)
        made[name] = {
            "kernel_gain": formula.GAINS[name],
            "experts": [i for i, other in enumerate(reference.PUBLISHED) if other == name],
            "parameters": sum(p.numel() for p in expert.parameters()),
            "tensors": [[key, list(shape), role, kind]
                        for key, shape, role, kind in expert.tensors()],
            "parameter_order": expert.parameter_order(),
        }
        if name in PREFIXES:
            made[name]["key_prefix"] = PREFIXES[name]
    return made


def make_scores(full, inputs, stored):
    made = {"fill_samples": {name: formula.unit_values(name, len(values)).tolist()
                             for name, values in stored["fill_samples"].items()}}
    if full:
        made["images"] = {picture: {"experts": []} for picture in PICTURES}
        raw = made["square512_raw_weights_prob_fake"] = []
        for index, name in enumerate(reference.PUBLISHED):
            say(f"Expert {index} ({name})")
            expert = reference.Expert(name)
            expert.fill(f"{index}.", ema=False)
            raw.append(expert.look(inputs["square512.png"])["prob_fake"])
            expert.fill(f"{index}.", ema=True)
            for picture in PICTURES:
                seen = expert.look(inputs[picture])
                keys = None if picture in WITH_MAPS else ("logits", "prob_fake")
                made["images"][picture]["experts"].append(
                    {key: seen[key] for key in keys or seen})
        for entry in made["images"].values():
            entry["prob_fake_mean"] = float(np.mean([e["prob_fake"] for e in entry["experts"]]))
    made["extra"] = {}
    for name in reference.SMALL:
        say(f"Small network {name}")
        expert = reference.Expert(name)
        expert.fill(PREFIXES[name], ema=False)
        made["extra"][name] = {
            picture: {key: value for key, value in expert.look(inputs[picture]).items()
                      if key in ("logits", "prob_fake", "feature_shape", "gradcam")}
            for picture in WITH_MAPS}
    return made


def make_clip():
    say("CLIP")
    expert = reference.ClipExpert()
    return {picture: expert.look(reference.preprocess(
        reference.decode(GOLDEN / "images" / picture), 224, expert.MEAN, expert.STD))
        for picture in WITH_MAPS}


def compare_expert(report, ours, theirs, where):
    report.logits("logits", ours["logits"], theirs["logits"], where)
    report.chance("probabilities", ours["prob_fake"], theirs["prob_fake"], where)
    for key in ("feature_mean", "feature_std", "pooled_first8"):
        if key in theirs:
            report.logits("features (mean, std, pooled)", ours[key], theirs[key], where)
    if "feature_shape" in theirs:
        report.equal("feature shapes", ours["feature_shape"], theirs["feature_shape"], where)
    if "gradcam" in theirs:
        report.map("Grad-CAM, relative L2", ours["gradcam"], theirs["gradcam"], where)


def goldens(options):
    """Remakes every golden value and compares it with the stored one."""
    stored = {name: json.loads((GOLDEN / f"{name}.json").read_text())
              for name in ("architectures", "preprocess", "moe", "clip")}
    report = Report()

    names = list(stored["architectures"]) if options.full else reference.SMALL
    architectures = make_architectures(names)
    for name in names:
        ours, theirs = architectures[name], stored["architectures"][name]
        for key in theirs:
            report.equal(f"architectures: {key}", ours[key], theirs[key], name)

    preprocess = make_preprocess(stored["preprocess"])
    for picture in PICTURES:
        ours, theirs = preprocess[picture], stored["preprocess"][picture]
        report.equal("picture sizes", (ours["width"], ours["height"]),
                     (theirs["width"], theirs["height"]), picture)
        for key in ("mean", "std", "samples"):
            report.add("preprocessed tensor", np.max(np.abs(
                np.array(ours[key]) - np.array(theirs[key]))), 2e-5, picture)

    inputs = {picture: reference.preprocess(reference.decode(GOLDEN / "images" / picture))
              for picture in PICTURES}
    scores = make_scores(options.full, inputs, stored["moe"])
    for name, theirs in stored["moe"]["fill_samples"].items():
        report.equal("fill samples", scores["fill_samples"][name], theirs, name)
    for name, entry in scores["extra"].items():
        for picture, ours in entry.items():
            compare_expert(report, ours, stored["moe"]["extra"][name][picture],
                           f"{name}, {picture}")
    for picture, entry in scores.get("images", {}).items():
        theirs = stored["moe"]["images"][picture]
        for index, ours in enumerate(entry["experts"]):
            compare_expert(report, ours, theirs["experts"][index], f"expert {index}, {picture}")
        report.chance("mean over experts", entry["prob_fake_mean"], theirs["prob_fake_mean"],
                      picture)
    clip = make_clip()
    for picture, ours in clip.items():
        compare_expert(report, ours, stored["clip"][picture], f"clip, {picture}")
    if options.full:
        raw = "square512_raw_weights_prob_fake"
        report.chance("probabilities with raw weights", scores[raw], stored["moe"][raw],
                      "square512.png")

    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        for name, made in (("architectures", architectures), ("preprocess", preprocess),
                           ("moe", scores), ("clip", clip)):
            (options.write / f"{name}.json").write_text(json.dumps(made))
        say(f"The goldens were written to {options.write}.")
    return report.close()


def run_dfd(arguments, environment):
    """Runs dfd; (stdout, seconds). Peak memory is read from the finished children."""
    began = time.monotonic()
    done = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, check=False)
    seconds = time.monotonic() - began
    if done.returncode != 0:
        raise SystemExit(f"'{' '.join(map(str, arguments))}' ended with status {done.returncode}; "
                         "its reason is above.")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    say(f"  {seconds:.1f} s; largest memory of dfd so far {peak:.0f} MiB")
    return done.stdout.decode(), seconds


def live_reference(architectures, pictures, inputs):
    """[picture][expert] as the networks see it with EMA parameters."""
    seen = {picture: [] for picture in pictures}
    for index, name in enumerate(architectures):
        say(f"Reference: expert {index} ({name})")
        expert = reference.Expert(name)
        expert.fill(f"{index}.", ema=True)
        for picture in pictures:
            seen[picture].append(expert.look(inputs[picture]))
    return seen


def live(options):
    """Installs a formula-made checkpoint into dfd, scores the pictures, compares with timm."""
    dfd = options.dfd.resolve()
    if not dfd.is_file():
        raise SystemExit(f"There is no {dfd}. Build it first: cmake --preset release && "
                         "cmake --build --preset release")
    architectures = reference.PUBLISHED if options.full else reference.SMALL
    paths = options.pictures or [GOLDEN / "images" / picture for picture in PICTURES]
    paths = [path.resolve() for path in paths]
    report = Report()
    with tempfile.TemporaryDirectory(prefix="dfd-parity-") as temporary:
        folder = pathlib.Path(temporary)
        environment = dict(os.environ, DFD_PANELS=str(folder / "panels"))
        say(f"Writing a checkpoint of {len(architectures)} experts, located on {options.location}")
        reference.write_checkpoint(architectures, folder, options.location)
        say("dfd panel install")
        run_dfd([dfd, "panel", "install", "--weights", folder / "weight.pth",
                 "--ema", folder / "ema.state", "--name", "parity"], environment)
        say("dfd score")
        text, _ = run_dfd([dfd, "score", "--format", "json", "--maps", "--device", options.device,
                           "--panel", "parity", *paths], environment)
    lines = {pathlib.Path(entry["path"]).resolve(): entry
             for entry in map(json.loads, text.splitlines())}
    inputs = {path: reference.preprocess(reference.decode(path)) for path in paths}
    seen = live_reference(architectures, paths, inputs)
    for path in paths:
        ours, theirs = lines.get(path), seen[path]
        if ours is None or "error" in ours:
            raise SystemExit(f"dfd gave no score for {path}: {ours}")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        report.equal("SHA-256 of pictures", ours["sha256"], digest, path.name)
        report.equal("number of experts", len(ours["experts"]), len(theirs), path.name)
        chances = [expert["prob_fake"] for expert in theirs]
        for index, (one, other) in enumerate(zip(ours["experts"], theirs)):
            where = f"expert {index}, {path.name}"
            report.equal("architectures", one["architecture"], architectures[index], where)
            report.logits("logits", one["logits"], other["logits"], where)
            report.chance("expert scores", one["score"], other["prob_fake"], where)
            report.map("Grad-CAM, relative L2", one["gradcam"], other["gradcam"], where)
            without = [c for i, c in enumerate(chances) if i != index]
            report.chance("scores without one expert", one["without"], np.mean(without), where)
        report.chance("panel scores", ours["score"], np.mean(chances), path.name)
        report.chance("spread", ours["spread"], np.std(chances), path.name)
        if options.full and not options.pictures:
            stored = json.loads((GOLDEN / "moe.json").read_text())["images"][path.name]
            report.chance("panel scores against the goldens", ours["score"],
                          stored["prob_fake_mean"], path.name)
    return report.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("goldens", help=goldens.__doc__)
    make.add_argument("--write", type=pathlib.Path, metavar="FOLDER",
                      help="also write the remade JSON files there")
    compare = commands.add_parser("live", help=live.__doc__)
    compare.add_argument("--dfd", type=pathlib.Path, default=ROOT / "build/release/bin/dfd")
    compare.add_argument("--location", default="cuda:0",
                         help="where the checkpoint says its tensors are: cuda:0 (as published, "
                              "needs no card) or cpu")
    compare.add_argument("--device", default="cpu", help="dfd's device")
    compare.add_argument("pictures", nargs="*", type=pathlib.Path,
                         help="pictures to score instead of the golden ones")
    for command in (make, compare):
        command.add_argument("--full", action="store_true",
                             help="the seven published experts (about 4 GB of memory)")
    options = parser.parse_args()
    print(f"timm {timm.__version__}, torch {torch.__version__}, numpy {np.__version__}, "
          f"{torch.get_num_threads()} threads")
    return 0 if {"goldens": goldens, "live": live}[options.command](options) else 1


if __name__ == "__main__":
    sys.exit(main())
