"""Writes state dicts, whole and damaged, and what PyTorch reads from them.

    python3 differential.py FOLDER SEED DICTS MUTANTS

saves DICTS state dicts with torch.save into FOLDER and makes MUTANTS damaged copies of each in protocol 2; outcomes.json there says for
every file whether torch.load(weights_only=True) accepts it and, if it holds a state dict that a float32 model can take, its
tensors' shapes and SHA-256. TestDifferential compares that with package pytorch. Made for torch 1.13.
"""
import hashlib
import json
import os
import random
import resource
import sys
import warnings
import zipfile
from collections import OrderedDict

import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def tensor(r):
    """A tensor as state dicts have them, now and then of another type, shape or layout."""
    shape = [r.randint(1, 5) for _ in range(r.choice([1, 1, 1, 2, 2, 2, 2, 3, 4, 5, 0]))]
    if r.random() < 0.02:
        shape = shape + [0]
    x = torch.randn(shape)
    kind = r.random()
    if kind < 0.03:
        return x.to(r.choice([torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.bool]))
    if kind < 0.10 and x.dim() == 2:
        return x.t()
    if kind < 0.16:
        return torch.randn([2] + shape)[1]
    if kind < 0.20 and x.dim() > 0:
        return torch.randn(shape[:-1] + [2 * shape[-1]])[..., ::2]
    if kind < 0.22 and x.dim() > 0:
        return torch.randn(shape[:-1] + [1]).expand(shape)
    if kind < 0.26:
        return torch.nn.Parameter(x)
    return x


def state_dict(r):
    d = OrderedDict() if r.random() < 0.7 else {}
    for i in range(r.randint(1, 6)):
        name = r.choice(["net.%d.weight", "net.%d.bias", "layers.%d.w", "gr\u00f6\u00dfe%d", "%d", "a b%d"]) % i
        d[name] = tensor(r)
    names = list(d)
    if len(names) > 1 and r.random() < 0.2:
        d[names[-1]] = d[names[0]]  # tied
    return d


def root(r):
    """A state dict, or a checkpoint with one, or with more or none."""
    kind = r.random()
    if kind < 0.7:
        return state_dict(r)
    checkpoint = {"epoch": r.randint(-1, 1 << 40), "lr": r.random(), "name": "n\u00e4me", "shape": torch.Size([2, 3]), "none": None, "list": [1, 2.5, "x"],
                  "flags": (True, False)}
    if kind < 0.93:
        checkpoint["model_state_dict"] = state_dict(r)
    if kind > 0.90:
        checkpoint["other"] = state_dict(r)
    return checkpoint


def save(r, path, protocol):
    options = {"pickle_protocol": protocol}
    if r.random() < 0.4:
        options["_use_new_zipfile_serialization"] = False
    torch.save(root(r), path, **options)


def damage(r, data):
    data = bytearray(data)
    for _ in range(r.choice([1, 1, 1, 2, 4])):
        if not data:
            break
        at = r.randrange(len(data))
        kind = r.random()
        if kind < 0.35:
            data[at] ^= 1 << r.randrange(8)
        elif kind < 0.6:
            data[at] = r.choice([0, 1, 0x7F, 0x80, 0xFF, r.randrange(256)])
        elif kind < 0.7:
            del data[at : at + r.choice([1, 1, 4, 100])]
        elif kind < 0.8:
            data[at:at] = bytes(r.randrange(256) for _ in range(r.choice([1, 1, 4, 9])))
        elif kind < 0.9:
            other = r.randrange(len(data))
            data[at : at + 8] = data[other : other + 8]
        else:
            del data[at:]
    return bytes(data)


def mutate(r, source, target):
    """Damages a file or, so that the checksums of an archive still fit, one record of it."""
    if zipfile.is_zipfile(source) and r.random() < 0.7:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
            names = old.namelist()
            victim = next(n for n in names if n.endswith("data.pkl")) if r.random() < 0.8 else r.choice(names)
            for name in names:
                data = old.read(name)
                new.writestr(name, damage(r, data) if name == victim else data)
        return
    with open(source, "rb") as f:
        data = f.read()
    with open(target, "wb") as f:
        f.write(damage(r, data))


def is_state_dict(x):
    return isinstance(x, dict) and len(x) > 0 and all(isinstance(k, str) and isinstance(v, torch.Tensor) for k, v in x.items())


def describe(x):
    """The tensors of the state dict that x is or holds, if a float32 model can take them."""
    if not is_state_dict(x):
        found = [v for v in x.values() if is_state_dict(v)] if isinstance(x, dict) else []
        if len(found) != 1:
            return None
        x = found[0]
    tensors = {}
    for name, t in x.items():
        if t.dtype != torch.float32 or t.numel() == 0 or t.dim() > 8 or t.is_sparse or t.is_quantized:
            return None
        data = t.detach().contiguous().numpy().tobytes()
        tensors[name] = {"shape": list(t.shape), "sha256": hashlib.sha256(data).hexdigest()}
    return tensors


def outcome(path):
    # Of other protocols than 2 weights_only reads none; a file that was not damaged is safe without it.
    trusted = "-" not in os.path.basename(path)
    try:
        x = torch.load(path, map_location="cpu", weights_only=not trusted)
    except BaseException as e:
        return {"error": "%s: %s" % (type(e).__name__, str(e).replace("\n", " ")[-160:])}
    try:
        return {"accepted": True, "tensors": describe(x)}
    except BaseException as e:
        return {"accepted": True, "tensors": None, "error": str(e)[:120]}


def outcomes(folder, names):
    """What PyTorch says of every file, in children, as some damaged files end the process."""
    results = {}
    left = list(names)
    while left:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            with os.fdopen(write, "w") as out:
                for name in left[:500]:
                    out.write(json.dumps([name, outcome(os.path.join(folder, name))]) + "\n")
                    out.flush()
            os._exit(0)
        os.close(write)
        done = 0
        with os.fdopen(read) as lines:
            for line in lines:
                name, result = json.loads(line)
                results[name] = result
                done += 1
        _, status = os.waitpid(child, 0)
        if status != 0 and done < len(left):
            results[left[done]] = {"error": "the process ended with status %d" % status}
            done += 1
        left = left[done:]
    return results


def main():
    folder, seed, dicts, mutants = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    names = []
    for i in range(dicts):
        r = random.Random("%d %d" % (seed, i))
        torch.manual_seed(r.randrange(1 << 32))
        name = "%05d.pt" % i
        protocol = r.choice([2, 2, 2, 2, 3, 4, 5])
        save(r, os.path.join(folder, name), protocol)
        names.append(name)
        for j in range(mutants if protocol == 2 else 0):
            mutant = "%05d-%03d.pt" % (i, j)
            mutate(r, os.path.join(folder, name), os.path.join(folder, mutant))
            names.append(mutant)
    with open(os.path.join(folder, "outcomes.json"), "w") as f:
        json.dump(outcomes(folder, names), f)


main()
