#!/usr/bin/env python3
"""Compares the speed of training in PyTorch and in optlab, and prints the table in the README.

Needs Go and a python3 with torch and numpy (from PyPI, or Debian's python3-torch, python3-numpy and, as without it
Debian's torch multiplies matrices some ten times as slowly, libopenblas0-pthread). Run it from anywhere:

    python3 internal/bench/compare.py [--epochs 5] [--threads 2] [--only base]

For every workload it times epochs of training in PyTorch and in optlab and compares medians. PyTorch has three settings:
one thread; one thread but in matrix products, where OpenBLAS has all; all threads (Debian's PyTorch leaves OpenBLAS its
own number of threads, whatever torch.set_num_threads says). optlab has all threads, or one. The five take turns, each a
tenth of an epoch at a time, so that all of them meet what else the machine does; those that wait do nothing. PyTorch trains in a tight loop over shuffled slices of
tensors in memory, without DataLoader. Validation is not timed.
"""
import argparse
import gzip
import os
import random
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

TURNS = 10  # in which an epoch is made


def samples(network):
    """Returns the number of training samples."""
    return 50000 if network.startswith("base") else 48000


def torch_stopwatch(network, optimizer, batch, threads):
    """Does in PyTorch what the program stopwatch does."""
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
    n = samples(network)
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

    order, at = torch.randperm(n), 0
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            if at + batch > n:
                order, at = torch.randperm(n), 0
            indices = order[at:at + batch]
            at += batch
            opt.zero_grad()
            nn.functional.cross_entropy(net(x[indices]), y[indices]).backward()
            opt.step()
        print(f"{time.perf_counter() - start:.6f}", flush=True)


class Contender:
    """A process that makes steps of training when told to, and its times."""

    def __init__(self, command, **settings):
        env = dict(os.environ)
        if "avx512f" in CPU:  # OpenBLAS 0.3.21 takes slow kernels on processors that it does not know
            env.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")
        env.update((name, str(value)) for name, value in settings.items())
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.epochs = []
        self.seconds(20)  # to warm up

    def seconds(self, steps):
        """Returns the seconds that so many steps take."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compete(contenders, steps, epochs):
    """Times epochs of so many steps, in turns."""
    order = random.Random(42)
    for _ in range(epochs):
        for c in contenders:
            c.epochs.append(0)
        for turn in range(TURNS):
            # In another order each time, as the threads of the last go on spinning for a while.
            for c in order.sample(contenders, len(contenders)):
                time.sleep(0.05)
                c.epochs[-1] += c.seconds((turn + 1) * steps // TURNS - turn * steps // TURNS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--epochs", type=int, default=5, help="epochs to take the median of (default: 5)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of the parallel runs (default: all)")
    parser.add_argument("--only", default="", help="start of the names of the networks to compare (default: all)")
    parser.add_argument("--torch", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.torch:
        network, optimizer, batch, threads = args.torch
        return torch_stopwatch(network, optimizer, int(batch), int(threads))

    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "stopwatch")
        subprocess.run(["go", "build", "-o", program, "./internal/bench/stopwatch"], cwd=ROOT, check=True)
        n = args.threads
        print(f"| one epoch of training | PyTorch, 1 thread | BLAS {n} | PyTorch, {n} | optlab, {n} | times as fast | optlab, 1 | both with 1 |")
        print("|---|---|---|---|---|---|---|---|")
        for network, optimizer, batch in WORKLOADS:
            if not network.startswith(args.only):
                continue
            ours = [program, "-network", network, "-optimizer", optimizer, "-batch", str(batch)]
            theirs = [sys.executable, __file__, "--torch", network, optimizer, str(batch)]
            contenders = [
                Contender(theirs + ["1"], OPENBLAS_NUM_THREADS=1),
                Contender(theirs + ["1"], OPENBLAS_NUM_THREADS=n),
                Contender(theirs + [str(n)], OPENBLAS_NUM_THREADS=n),
                Contender(ours, GOMAXPROCS=n),
                Contender(ours, GOMAXPROCS=1),
            ]
            compete(contenders, samples(network) // batch, args.epochs)
            torch1, blasN, torchN, goN, go1 = (statistics.median(c.epochs) for c in contenders)
            print("| %s, %s, batch %d | %.2f s | %.2f s | %.2f s | %.2f s | **%.1f** | %.2f s | %.1f |" % (
                network, optimizer, batch, torch1, blasN, torchN, goN,
                min(torch1, blasN, torchN) / goN, go1, torch1 / go1), flush=True)
            for c in contenders:
                c.close()


if __name__ == "__main__":
    sys.exit(main())
