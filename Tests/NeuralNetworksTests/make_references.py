"""Makes Fixtures/*.json: what PyTorch makes of single layers, optimisers and the loss.

    python make_references.py          (PyTorch and NumPy; the files are the same each time)

All numbers that go in come from one integer hash (`uniform` below, `HashedNumbers.swift` on the other side);
the files hold what comes out, computed in double precision.
"""
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

FOLDER = Path(__file__).parent / "Fixtures"
ROWS, UPSTREAM = 1_000_000, 1_000_002


def uniform(array, count):
    """`count` numbers in [-1, 1) of 24 bits, other ones for each number of an array."""
    x = (np.arange(count, dtype=np.uint64) * 0x9E3779B1 + np.uint64(array) * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & 0xFFFFFFFF
    return (x >> np.uint64(8)).astype(np.float64) / 2**23 - 1


def numbers(array, name, shape):
    """An array of a network in single precision: its number among the arrays decides, and its name."""
    values = uniform(array, int(np.prod(shape)))
    if name == "weight" and len(shape) > 1:
        values *= np.sqrt(6 / np.prod(shape[1:]))
    elif name in ("weight", "running_var"):
        values = 1 + values / 4
    else:
        values /= 8
    return torch.from_numpy(values.astype(np.float32).reshape(shape)).double()


def hashed(array, *shape):
    return torch.from_numpy(uniform(array, int(np.prod(shape))).reshape(shape))


def plain(values):
    return [float(f"{value:.9g}") for value in np.asarray(values.detach(), dtype=np.float64).ravel()]


def write(name, entries):
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    path = FOLDER / name
    path.write_text('{"torch": "%s", "cases": [\n%s\n]}\n' % (torch.__version__, lines))
    print(path.name, path.stat().st_size, "bytes")


# Layers: name -> (picture, features, module of the rows). What each of the names means is said once more in
# `LayerReferenceTests.swift`.


class Function(nn.Module):
    def __init__(self, function, *modules):
        super().__init__()
        self.function, self.steps = function, nn.ModuleList(modules)

    def forward(self, x):
        return self.function(x, *self.steps)


def of(module):
    return Function(lambda x, layer: layer(x), module)


PICTURE = [3, 7, 6]
LAYERS = {
    "dense": ([], 11, of(nn.Linear(11, 5))),
    "dense, no bias": ([], 11, of(nn.Linear(11, 5, bias=False))),
    "convolution 3, padding 1": (PICTURE, 0, of(nn.Conv2d(3, 4, 3, padding=1))),
    "convolution 3, no padding": (PICTURE, 0, of(nn.Conv2d(3, 4, 3))),
    "convolution 3, stride 2, padding 1, no bias": (PICTURE, 0, of(nn.Conv2d(3, 4, 3, 2, 1, bias=False))),
    "convolution 2, stride 2, padding 3, no bias": (PICTURE, 0, of(nn.Conv2d(3, 4, 2, 2, 3, bias=False))),
    "convolution 1, stride 2, no bias": (PICTURE, 0, of(nn.Conv2d(3, 4, 1, 2, bias=False))),
    "convolution 5, padding 2": (PICTURE, 0, of(nn.Conv2d(3, 2, 5, padding=2))),
    "convolution 3 of 16 channels to 32": ([16, 8, 8], 0, of(nn.Conv2d(16, 32, 3, padding=1))),
    "normalisation of vectors": ([], 9, of(nn.BatchNorm1d(9))),
    "normalisation of pictures": (PICTURE, 0, of(nn.BatchNorm2d(3))),
    "ReLU": (PICTURE, 0, of(nn.ReLU())),
    "leaky ReLU 0.3": (PICTURE, 0, of(nn.LeakyReLU(0.3))),
    "sigmoid": (PICTURE, 0, of(nn.Sigmoid())),
    "tanh": (PICTURE, 0, of(nn.Tanh())),
    "maximum 2": (PICTURE, 0, of(nn.MaxPool2d(2))),
    "maximum 3": (PICTURE, 0, of(nn.MaxPool2d(3))),
    "mean 2": (PICTURE, 0, of(nn.AvgPool2d(2))),
    "global mean": (PICTURE, 0, of(nn.AdaptiveAvgPool2d(1))),
    "global maximum": (PICTURE, 0, of(nn.AdaptiveMaxPool2d(1))),
    "flatten": (PICTURE, 0, of(nn.Flatten())),
    "sum": (PICTURE, 0, Function(lambda x, a: x + a(x), nn.Conv2d(3, 3, 1))),
    "product": (PICTURE, 0, Function(lambda x, a: x * a(x), nn.Conv2d(3, 3, 1))),
    "product with a number a channel": (
        PICTURE, 0, Function(lambda x, a: x * a(x.mean((2, 3)))[:, :, None, None], nn.Linear(3, 3))),
    "pictures joined": (PICTURE, 0, Function(lambda x, a: torch.cat([x, a(x)], 1), nn.Conv2d(3, 2, 1))),
    "vectors joined": ([], 6, Function(lambda x, a: torch.cat([a(x), x], 1), nn.Linear(6, 4))),
    "convolution, normalisation, ReLU": (
        PICTURE, 0, of(nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()))),
    "convolution, ReLU, normalisation, maximum": (
        PICTURE, 0, of(nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(8), nn.MaxPool2d(2)))),
    "picture and features": (
        [1, 4, 4], 5, Function(lambda x, a: torch.cat([a(x[:, :16].reshape(-1, 1, 4, 4)).flatten(1), x[:, 16:]], 1),
                               nn.Conv2d(1, 2, 3))),
}


def layer(name, picture, features, module, batch=5):
    module = module.double()
    kept = [(n, v) for n, v in module.state_dict().items() if "num_batches" not in n]
    for number, (n, value) in enumerate(kept):
        value.copy_(numbers(number, n.split(".")[-1], tuple(value.shape)))
    columns = (int(np.prod(picture)) if picture else 0) + features
    rows = hashed(ROWS, batch, columns).requires_grad_()
    x = rows.reshape(batch, *picture) if picture and not features else rows
    with torch.no_grad():
        predicted = module.eval()(x).reshape(batch, -1)
    out = module.train()(x).reshape(batch, -1)
    out.backward(hashed(UPSTREAM, *out.shape))
    gradients = dict(module.named_parameters())
    entry = dict(name=name, picture=picture, features=features, batch=batch, outputs=out.shape[1],
                 prediction=plain(predicted)[: 4 * 64], training=plain(out)[: 4 * 64], rows=plain(rows.grad)[: 4 * 64], arrays=[])
    for n, value in kept:
        key = "statistic" if "running" in n else "gradient"
        result = value if key == "statistic" else gradients[n].grad
        entry["arrays"].append({"name": n.split(".")[-1], "shape": list(value.shape), key: plain(result)[: 4 * 64]})
    return entry


# Optimisers: a dense layer of 7 inputs and 3 outputs on batches of one row x, whose score gradients s are given:
# the gradients are s·xᵀ for the weights and s for the biases.

OPTIMISERS = [
    dict(name="SGD", optimiser="sgd", rate=0.1),
    dict(name="SGD, momentum 0.9", optimiser="sgd", momentum=0.9, rate=0.05),
    dict(name="SGD, momentum 0.9, L2 0.01", optimiser="sgd", momentum=0.9, rate=0.05, l2=0.01),
    dict(name="Adam", optimiser="adam", rate=0.01),
    dict(name="Adam, L2 0.1", optimiser="adam", rate=0.01, l2=0.1),
    dict(name="AdamW, decay 0.1", optimiser="adam", rate=0.01, decay=0.1),
    dict(name="Adam, other moments", optimiser="adam", rate=0.01, beta1=0.8, beta2=0.99, epsilon=1e-4),
    dict(name="Adam, gradients of norm 0.5 at most", optimiser="adam", rate=0.01, clip=0.5, l2=0.1),
    dict(name="SGD, gradients of norm 0.5 at most", optimiser="sgd", momentum=0.9, rate=0.1, clip=0.5),
    dict(name="AdamW, gradients of norm 100 at most", optimiser="adam", rate=0.01, decay=0.1, clip=100.0),
    dict(name="Adam, half the rate after five steps", optimiser="adam", rate=0.01, later=0.005),
]


def optimise(case):
    weight = nn.Parameter(numbers(0, "weight", (3, 7)))
    bias = nn.Parameter(numbers(1, "bias", (3,)))
    if case["optimiser"] == "sgd":
        optimiser = torch.optim.SGD([weight, bias], case["rate"], case.get("momentum", 0), weight_decay=case.get("l2", 0))
    else:
        kind, decay = (torch.optim.AdamW, case["decay"]) if "decay" in case else (torch.optim.Adam, case.get("l2", 0))
        optimiser = kind([weight, bias], case["rate"], (case.get("beta1", 0.9), case.get("beta2", 0.999)),
                         case.get("epsilon", 1e-8), weight_decay=decay)
    steps = []
    for step in range(10):
        if step == 5 and "later" in case:
            optimiser.param_groups[0]["lr"] = case["later"]
        x, s = hashed(ROWS + 2 * step, 7), hashed(ROWS + 2 * step + 1, 3)
        weight.grad, bias.grad = torch.outer(s, x), s.clone()
        if "clip" in case:
            nn.utils.clip_grad_norm_([weight, bias], case["clip"])
        optimiser.step()
        steps.append(plain(torch.cat([weight.ravel(), bias])))
    return {**case, "steps": steps}


# The loss: the mean over rows by their weights of the cross-entropy, of smoothed labels where asked.

LOSSES = [dict(name="plain"), dict(name="smoothed by 0.1", smoothing=0.1), dict(name="weighted", weighted=True),
          dict(name="weighted, smoothed by 0.1", weighted=True, smoothing=0.1),
          dict(name="large scores", scale=60.0), dict(name="one class", classes=1)]


def lose(case, batch=6):
    classes = case.get("classes", 4)
    scores = (hashed(ROWS, batch, classes) * case.get("scale", 3.0)).requires_grad_()
    labels = torch.arange(batch) % classes
    weights = 1 + hashed(ROWS + 1, batch) / 2 if case.get("weighted") else torch.ones(batch).double()
    losses = functional.cross_entropy(scores, labels, reduction="none", label_smoothing=case.get("smoothing", 0))
    loss = (weights * losses).sum() / weights.sum()
    loss.backward()
    return {**case, "batch": batch, "classes": classes, "loss": plain(loss)[0], "gradient": plain(scores.grad)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("layers.json", [layer(name, *case) for name, case in LAYERS.items()])
    write("optimisers.json", [optimise(case) for case in OPTIMISERS])
    write("losses.json", [lose(case) for case in LOSSES])
