"""Makes Fixtures/networks.json: what PyTorch makes of the networks, from numbers that both sides compute.

    python make_references.py          (PyTorch and NumPy; the file is the same each time)

Weights, statistics, rows and labels come from one integer hash (`uniform` below, `HashedNumbers.swift` on the
other side), so the file holds results only. Everything is computed in double precision from those
single-precision numbers. Of each array of gradients it keeps the largest magnitude, a sum weighted by
the hash, which every element enters, and elements at equal distances. Arrays whose exact gradient is
zero (biases before batch normalisation) say so.

A number next to ReLU's kink, or two of a pooling window next to each other, may fall on the other side in
single precision, and a batch in which a unit hardly varies is blown up by its normalisation: then gradients
change by more than the tests allow, whoever computes them. So each case has a seed that was chosen
among some, and the script stops when PyTorch's own single precision, or a millionth more or less on every number,
change a gradient by more than the tests allow.
"""
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

SAMPLES = 24


def uniform(array, count):
    """`count` numbers in [-1, 1) of 24 bits, other ones for each number of an array."""
    x = (np.arange(count, dtype=np.uint64) * 0x9E3779B1 + np.uint64(array) * 0x85EBCA77 + 0x165667B1) & 0xFFFFFFFF
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & 0xFFFFFFFF
    return (x >> np.uint64(8)).astype(np.float64) / 2**23 - 1


ROWS, LABELS = 1_000_000, 1_000_001


def numbers(array, name, shape, bias):
    """An array of a network in single precision: its number among the arrays decides, and its name.

    Biases keep at least `bias` from zero, with which few numbers come near ReLU's kink."""
    values = uniform(array, int(np.prod(shape)))
    if name == "weight" and len(shape) > 1:
        values *= np.sqrt(6 / np.prod(shape[1:]))
    elif name in ("weight", "running_var"):
        values = 1 + values / 4
    elif name == "bias" and bias > 0:
        values += np.copysign(bias, values)
    else:
        values /= 8
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def arrays(network):
    """The arrays in the order of `Network.parameters`."""
    return [(name, value) for name, value in network.state_dict().items() if "num_batches" not in name]


class Residual(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        self.shortcut = nn.Identity() if stride == 1 and before == width else nn.Sequential(
            nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def head(inputs, hidden):
    return [nn.Linear(inputs, hidden), nn.ReLU(), nn.BatchNorm1d(hidden), nn.Linear(hidden, 10)]


class ResidualNetwork(nn.Module):
    def __init__(self, features):
        super().__init__()
        layers, before = [nn.Conv2d(1, 64, 2, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)], 64
        for width in (64, 128, 256, 512):
            layers += [Residual(before, width, 1), Residual(width, width, 2)]
            before = width
        self.body = nn.Sequential(*layers, nn.AvgPool2d(2), nn.Flatten())
        self.head = nn.Sequential(*head(512 + features, 1000))

    def forward(self, rows):
        picture, features = rows[:, : 64 * 64], rows[:, 64 * 64 :]
        return self.head(torch.cat([self.body(picture.reshape(-1, 1, 64, 64)), features], 1))


def blocks(filters, channels, side, pooling):
    layers, before = [nn.Unflatten(1, (channels, side, side))], channels
    for width in filters:
        layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(width),
                   nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(width), nn.MaxPool2d(2)]
        before, side = width, side // 2
    layers += [nn.Flatten()] if pooling == "flatten" else [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *head(before * (side * side if pooling == "flatten" else 1), 512))


def perceptron(columns):
    layers, before = [], columns
    for width in (256, 128, 64):
        layers += [nn.Linear(before, width), nn.BatchNorm1d(width), nn.ReLU()]
        before = width
    return nn.Sequential(*layers, nn.Linear(before, 10))


class Case:
    def __init__(self, name, model, settings, network, picture, features, batch, seed, bias=0):
        self.name, self.model, self.settings, self.network = name, model, settings, network
        self.picture, self.features, self.batch = picture, features, batch
        self.seed, self.bias = seed, bias

    def prepared(self, seed, precision, change=0.0):
        """The network, rows and labels of a seed, the numbers changed by a share."""
        network = self.network()
        first = 1000 * seed
        for number, (name, value) in enumerate(arrays(network)):
            value.copy_(numbers(first + number, name.split(".")[-1], tuple(value.shape), self.bias))
        columns = (int(np.prod(self.picture)) if self.picture else 0) + self.features
        rows = torch.from_numpy(uniform(first + ROWS, self.batch * columns).astype(np.float32))
        labels = torch.from_numpy(((uniform(first + LABELS, self.batch) + 1) * 5).astype(np.int64))
        network = network.to(precision)
        with torch.no_grad():
            for number, value in enumerate(network.parameters()):
                noise = torch.from_numpy(uniform(number + 1, value.numel())).reshape(value.shape)
                value *= 1 + change * noise
            rows = rows * (1 + change * torch.from_numpy(uniform(0, len(rows))))
        return network, rows.reshape(self.batch, columns).to(precision), labels

    def sensitivity(self, seed):
        """The largest relative change of a gradient when all numbers change by a millionth, and when rounded."""
        exact = self.run(seed, torch.float64)[3]
        others = self.run(seed, torch.float64, 1e-6)[3] + self.run(seed, torch.float32)[3]
        pairs = [(a, b) for (_, _, a, _), (_, _, b, _) in zip(exact + exact, others) if a is not None]
        largest = max(a.abs().max() for a, _ in pairs)
        return max(((a - b).abs().max() / a.abs().max()).item()
                   for a, b in pairs if a.abs().max() > 1e-12 * largest)

    def run(self, seed, precision, change=0.0):
        """Logits in prediction, then one training pass: logits, loss, gradients, statistics after it."""
        network, rows, labels = self.prepared(seed, precision, change)
        with torch.no_grad():
            predicted = network.eval()(rows)
        logits = network.train()(rows)
        loss = nn.functional.cross_entropy(logits, labels)
        loss.backward()
        gradients = dict(network.named_parameters())
        return predicted, logits, loss, [
            (name, tuple(value.shape), None if "running" in name else gradients[name].grad,
             value if "running" in name else None) for name, value in arrays(network)]


def plain(values, digits=9):
    return [float(f"{value:.{digits}g}") for value in np.asarray(values.detach(), dtype=np.float64).ravel()]


def summary(values, number):
    """What is kept of an array."""
    flat = values.detach().double().numpy().ravel()
    step = max(1, len(flat) // SAMPLES)
    return dict(largest=float(f"{np.abs(flat).max():.9g}"),
                sum=float(f"{(flat * uniform(number, len(flat))).sum():.9g}"),
                step=step, values=plain(values.reshape(-1)[::step]))


def close(a, b, tolerance, what):
    a, b = a.detach().double(), b.detach().double()
    error = ((a - b).abs().max() / b.abs().max()).item()
    assert error < tolerance / 2, f"{what}: single precision itself is off by {error:.2e}"
    return error


CASES = [
    Case("mlp", "mlp", {"dropout": [0, 0, 0]}, lambda: perceptron(57), [], 57, 8, 15),
    Case("cnn", "cnn", {"dropout": 0, "head_dropout": 0},
         lambda: blocks((32, 64, 128), 1, 16, "global"), [1, 16, 16], 0, 4, 29),
    Case("mini-vgg", "mini-vgg", {"dropout": 0, "head_dropout": 0},
         lambda: blocks((32, 64, 128), 1, 16, "flatten"), [1, 16, 16], 0, 4, 15),
    Case("mini-vgg, 2 blocks", "mini-vgg", {"dropout": 0, "head_dropout": 0, "filters": [32, 64]},
         lambda: blocks((32, 64), 3, 12, "flatten"), [3, 12, 12], 0, 4, 12),
    Case("resnet34", "resnet34", {"dropout": 0}, lambda: ResidualNetwork(0), [1, 64, 64], 0, 4, 4, 2),
    Case("resnet34 + features", "resnet34", {"dropout": 0}, lambda: ResidualNetwork(57), [1, 64, 64], 57, 4, 2, 2),
]


def record(case):
    seed, sensitivity = case.seed, case.sensitivity(case.seed)
    assert sensitivity < 1e-3, f"{case.name}: the numbers lie too near a kink: {sensitivity:.1e}"
    predicted, logits, loss, kept = case.run(seed, torch.float64)
    single = case.run(seed, torch.float32)
    worst = [close(single[0], predicted, 1e-4, case.name), close(single[1], logits, 1e-4, case.name)]
    entries, largest = [], max(g.abs().max().item() for _, _, g, _ in kept if g is not None)
    for number, ((name, shape, gradient, statistic), other) in enumerate(zip(kept, single[3])):
        entry = dict(name=name.split(".")[-1], shape=list(shape))
        if statistic is not None:
            close(other[3], statistic, 1e-4, f"{case.name}: {name}")
            entry["statistic"] = summary(statistic, number)
        elif gradient.abs().max().item() < 1e-12 * largest:
            entry["is_zero"] = True
        else:
            worst.append(close(other[2], gradient, 1e-3, f"{case.name}: {name}"))
            entry["gradient"] = summary(gradient, number)
        entries.append(entry)
    print(f"{case.name}: seed {seed}, sensitivity {sensitivity:.1e}; single precision differs by {worst[1]:.1e}, its gradients by {max(worst[2:]):.1e}")
    return dict(name=case.name, model=case.model, settings=case.settings, picture=case.picture,
                features=case.features, batch=case.batch, seed=seed, bias=case.bias, prediction=plain(predicted), training=plain(logits),
                loss=plain(loss)[0], arrays=entries)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    results = [record(case) for case in CASES]
    lines = ",\n".join(json.dumps(result, separators=(",", ":")) for result in results)
    path = Path(__file__).parent / "Fixtures" / "networks.json"
    path.write_text('{"torch": "%s", "cases": [\n%s\n]}\n' % (torch.__version__, lines))
    print(path.stat().st_size, "bytes")
