#!/usr/bin/env python3
"""Writes reference.json: what PyTorch and NumPy draw, for the tests of this package.

Needs python3 with torch and numpy (Debian: apt-get install python3-torch
python3-numpy; the committed file was made with torch 1.13 and numpy 1.24). Run it in
this folder. random.json beside it is older and holds values of the same kind.

A sequence is a seed and the draws made one after the other from one generator. What a
draw gives stands in "floats" or "ints": all of it up to 40 floats or 10 integers, else
the first 8 (…_head) and the last 8 (…_tail), for integers with the SHA-256 of the whole
as little-endian int64.
"""
import hashlib
import json

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader

SEEDS = [0, 7, 42, 2**32 + 5, 2**63]
SIZES = [1, 5, 15, 16, 17, 31, 33, 1000]
NORMAL = [("normal", n, 0, 1) for n in SIZES] + [("normal", n, -1.5, 0.25) for n in (5, 33)]
UNIFORM = [("uniform", n, 0, 1) for n in SIZES] + [("uniform", n, -2.5, 0.7) for n in (5, 33)]
INTEGERS = [("perm", n) for n in (0, 1, 2, 10, 60000)] + [
    ("ints", 4, 0, 10), ("ints", 1000, 0, 10), ("ints", 4, -5, 5), ("ints", 4, 3, 4),
    ("ints", 4, 0, 2**32 - 1), ("ints", 4, 0, 2**32), ("ints", 4, 0, 2**32 + 1),
    ("ints", 4, -2**62, 2**62), ("ints", 4, -2**63, 2**63 - 1), ("seed",), ("seed",)]
# Fewer than 16 normals leave a spare when their number is odd, which waits for the
# next that are drawn one by one, whatever comes between.
INTERLEAVED = [
    ("normal", 3, 0, 1), ("uniform", 2, 0, 1), ("normal", 1, 0, 1), ("normal", 1, 0, 1), ("perm", 5),
    ("normal", 2, 2, 3), ("ints", 3, 0, 1000), ("normal", 20, 0, 1), ("normal", 3, 0, 1), ("seed",),
    ("normal", 15, 0, 1), ("uniform", 16, -1, 1), ("normal", 1, 0, 1), ("normal", 16, 0, 1), ("normal", 1, 0, 1)]


def floats(t):
    # The shortest digits that give the float32 back.
    v = [float(str(x)) for x in t.detach().reshape(-1).numpy()]
    return {"floats": v} if len(v) <= 40 else {"floats_head": v[:8], "floats_tail": v[-8:]}


def ints(v):
    v = [int(x) for x in v]
    if len(v) <= 10:
        return {"ints": v}
    digest = hashlib.sha256(np.array(v, dtype="<i8").tobytes()).hexdigest()
    return {"ints_head": v[:8], "ints_tail": v[-8:], "sha256": digest}


def draw(op, n=0, a=0, b=0):
    if op == "uniform":
        return {"op": op, "n": n, "a": a, "b": b, **floats(torch.empty(n).uniform_(a, b))}
    if op == "normal":
        return {"op": op, "n": n, "a": a, "b": b, **floats(torch.empty(n).normal_(a, b))}
    if op == "perm":
        return {"op": op, "n": n, **ints(torch.randperm(n))}
    if op == "ints":
        return {"op": op, "n": n, "low": a, "high": b, **ints(torch.randint(a, b, (n,)))}
    return {"op": op, **ints([torch.empty((), dtype=torch.int64).random_()])}


def sequence(name, seed, draws):
    torch.manual_seed(seed)
    return {"name": name, "seed": seed, "draws": [draw(*d) for d in draws]}


def linear(seed):
    torch.manual_seed(seed)
    layers = [nn.Linear(784, 128), nn.Linear(128, 10)]
    return {"seed": seed, "parameters": [
        {"inputs": layer.in_features, "count": p.numel(), **floats(p), "sum": float(p.double().sum())}
        for layer in layers for p in (layer.weight, layer.bias)]}


def loader(seed, n, passes):
    torch.manual_seed(seed)
    batches = DataLoader(list(range(n)), batch_size=8, shuffle=True)
    return {"seed": seed, "n": n, "passes": [[int(i) for batch in batches for i in batch] for _ in range(passes)]}


def permutation(seed, n):
    return {"seed": seed, "n": n, **ints(np.random.RandomState(seed).permutation(n))}


def main():
    torch.set_num_threads(1)
    reference = {
        "about": "draws of PyTorch and NumPy; see make_reference.py",
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "sequences": [sequence(name, seed, draws) for seed in SEEDS for name, draws in (
            ("uniform", UNIFORM), ("normal", NORMAL), ("integers", INTEGERS), ("interleaved", INTERLEAVED))],
        "linear": [linear(seed) for seed in (0, 42)],
        "loader": [loader(seed, 50, 2) for seed in (0, 42)],
        "numpy_permutation": [permutation(seed, n) for seed in (0, 7, 42, 2**32 - 1)
                              for n in (0, 1, 2, 10, 257, 65537)],
    }
    with open("reference.json", "w") as f:
        json.dump(reference, f, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
