#!/usr/bin/env python3
"""Writes, beside itself, files as torch.save makes them and expected.json, which says what is in them.

Needs python3 with torch (Debian: apt-get install python3-torch; the committed files were made with torch 1.13).
The legacy form names storages by their addresses: its bytes differ from run to run, its content does not.
"""
import collections
import gzip
import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
MNIST = os.path.join(HERE, "..", "..", "..", "mnist", "data", "mnist")

torch.set_num_threads(1)
torch.manual_seed(42)
# A pickled model of the legacy form quotes its class's source and file; these do not depend on where the script is.
torch.serialization.get_source_lines_and_file = lambda obj: (["class HyperparameterModel: ...\n"], 1, "notebook.py")


class HyperparameterModel(nn.Module):
    """The notebook's, without dropout."""

    def __init__(self, sizes):
        super().__init__()
        layers = []
        for i in range(len(sizes) - 2):
            layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU()]
        self.net = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, x):
        return self.net(x)


expected = {}


def short(x):
    """A float32 in as few digits as bring it back."""
    return [float(f"{v:.9g}") for v in x.detach().reshape(-1).tolist()]


def save(name, obj, tensors=None, **options):
    """Saves obj; tensors, if given, is what a reader should find."""
    torch.save(obj, os.path.join(HERE, name), **options)
    if tensors is not None:
        expected[name] = {n: {"shape": list(t.shape), "values": short(t)} for n, t in tensors.items()}


legacy = {"_use_new_zipfile_serialization": False}
small = HyperparameterModel([7, 5, 3])

# Both forms in every protocol that torch.save can be told to use.
for protocol in (2, 3, 4, 5):
    save(f"small_zip{protocol}.pt", small.state_dict(), small.state_dict(), pickle_protocol=protocol)
    save(f"small_legacy{protocol}.pth", small.state_dict(), small.state_dict(), pickle_protocol=protocol, **legacy)

# A checkpoint: the state dict among other things, Adam's tensors too.
adam = torch.optim.Adam(small.parameters(), lr=0.01)
small(torch.rand(4, 7)).square().sum().backward()
adam.step()
checkpoint = {"epoch": 3, "model_state_dict": small.state_dict(), "optimizer_state_dict": adam.state_dict(),
              "losses": [2.5, 1.25], "shape": torch.Size([7, 5]), "best": None, "done": False, "name": "small",
              "numbers": (-1, 300, 70000, 1 << 40, -(1 << 40), 1 << 80)}
save("checkpoint.tar", checkpoint, small.state_dict())
save("checkpoint_legacy.tar", checkpoint, small.state_dict(), **legacy)

wrapped = nn.DataParallel(small).state_dict()
save("data_parallel.pt", wrapped, wrapped)

parameters = dict(small.named_parameters())
save("parameters.pt", parameters, parameters)
save("parameters_legacy.pt", parameters, parameters, pickle_protocol=4, **legacy)

# Tensors that share one storage, each a view of another kind.
base = torch.arange(60, dtype=torch.float32).mul(0.5)
cube = base.reshape(3, 4, 5)
views = collections.OrderedDict(
    whole=cube, tied=cube, transposed=cube.transpose(0, 2), rows=cube[1:, ::2], last=cube[:, :, -1], middle=base[17:23],
    square=base[:25].reshape(5, 5).t(), diagonal=base[:25].reshape(5, 5).diagonal(), scalar=base[7],
    one=base[8:9].reshape(1, 1, 1), expanded=base[3:5].reshape(2, 1).expand(2, 6))
save("views.pt", views, views)
save("views_legacy.pt", views, views, **legacy)

# What is refused.
for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
              torch.uint8, torch.bool, torch.complex64, torch.complex128):
    state = collections.OrderedDict([("net.0.bias", torch.ones(2)), ("net.0.weight", torch.ones(2, 3).to(dtype))])
    name = str(dtype).replace("torch.", "")
    save(f"dtype_{name}.pt", state)
    if dtype is torch.float64:
        save(f"dtype_{name}_legacy.pt", state, **legacy)
save("empty.pt", collections.OrderedDict(weight=torch.ones(0, 3)))
save("no_tensors.pt", collections.OrderedDict())
save("bare_tensor.pt", torch.ones(3))
save("mixed.pt", {"weight": torch.ones(3), "epoch": 3})
save("two_dicts.pt", {"model": small.state_dict(), "average": small.state_dict()})
save("sparse.pt", {"weight": torch.eye(3).to_sparse()})
save("whole_model.pt", small)
save("whole_model_legacy.pt", small, **legacy)


def read(name, header):
    with gzip.open(os.path.join(MNIST, name)) as f:
        return torch.tensor(list(f.read()[header:]), dtype=torch.uint8)


# The notebook's own: a trained model's state dict in our_model.tar, and what the model answers.
images = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:10000].float() / 255
labels = read("train-labels-idx1-ubyte.gz", 8)[:10000].long()
tests = read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 784).float() / 255
answers = read("t10k-labels-idx1-ubyte.gz", 8).long()
model = HyperparameterModel([784, 32, 10])
sgd = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(0, len(images), 16):
    sgd.zero_grad()
    F.cross_entropy(model(images[i:i + 16]), labels[i:i + 16]).backward()
    sgd.step()
save("our_model.tar", model.state_dict())
with torch.no_grad():
    logits = model(tests)
accuracy = (logits.argmax(1) == answers).float().mean().item()
result = {"about": "what the files beside hold; see make_testdata.py", "torch": torch.__version__, "files": expected,
          "our_model": {"accuracy": round(accuracy, 4), "logits": short(logits[:10])}}
with open(os.path.join(HERE, "expected.json"), "w") as f:
    json.dump(result, f)
    f.write("\n")
print(f"our_model.tar: test accuracy {accuracy:.4f}")
