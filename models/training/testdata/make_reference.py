#!/usr/bin/env python3
"""Writes notebook.json: what the PyTorch notebook's training loops give on the real data.

Needs python3 with torch and numpy (Debian: python3-torch, python3-numpy; the committed file was made with
torch 1.13 and numpy 1.24). Run it from this folder: it reads the data sets that optlab embeds.
"""
import gzip
import json

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.set_num_threads(1)
DATA = "../../../mnist/data"


def images(name, split):
    with gzip.open(f"{DATA}/{name}/{split}-images-idx3-ubyte.gz") as f:
        return torch.tensor(np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 784).copy())


def labels(name, split):
    with gzip.open(f"{DATA}/{name}/{split}-labels-idx1-ubyte.gz") as f:
        return torch.tensor(np.frombuffer(f.read(), np.uint8, offset=8).astype(np.int64))


def mlp(sizes, activation):
    layers = []
    for i in range(len(sizes) - 2):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), activation()]
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


def accuracy(net, loader):
    net.eval()
    with torch.no_grad():
        correct = sum((net(x).argmax(-1) == y).sum().item() for x, y in loader)
    net.train()
    return correct / len(loader.dataset)


def train(net, optimizer, train_loader, val_loader, epochs, most=None):
    """Trains as the notebook does; stops after most batches, if given, without validating."""
    losses, scores = [], []
    for _ in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if len(losses) == most:
                return losses, scores
        scores.append(accuracy(net, val_loader))
    return losses, scores


def part1(sizes, seed, epochs, most=None):
    """Part 1 of the notebook: MNIST, NumPy's split, both loaders shuffled, SGD lr 0.1, batch 16, no dropout."""
    x, y = images("mnist", "train") / 255, labels("mnist", "train")
    np.random.seed(42)
    train_indices, val_indices = np.split(np.random.permutation(len(x)), [int(len(x) * 0.8)])
    torch.manual_seed(seed)
    net = mlp(sizes, nn.ReLU)
    loaders = [DataLoader(TensorDataset(x[i], y[i]), batch_size=16, shuffle=True) for i in (train_indices, val_indices)]
    return train(net, torch.optim.SGD(net.parameters(), lr=0.1), *loaders, epochs, most)


def part4(seed):
    """Part 4 of the notebook: FashionMNIST in [-1, 1], random_split, base network with tanh, Adam lr 0.001, batch 256."""
    x = (images("fashion", "train") / 255 - 0.5) / 0.5
    torch.manual_seed(seed)
    train_set, val_set = random_split(TensorDataset(x, labels("fashion", "train")), [50000, 10000])
    net = mlp([784, 512, 256, 256, 128, 10], nn.Tanh)
    return train(net, torch.optim.Adam(net.parameters(), lr=0.001),
                 DataLoader(train_set, batch_size=256, shuffle=True, drop_last=True),
                 DataLoader(val_set, batch_size=1024), 1)


def case(name, seed, epochs, keep, result):
    losses, scores = result
    return {"name": name, "seed": seed, "epochs": epochs, "val_scores": scores,
            "train_losses": [float(f"{v:.7g}") for v in losses[:keep]]}


cases = [
    case("mnist 784-128-10", 7, 2, 3000, part1([784, 128, 10], 7, 2)),
    case("mnist 784-160-80-40-20-10", 7, 1, 1000, part1([784, 160, 80, 40, 20, 10], 7, 1, most=1000)),
    case("fashion base", 7, 1, 195, part4(7)),
]
with open("notebook.json", "w") as f:
    json.dump({"about": "losses of the first batches and validation accuracies of the notebook's training loops in PyTorch",
               "versions": {"torch": torch.__version__, "numpy": np.__version__}, "cases": cases}, f)
    f.write("\n")
for c in cases:
    print(c["name"], len(c["train_losses"]), c["train_losses"][:3], c["val_scores"])
