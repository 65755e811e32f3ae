#!/usr/bin/env python3
"""Compares the speed of training in PyTorch and in optlab, and prints the table in the README.

Needs Go and a python3 with torch and numpy (from PyPI, or Debian's python3-torch, python3-numpy and, as without it
Debian's torch multiplies matrices some ten times as slowly, libopenblas0-pthread). Run it from anywhere:

    python3 internal/bench/compare.py [--rounds 5] [--threads 2]

For every workload it times one epoch of training in PyTorch with 1 thread, in PyTorch with all threads, and in optlab
with all threads and with one, in turn, as often as --rounds says, and compares medians. PyTorch trains in a tight loop
over shuffled slices of tensors in memory, without DataLoader. Validation is not timed.
"""
import argparse
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

CPU = open("/proc/cpuinfo").read() if os.path.exists("/proc/cpuinfo") else ""

WORKLOADS = [
    # network, optimizer, batch
    ("784-128-10", "sgd", 16),
    ("784-160-80-40-20-10", "sgd", 16),
    ("base-tanh", "sgd", 256),
    ("base-tanh", "momentum", 256),
    ("base-tanh", "adam", 256),
    ("base-relu", "sgd", 1024),
]


def torch_epoch(network, optimizer, batch, threads):
    """Prints the seconds of an epoch in PyTorch."""
    import numpy as np
    import torch
    import torch.nn as nn

    torch.set_num_threads(threads)
    torch.manual_seed(42)
    base = network.startswith("base")
    name = "fashion" if base else "mnist"
    with gzip.open(f"{ROOT}/mnist/data/{name}/train-images-idx3-ubyte.gz") as f:
        x = torch.tensor(np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 784).copy()) / 255
    with gzip.open(f"{ROOT}/mnist/data/{name}/train-labels-idx1-ubyte.gz") as f:
        y = torch.tensor(np.frombuffer(f.read(), np.uint8, offset=8).astype(np.int64))
    n = 50000 if base else 48000
    x, y = x[:n], y[:n]
    if base:
        x, sizes = (x - 0.5) / 0.5, [784, 512, 256, 256, 128, 10]
    else:
        sizes = [int(s) for s in network.split("-")]
    layers = []
    for i in range(len(sizes) - 2):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.Tanh() if network == "base-tanh" else nn.ReLU()]
        if not base:
            layers.append(nn.Dropout(0.2))
    net = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))
    opt = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr=0.001),
    }[optimizer](net.parameters())

    def steps(order):
        for i in range(0, len(order) - batch + 1, batch):
            indices = order[i:i + batch]
            opt.zero_grad()
            nn.functional.cross_entropy(net(x[indices]), y[indices]).backward()
            opt.step()

    steps(torch.randperm(n)[:20 * batch])  # to warm up
    start = time.perf_counter()
    steps(torch.randperm(n))
    print(f"{time.perf_counter() - start:.6f}")


def measure(command, threads=None):
    """Returns the seconds that a command prints."""
    env = dict(os.environ)
    if "avx512f" in CPU:  # OpenBLAS 0.3.21 takes slow kernels on processors that it does not know
        env.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")
    if threads:
        env["GOMAXPROCS"] = str(threads)
    return float(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE).stdout.split()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--torch", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.torch:
        network, optimizer, batch, threads = args.torch
        return torch_epoch(network, optimizer, int(batch), int(threads))

    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "epoch")
        subprocess.run(["go", "build", "-o", program, "./internal/bench/epoch"], cwd=ROOT, check=True)
        print("| one epoch of training | PyTorch, 1 thread | PyTorch, %d | optlab, %d | times as fast | both with 1 |" % (args.threads, args.threads))
        print("|---|---|---|---|---|---|")
        for network, optimizer, batch in WORKLOADS:
            ours = [program, "-network", network, "-optimizer", optimizer, "-batch", str(batch)]
            theirs = [sys.executable, __file__, "--torch", network, optimizer, str(batch)]
            times = {"torch1": [], "torchN": [], "goN": [], "go1": []}
            for _ in range(args.rounds):
                times["torch1"].append(measure(theirs + ["1"]))
                times["goN"].append(measure(ours, args.threads))
                times["torchN"].append(measure(theirs + [str(args.threads)]))
                times["go1"].append(measure(ours, 1))
            t = {name: statistics.median(values) for name, values in times.items()}
            print("| %s, %s, batch %d | %.2f s | %.2f s | %.2f s | **%.1f** | %.1f |" % (
                network, optimizer, batch, t["torch1"], t["torchN"], t["goN"],
                min(t["torch1"], t["torchN"]) / t["goN"], t["torch1"] / t["go1"]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
