#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the arithmetic of `dfd calibrate` and `dfd validate` with the package lir. See README.md."""

import argparse
import csv
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from lir.algorithms.logistic_regression import LogitCalibrator
from lir.data.models import LLRData
from lir.metrics import cllr, cllr_min

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def measured(panel, question):
    for calibration in json.loads((panel / "calibration.json").read_text())["calibrations"]:
        if calibration["precision"] == "fp32":
            for answer in calibration["answers"]:
                if answer["question"] == question:
                    return answer
    sys.exit("The panel has no calibration for this question at fp32; run `dfd calibrate` first.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panel", type=pathlib.Path, help="a calibrated panel's folder")
    parser.add_argument("manifest", help="labelled pictures")
    parser.add_argument("--question", default="", help="id, for a panel that asks several")
    parser.add_argument("--dfd", default=ROOT / "build" / "release" / "bin" / "dfd")
    arguments = parser.parse_args()
    asked = ["--question", arguments.question] if arguments.question else []

    with tempfile.TemporaryDirectory() as folder:
        run(arguments.dfd, "evaluate", arguments.panel, arguments.manifest, "--no-maps", "--out", folder)
        with open(pathlib.Path(folder) / "scores.csv", newline="") as file:
            rows = list(csv.DictReader(file))
    scores = np.array([float(row[arguments.question or "panel"]) for row in rows])
    labels = np.array([int(row["label"] == "fake") for row in rows])
    odds = np.log(scores / (1 - scores))

    # The fit: class-balanced logistic regression with the same ridge. dfd's is 0.001 of the mean
    # loss, C that of the sum, inverted.
    text = run(arguments.dfd, "calibrate", arguments.panel, arguments.manifest, "--dry-run", *asked)
    bias, slope = map(float, re.search(r"ln LR = ([-+.\d]+) ([-+.\d]+) ln", text).groups())
    calibrator = LogitCalibrator(C=1000 / len(labels), tol=1e-8).fit(odds.reshape(-1, 1), labels)
    compared = [
        ("slope", slope, calibrator._logit.coef_[0][0], 0.001),
        ("bias", bias, calibrator._logit.intercept_[0], 0.001),
    ]

    # The ratios as the panel states them, within their bounds, which differ by class when more is
    # known of one. Without its scope: lir knows none.
    answer = measured(arguments.panel, arguments.question)
    most = answer.get("bounds", {"fake": answer["bound"], "real": answer["bound"]})
    ratios = np.clip(answer["bias"] + answer["slope"] * odds,
                     -most["real"] * math.log(10), most["fake"] * math.log(10))
    data = LLRData(features=(ratios / math.log(10)).reshape(-1, 1), labels=labels)
    with tempfile.TemporaryDirectory() as folder:
        unlimited = pathlib.Path(folder) / arguments.panel.name
        shutil.copytree(arguments.panel, unlimited)
        file = unlimited / "calibration.json"
        calibration = json.loads(file.read_text())
        for each in calibration["calibrations"]:
            for one in each["answers"]:
                one["scope"]["limits"] = []
        file.write_text(json.dumps(calibration))
        text = run(arguments.dfd, "validate", unlimited, arguments.manifest, *asked,
                   "--accept", "cllr<=9", "--accept", "cllr-min<=9")
    stated = {name: float(value) for name, value in re.findall(r"^(\S+) <= 9\s+met\s+(\S+)$", text, re.M)}
    compared += [
        ("Cllr", stated["cllr"], cllr(data), 1e-4),
        ("Cllr at best", stated["cllr-min"], cllr_min(data), 1e-4),
    ]

    failed = False
    for name, ours, theirs, allowed in compared:
        wrong = not abs(ours - theirs) <= allowed
        failed |= wrong
        print(f"{name:14} dfd {ours:9.5f}  lir {theirs:9.5f}  allowed {allowed:g}{'  WRONG' if wrong else ''}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
