"""Writes activations.json beside this file: what PyTorch's modules make of a
matrix of x, and of the gradient dy of what they return, in double precision.

Run with Python 3 and PyTorch 1.13 or later:  python3 make_activations.py

An activation is its name in the lab, its module, and its name in
torch.nn.init.calculate_gain, which does not know all of them.
"""

import json
import pathlib

import torch
from torch import nn

ACTIVATIONS = [
    ("relu", nn.ReLU(), "relu"),
    ("tanh", nn.Tanh(), "tanh"),
    ("identity", nn.Identity(), "linear"),
    ("sigmoid", nn.Sigmoid(), "sigmoid"),
    ("leakyrelu", nn.LeakyReLU(), "leaky_relu"),
    ("elu", nn.ELU(), "elu"),
    ("silu", nn.SiLU(), "silu"),
    ("gelu", nn.GELU(), "gelu"),
]

ROWS, COLS = 5, 13


def gain(name):
    try:
        return nn.init.calculate_gain(name)
    except ValueError:
        return None


def case(name, module, gain_name, x, dy):
    x = x.clone().requires_grad_()
    y = module(x)
    y.backward(dy)
    return {
        "name": name,
        "module": type(module).__name__,
        "gain": gain(gain_name),
        "y": y.flatten().tolist(),
        "dx": x.grad.flatten().tolist(),
    }


def main():
    # Multiples of 1/8 from -4 to 4, which float32 holds, and other dy.
    n = ROWS * COLS
    x = (torch.arange(n, dtype=torch.float64) - n // 2) / 8
    dy = ((torch.arange(n, dtype=torch.float64) * 37) % 64 - 32) / 32
    x, dy = x.reshape(ROWS, COLS), dy.reshape(ROWS, COLS)
    file = {
        "torch": torch.__version__,
        "shape": [ROWS, COLS],
        "x": x.flatten().tolist(),
        "dy": dy.flatten().tolist(),
        "cases": [case(*a, x, dy) for a in ACTIVATIONS],
    }
    path = pathlib.Path(__file__).with_name("activations.json")
    path.write_text(json.dumps(file) + "\n")


if __name__ == "__main__":
    main()
