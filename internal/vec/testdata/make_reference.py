#!/usr/bin/env python3
"""Writes activations.json: values and gradients of PyTorch's activations.

Needs python3 with torch and numpy (Debian: apt-get install python3-torch
python3-numpy; the committed file was made with torch 1.13). Run it in this folder.

"x" are float32. For each activation, "y" and "dx" are its values and its slopes (the
gradients of the sum of the values), computed in float64 from the same numbers; "y32"
and "dx32" are those in float32. JSON has no NaN and no infinity: they are strings.
"""
import json
import math

import numpy as np
import torch
import torch.nn as nn

ACTIVATIONS = {
    "relu": nn.ReLU(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "leakyrelu": nn.LeakyReLU(),
    "elu": nn.ELU(), "silu": nn.SiLU(), "gelu": nn.GELU()}
TINY = [1.0, 0.75, 1e-3, 1e-7, 1e-20, 1e-37, 2.0**-126, 1e-40, 2.0**-149]
LARGE = [14.0, 17.0, 20.0, 40.0, 87.0, 88.5, 100.0, 104.0, 120.0, 1e4, 3e38, math.inf]


def numbers(a):
    return [float(str(v)) if math.isfinite(v) else str(v) for v in a]


def run(module, x):
    x = torch.tensor(x, requires_grad=True)
    y = module(x)
    y.sum().backward()
    return numbers(y.detach().numpy()), numbers(x.grad.numpy())


def main():
    magnitudes = TINY + LARGE + list(np.linspace(0.07, 13.3, 90))
    x = np.array([0.0, -0.0, math.nan] + [s * v for v in magnitudes for s in (1, -1)], np.float32)
    result = {"x": numbers(x)}
    for name, module in ACTIVATIONS.items():
        y, dx = run(module, x.astype(np.float64))
        y32, dx32 = run(module, x)
        result[name] = {"y": y, "dx": dx, "y32": y32, "dx32": dx32}
    with open("activations.json", "w") as f:
        json.dump(result, f, separators=(",", ":"))
        f.write("\n")


main()
