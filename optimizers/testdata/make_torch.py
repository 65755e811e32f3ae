#!/usr/bin/env python3
"""Writes torch.json and schedules.json: updates of torch.optim and rates of torch.optim.lr_scheduler.

An optimizer's case is a Config in JSON and a float64 parameter after each of 12 updates under given gradients. A
schedule's case is a Schedule in JSON, with the settings that speak of epochs in epochs of one update, and the rates of
the updates from the first, relative to the base rate of 1. Needs python3 with torch (Debian: python3-torch; the
committed files were made with torch 1.13). Run it from this folder.

optimizers.json is older: the updates of sgd, momentum and adam by the equations of the lab's notebook.
"""
import json

import torch
from torch.optim import SGD, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, ExponentialLR, LinearLR, SequentialLR, StepLR

# Momentum averages the gradients: torch's sum of them takes the same steps at (1 − β₁) times the rate.
OPTIMIZERS = {
    "sgd": lambda p, c: SGD(p, lr=c["learning_rate"]),
    "momentum": lambda p, c: SGD(p, lr=c["learning_rate"] * (1 - c["beta1"]), momentum=c["beta1"]),
    "adam": lambda p, c: Adam(p, lr=c["learning_rate"], betas=(c["beta1"], c["beta2"]), eps=c["epsilon"]),
    "nesterov": lambda p, c: SGD(p, lr=c["learning_rate"], momentum=c["momentum"], nesterov=c["momentum"] > 0),
    "rmsprop": lambda p, c: RMSprop(p, lr=c["learning_rate"], alpha=c["alpha"], eps=c["epsilon"]),
    "adamw": lambda p, c: AdamW(p, lr=c["learning_rate"], betas=(c["beta1"], c["beta2"]), eps=c["epsilon"],
                                weight_decay=c["weight_decay"]),
}

CONFIGS = [
    {"name": "sgd", "learning_rate": 0.1},
    {"name": "momentum", "learning_rate": 0.1, "beta1": 0.9},
    {"name": "momentum", "learning_rate": 0.3, "beta1": 0.5},
    {"name": "adam", "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    {"name": "adam", "learning_rate": 0.1, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.01},
    {"name": "nesterov", "learning_rate": 0.01, "momentum": 0.9},
    {"name": "nesterov", "learning_rate": 0.1, "momentum": 0.5},
    {"name": "nesterov", "learning_rate": 0.1, "momentum": 0.0},
    {"name": "rmsprop", "learning_rate": 0.001, "alpha": 0.99, "epsilon": 1e-8},
    {"name": "rmsprop", "learning_rate": 0.1, "alpha": 0.5, "epsilon": 0.01},
    {"name": "adamw", "learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
    {"name": "adamw", "learning_rate": 0.1, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.01, "weight_decay": 0.3},
]

# The main part of a schedule, from its settings.
SCHEDULES = {
    "constant": lambda o, s: ConstantLR(o, factor=1.0),
    "step": lambda o, s: StepLR(o, step_size=s["every"], gamma=s["decay"]),
    "exponential": lambda o, s: ExponentialLR(o, gamma=s["decay"] ** (1 / s["every"])),
    "cosine": lambda o, s: CosineAnnealingLR(o, T_max=s["length"], eta_min=s.get("floor", 0)),
}

MAINS = [
    {"name": "constant"},
    {"name": "step", "decay": 0.1, "every": 10},
    {"name": "step", "decay": 0.5, "every": 1},
    {"name": "step", "decay": 0.9, "every": 7},
    {"name": "exponential", "decay": 0.9, "every": 1},
    {"name": "exponential", "decay": 0.3, "every": 20},
    {"name": "cosine", "length": 40},
    {"name": "cosine", "length": 37, "floor": 0.05},
]


def optimizer_case(config, seed):
    draw = torch.Generator().manual_seed(seed)
    w = torch.randn(6, generator=draw, dtype=torch.float64).requires_grad_()
    start, gradients, after = w.tolist(), [], []
    optimizer = OPTIMIZERS[config["name"]]([w], config)
    for i in range(12):
        w.grad = torch.randn(6, generator=draw, dtype=torch.float64) * 10 ** (i % 3 - 1)
        gradients.append(w.grad.tolist())
        optimizer.step()
        after.append(w.tolist())
    return {"config": config, "start": start, "gradients": gradients, "after": after}


def schedule_case(main, warmup):
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = None
    updates = warmup + main.get("length", 39) + 1  # beyond its end, torch's cosine rises again
    if warmup:
        linear = LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        scheduler = SequentialLR(optimizer, [linear, SCHEDULES[main["name"]](optimizer, main)], milestones=[warmup])
    else:
        scheduler = SCHEDULES[main["name"]](optimizer, main)
    rates = []
    for _ in range(updates):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    schedule = dict(main, warmup=warmup) if warmup else main
    return {"schedule": schedule, "rates": rates}


def write(name, cases):
    with open(name, "w") as f:
        json.dump({"versions": {"torch": torch.__version__}, "cases": cases}, f)
        f.write("\n")


write("torch.json", [optimizer_case(c, 10 + i) for i, c in enumerate(CONFIGS)])
write("schedules.json", [schedule_case(m, w) for m in MAINS for w in (0, 5, 30)])
