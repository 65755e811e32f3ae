#!/usr/bin/env python3
"""Writes optimizers.json: the lab's base network on FashionMNIST with each of the lab's optimizers, in PyTorch.

Base network, ReLU, Kaiming's initialization, batches of 256, 30 epochs, three seeds; the test accuracy is that of
the parameters with the best validation accuracy, as in the lab's train_model. Needs python3 with torch and numpy
(Debian: python3-torch, python3-numpy; the committed file was made with torch 1.13). Run it from this folder; it
takes some ten minutes.
"""
import copy
import gzip
import json
import math

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import random_split

torch.set_num_threads(1)
DATA = "../../../mnist/data/fashion"
EPOCHS, BATCH = 30, 256


def read(split):
    with gzip.open(f"{DATA}/{split}-images-idx3-ubyte.gz") as f:
        x = torch.tensor(np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 784).copy())
    with gzip.open(f"{DATA}/{split}-labels-idx1-ubyte.gz") as f:
        y = torch.tensor(np.frombuffer(f.read(), np.uint8, offset=8).astype(np.int64))
    return (x / 255 - 0.5) / 0.5, y


class Momentum(torch.optim.Optimizer):
    """The lab's form: m = beta1 m + (1 - beta1) g, w = w - lr m."""

    def __init__(self, params, lr, beta1=0.9):
        super().__init__(params, dict(lr=lr, beta1=beta1))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                m.mul_(group["beta1"]).add_(p.grad, alpha=1 - group["beta1"])
                p.sub_(m, alpha=group["lr"])


OPTIMIZERS = {
    "sgd": lambda params: torch.optim.SGD(params, lr=0.1),
    "momentum": lambda params: Momentum(params, lr=0.1),
    "adam": lambda params: torch.optim.Adam(params, lr=0.001),
}


def network():
    sizes = [784, 512, 256, 256, 128, 10]
    layers = []
    for i in range(len(sizes) - 2):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU()]
    net = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
    for i, (name, p) in enumerate(net.named_parameters()):
        if name.endswith(".bias"):
            p.data.fill_(0)
        else:
            p.data.normal_(0, (1 if i == 0 else math.sqrt(2)) / math.sqrt(p.shape[1]))
    return net


def accuracy(net, x, y):
    with torch.no_grad():
        return (net(x).argmax(-1) == y).float().mean().item()


def train(optimizer, seed):
    torch.manual_seed(seed)
    x, y = read("train")
    train_set, val_set = random_split(range(len(x)), [50000, 10000])
    train_set, val_set = torch.tensor(train_set.indices), torch.tensor(val_set.indices)
    net = network()
    opt = OPTIMIZERS[optimizer](net.parameters())
    best, best_epoch, weights = -1, 0, None
    for epoch in range(1, EPOCHS + 1):
        order = train_set[torch.randperm(len(train_set))]
        for i in range(0, len(order) - BATCH + 1, BATCH):
            batch = order[i:i + BATCH]
            opt.zero_grad()
            nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
            opt.step()
        score = accuracy(net, x[val_set], y[val_set])
        if score > best:
            best, best_epoch, weights = score, epoch, copy.deepcopy(net.state_dict())
    net.load_state_dict(weights)
    return {"optimizer": optimizer, "seed": seed, "test_acc": accuracy(net, *read("t10k")), "best_epoch": best_epoch}


runs = []
for name in OPTIMIZERS:
    for seed in range(3):
        runs.append(train(name, seed))
        print(runs[-1], flush=True)
with open("optimizers.json", "w") as f:
    json.dump({"about": "test accuracy of the best parameters on validation, base network on FashionMNIST, 30 epochs",
               "versions": {"torch": torch.__version__}, "runs": runs}, f, indent=1)
    f.write("\n")
