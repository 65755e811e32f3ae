#!/usr/bin/env python3
"""Writes reference.json beside it: what PyTorch draws, orders and normalizes.

Needs python3 with torch (Debian: apt-get install python3-torch; the committed
file was made with torch 1.13).
"""
import hashlib
import json
import os

import numpy as np
import torch
from torch.utils.data import DataLoader, random_split


def summary(indices):
    a = np.asarray(indices, dtype="<i8")
    return {"head": a[:8].tolist(), "tail": a[-8:].tolist(), "sha256": hashlib.sha256(a.tobytes()).hexdigest()}


def split(n, val, seed):
    torch.manual_seed(seed)
    train_set, val_set = random_split(range(n), [n - val, val])
    return {"n": n, "val": val, "seed": seed,
            "train": summary(train_set.indices), "validation": summary(val_set.indices),
            "next_uniform": torch.rand(1).item()}


def loaders(n, batch, seed, drop_last):
    """Two epochs of a shuffled loader over the indices 100 … 100+n-1, each
    followed by a pass of an unshuffled loader over the same, from one generator."""
    torch.manual_seed(seed)
    train = DataLoader(range(100, 100 + n), batch_size=batch, shuffle=True, drop_last=drop_last)
    plain = DataLoader(range(100, 100 + n), batch_size=batch, shuffle=False, drop_last=drop_last)
    passes = [[b.tolist() for b in loader] for _ in range(2) for loader in (train, plain)]
    return {"n": n, "batch": batch, "seed": seed, "drop_last": drop_last,
            "passes": passes, "next_uniform": torch.rand(1).item()}


def normalization():
    """What torchvision computes, step by step: ToTensor is .to(float32).div(255),
    Normalize((0.5,), (0.5,)) is .sub_(mean).div_(std). The floats' bits."""
    pixels = torch.arange(256, dtype=torch.uint8)
    unit = pixels / 255  # as part 1 of the notebook
    x = pixels.to(torch.float32).div(255)
    x.sub_(torch.tensor([0.5])).div_(torch.tensor([0.5]))
    return {"unit": unit.numpy().view("<u4").tolist(), "symmetric": x.numpy().view("<u4").tolist()}


reference = {
    "about": "indices of random_split, batches of DataLoader and normalized pixels, as PyTorch makes them; see make_reference.py",
    "torch": torch.__version__,
    "splits": [split(60000, 10000, 42), split(7, 2, 3)],
    "loaders": [loaders(10, 4, 42, False), loaders(10, 4, 7, True), loaders(9, 3, 1, True), loaders(5, 8, 2, False)],
    "normalization": normalization(),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json"), "w") as f:
    json.dump(reference, f)
    f.write("\n")
