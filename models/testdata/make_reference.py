#!/usr/bin/env python3
"""Writes reference.json beside it: initial parameters, with and without an activation's gain, logits, losses and
gradients of the lab's networks in PyTorch.

Needs python3 with torch (Debian: apt-get install python3-torch; the committed file was made with torch 1.13).
"""
import json
import math
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)


class HyperparameterModel(nn.Module):
    """The notebook's, with the dropout probability as an argument; 0 is none."""

    def __init__(self, sizes, dropout):
        super().__init__()
        layers = []
        for i in range(len(sizes) - 2):
            layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU()]
            if dropout:
                layers.append(nn.Dropout(dropout))
        self.net = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, x):
        return self.net(x)


class BaseNetwork(nn.Module):
    """Exercise 4 of the notebook."""

    def __init__(self, act_fn, sizes):
        super().__init__()
        layers = []
        for i in range(len(sizes) - 2):
            layers += [nn.Linear(sizes[i], sizes[i + 1]), act_fn()]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, x):
        return self.layers(x)


# The notebook's initializers.
def const_init(model, c=0.005):
    for name, param in model.named_parameters():
        param.data.fill_(c)


def var_init(model, std=0.01):
    for name, param in model.named_parameters():
        param.data.normal_(std=std)


def equal_var_init(model):
    for name, param in model.named_parameters():
        if name.endswith(".bias"):
            param.data.fill_(0)
        else:
            param.data.normal_(std=1.0 / math.sqrt(param.shape[1]))


def xavier_init(model):
    for name, param in model.named_parameters():
        if name.endswith(".bias"):
            param.data.fill_(0)
        else:
            bound = math.sqrt(6) / math.sqrt(param.shape[0] + param.shape[1])
            param.data.uniform_(-bound, bound)


def kaiming_init(model):
    for name, param in model.named_parameters():
        if name.endswith(".bias"):
            param.data.fill_(0)
        elif name.startswith(("layers.0.", "net.0.")):  # the first layer's input has passed no ReLU
            param.data.normal_(0, 1 / math.sqrt(param.shape[1]))
        else:
            param.data.normal_(0, math.sqrt(2) / math.sqrt(param.shape[1]))


SCHEMES = {"torch": lambda model: None, "constant": const_init, "normal": var_init,
           "equalvar": equal_var_init, "xavier": xavier_init, "kaiming": kaiming_init}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "identity": nn.Identity, "sigmoid": nn.Sigmoid,
               "leakyrelu": nn.LeakyReLU, "elu": nn.ELU, "silu": nn.SiLU, "gelu": nn.GELU}

# The activations that torch.nn.init has a gain for, by its names.
NONLINEARITIES = {"relu": "relu", "tanh": "tanh", "identity": "linear", "sigmoid": "sigmoid", "leakyrelu": "leaky_relu"}


def gained_init(model, scheme, activation):
    """Xavier or Kaiming with PyTorch's own functions; the first layer's gain in Kaiming is 1, as in kaiming_init."""
    nonlinearity = NONLINEARITIES[activation]
    slope = 0.01  # nn.LeakyReLU's; kaiming_normal_ would take 0
    for name, param in model.named_parameters():
        if name.endswith(".bias"):
            nn.init.zeros_(param)
        elif scheme == "xavier":
            nn.init.xavier_uniform_(param, gain=nn.init.calculate_gain(nonlinearity))
        else:
            first = name.startswith("layers.0.")
            nn.init.kaiming_normal_(param, a=slope, nonlinearity="linear" if first else nonlinearity)


def short(x):
    """A float32 in as few digits as bring it back."""
    return [float(f"{v:.9g}") for v in x.detach().reshape(-1).tolist()]


def summary(name, x):
    flat = x.detach().reshape(-1)
    return {"name": name, "shape": list(x.shape), "head": short(flat[:6]), "tail": short(flat[-6:]),
            "sum": flat.double().sum().item(), "sum_of_squares": flat.double().square().sum().item()}


def build(architecture, sizes, dropout=0.0, activation="relu"):
    if architecture == "hyperparameter":
        return HyperparameterModel(sizes, dropout)
    return BaseNetwork(ACTIVATIONS[activation], sizes)


def initial(architecture, sizes, dropout, scheme, seed):
    torch.manual_seed(seed)
    model = build(architecture, sizes, dropout)
    SCHEMES[scheme](model)
    return {"architecture": architecture, "sizes": sizes, "dropout": dropout, "scheme": scheme, "seed": seed,
            "parameters": [summary(n, p) for n, p in model.named_parameters()], "next_uniform": torch.rand(1).item()}


def gained(scheme, activation, sizes, seed):
    torch.manual_seed(seed)
    model = build("base", sizes, activation=activation)
    gained_init(model, scheme, activation)
    return {"activation": activation, "sizes": sizes, "scheme": scheme, "seed": seed,
            "parameters": [summary(n, p) for n, p in model.named_parameters()], "next_uniform": torch.rand(1).item()}


def forward(architecture, activation, sizes, batch, seed):
    """Logits, loss and gradients for parameters, inputs and labels drawn one after the other."""
    torch.manual_seed(seed)
    model = build(architecture, sizes, activation=activation)
    x = torch.rand(batch, sizes[0])
    y = torch.arange(batch) % sizes[-1]
    logits = model(x)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    return {"architecture": architecture, "activation": activation, "sizes": sizes, "batch": batch, "seed": seed,
            "logits": short(logits), "loss": loss.item(), "gradients": [summary(n, p.grad) for n, p in model.named_parameters()]}


reference = {
    "about": "initial parameters, logits, losses and gradients of the lab's networks; see make_reference.py",
    "torch": torch.__version__,
    "initial": [initial(architecture, sizes, dropout, scheme, seed)
                for architecture, sizes, dropout in (("hyperparameter", [784, 128, 10], 0.2),
                                                     ("base", [784, 512, 256, 256, 128, 10], 0.0))
                for scheme in SCHEMES for seed in (0, 42)],
    "gained": [gained(scheme, activation, [30, 20, 10, 5], 7) for scheme in ("xavier", "kaiming") for activation in NONLINEARITIES],
    "forward": [forward("hyperparameter", "relu", [6, 5, 4, 3], 4, 1),
                forward("base", "relu", [6, 5, 4, 3], 4, 2),
                forward("base", "tanh", [6, 5, 4, 3], 4, 3),
                forward("base", "identity", [6, 5, 4, 3], 4, 4),
                forward("hyperparameter", "relu", [784, 128, 10], 16, 5),
                forward("base", "tanh", [784, 512, 256, 256, 128, 10], 7, 6)]
               + [forward("base", activation, [6, 5, 4, 3], 4, seed)
                  for seed, activation in enumerate(("sigmoid", "leakyrelu", "elu", "silu", "gelu"), 7)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json"), "w") as f:
    json.dump(reference, f)
    f.write("\n")
