# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights computed from their names, so that nothing large has to be stored to compare scores.

u(S, i): FNV-1a 64 of the name's bytes plus the flat index, through splitmix64's finaliser, its
upper 24 bits mapped to [-1, 1). The kind of a tensor decides how u becomes a weight.
"""

import numpy as np

GAINS = {
    "convnextv2_atto": 1.4,
    "convnextv2_tiny": 1.4,
    "tf_efficientnet_b0": 1.41,
    "tf_efficientnet_b4": 1.34,
    "tf_efficientnet_b5": 1.3,
    "tf_efficientnet_b6": 1.29,
    "tf_efficientnet_lite0": 1.41,
}


def name_hash(name):
    """FNV-1a, 64 bits."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def unit_values(name, count):
    """The first `count` values of u for a tensor's name: float32 in [-1, 1)."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint64) + np.uint64(name_hash(name))
        x += np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return ((x >> np.uint64(40)).astype(np.float64) / 2**23 - 1).astype(np.float32)


def kind_of(key, shape, normalisation):
    """kernel, scale, grn, bias, mean, var or zero. `normalisation`: owned by a norm layer."""
    leaf = key.rsplit(".", 1)[-1]
    by_leaf = {"bias": "bias", "running_mean": "mean", "running_var": "var",
               "num_batches_tracked": "zero"}
    if leaf in by_leaf:
        return by_leaf[leaf]
    if len(shape) >= 2:
        return "kernel"
    if normalisation:
        return "scale"
    if ".grn." in key:
        return "grn"
    raise ValueError(f"No rule says how to fill {key} of shape {list(shape)}.")


def fill(name, shape, kind, gain):
    """A tensor's weights as a numpy array: float32, or int64 zeros for a counter."""
    if kind == "zero":
        return np.zeros(shape, dtype=np.int64)
    u = unit_values(name, int(np.prod(shape, dtype=np.int64))).reshape(shape)
    f = np.float32
    if kind == "kernel":
        fan_in = int(np.prod(shape[1:], dtype=np.int64))
        return f(np.sqrt(3.0 / fan_in)) * f(gain) * u
    if kind == "scale":
        return f(1) + f(0.1) * u
    if kind == "grn":
        return f(0.5) * u
    if kind == "var":
        return f(1) + f(0.5) * u
    return f(0.1) * u  # bias, mean
