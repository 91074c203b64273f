"""The networks of a run in PyTorch: the same rows, split, layers and recipe, other random numbers.

    network_accuracy.py RUN [--model NAME] [--seeds N] [--threads N] [--out FILE.json] [--from FILE.json]

RUN is the folder of a finished `explore run`, with its cache ($EXPLORE_CACHE, else ~/.cache/explore) still there:
rows, labels, split and settings are read from it, and so is our test accuracy of each seed. Prints for each
network both means with their standard errors, the difference, and whether it lies within twice its standard
error and within three points. `--from` takes PyTorch's accuracies from an earlier `--out`; both are JSON of
{model: [accuracy of each seed]}. Needs PyTorch and NumPy; a holdout with validation rows.
"""
import argparse
import csv
import json
import os
from pathlib import Path

import numpy as np

DEFAULTS = {
    "mlp": dict(widths=[256, 128, 64], dropout=[0.2, 0.3, 0.4], epochs=30, l2=1e-5, schedule="plateau"),
    "cnn": dict(filters=[32, 64, 128], hidden=512, pooling="global", dropout=0.3, head_dropout=0.5, epochs=100,
                schedule="plateau", patience=15),
    "mini-vgg": dict(filters=[32, 64, 128], hidden=512, pooling="flatten", dropout=0.25, head_dropout=0.25, epochs=17,
                     learning_rate=5e-4, l2=1e-4, schedule="step", step_factor=0.25),
    "resnet34": dict(widths=[64, 128, 256, 512], hidden=1000, dropout=0.25, epochs=17, learning_rate=5e-4, l2=1e-4,
                     schedule="step", step_factor=0.25),
}
COMMON = dict(batch=32, learning_rate=1e-3, l2=0.0, patience=None, step_factor=0.5, step_after=[0.5],
              plateau_factor=0.5, plateau_patience=3)


class Run:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.plan = json.loads((self.folder / "plan.json").read_text())
        data, split = self.plan["inputs"][0]["data"], self.plan["inputs"][0]["splits"][0]
        cache = Path(os.environ.get("EXPLORE_CACHE") or Path.home() / ".cache" / "explore")
        self.labels = np.array(data["labels"])
        self.classes = len(data["classes"])
        stored = np.memmap(cache / "entries" / data["key"] / "rows.f32", dtype="<f4", mode="r", offset=64)
        self.rows = np.asarray(stored).reshape(len(self.labels), -1)
        self.picture = data.get("picture")
        chosen = split["selection"][0]
        self.training, self.validation, self.test = chosen["training"], chosen["validation"], split["test"]
        scaling = self.plan["scaling"]["name"]
        own = self.rows[self.training].astype(np.float64)
        if scaling == "minmax":
            low, high = own.min(0), own.max(0)
            self.rows = (self.rows - low) / np.where(high > low, high - low, 1)
        elif scaling == "standard":
            deviation = own.std(0)
            self.rows = (self.rows - own.mean(0)) / np.where(deviation > 0, deviation, 1)
        elif scaling != "none":
            raise SystemExit(f"rows scaled by “{scaling}” are not known here")
        self.rows = self.rows.astype(np.float32)

    def models(self):
        """Names in the tables, of the networks that have one setting."""
        for model in self.plan["models"]:
            if model["model"] in DEFAULTS:
                yield model["name"], model["model"], {**COMMON, **DEFAULTS[model["model"]],
                                                      **model["variants"][0]["settings"]}

    def own(self, name):
        """Our test accuracy of each seed."""
        right = {}
        with open(self.folder / "tables" / "predictions.csv", newline="") as file:
            for row in csv.DictReader(file):
                if row["model"] == name and row["transformation"] == "none":
                    right.setdefault(row["repeat"], []).append(row["label"] == row["predicted"])
        return [float(np.mean(right[repeat])) for repeat in sorted(right, key=int)]


def network(kind, s, run):
    from torch import cat, nn, relu

    def head(inputs, dropout):
        return [nn.Linear(inputs, s["hidden"]), nn.ReLU(), nn.BatchNorm1d(s["hidden"]), nn.Dropout(dropout),
                nn.Linear(s["hidden"], run.classes)]

    class Residual(nn.Module):
        def __init__(self, before, width, stride):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(before, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
            self.shortcut = nn.Identity() if stride == 1 and before == width else nn.Sequential(
                nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

        def forward(self, x):
            return relu(self.body(x) + self.shortcut(x))

    if kind == "mlp":
        layers, before = [], run.rows.shape[1]
        for width, rate in zip(s["widths"], s["dropout"]):
            layers += [nn.Linear(before, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(rate)]
            before = width
        return nn.Sequential(*layers, nn.Linear(before, run.classes))
    channels, height, width = (run.picture[k] for k in ("channels", "height", "width"))
    start = nn.Unflatten(1, (channels, height, width))
    if kind == "resnet34":
        before = s["widths"][0]
        layers = [nn.Conv2d(channels, before, 2, 2, 3, bias=False), nn.BatchNorm2d(before), nn.ReLU(), nn.MaxPool2d(2)]
        for wide in s["widths"]:
            layers += [Residual(before, wide, 1), Residual(wide, wide, 2)]
            before = wide
        body = nn.Sequential(start, *layers, nn.AvgPool2d(2), nn.Flatten())
    else:
        layers, before = [], channels
        for filters in s["filters"]:
            layers += [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters),
                       nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(filters),
                       nn.MaxPool2d(2), nn.Dropout2d(s["dropout"])]
            before = filters
        ending = [nn.AdaptiveAvgPool2d(1), nn.Flatten()] if s["pooling"] == "global" else [nn.Flatten()]
        body = nn.Sequential(start, *layers, *ending)
    import torch
    with torch.no_grad():
        inputs = body.eval()(torch.zeros(1, channels * height * width)).shape[1]
    return nn.Sequential(body, *head(inputs, s.get("head_dropout", s["dropout"])))


def train(kind, s, run, seed):
    """The test accuracy of the epoch that is best on the validation rows."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    net = network(kind, s, run)
    for module in net.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    x, y = torch.from_numpy(run.rows), torch.from_numpy(run.labels)
    optimiser = torch.optim.Adam(net.parameters(), lr=s["learning_rate"], weight_decay=s["l2"])
    loss, training = nn.CrossEntropyLoss(), torch.tensor(run.training)

    def accuracy(rows):
        net.eval()
        with torch.no_grad():
            right = [(net(x[part]).argmax(1) == y[part]).float() for part in torch.tensor(rows).split(256)]
        return torch.cat(right).mean().item()

    best, kept, stalled, plateau = -1.0, None, 0, 0
    for epoch in range(s["epochs"]):
        if s["schedule"] == "step" and any(int(a * s["epochs"] if a < 1 else a) == epoch for a in s["step_after"]):
            optimiser.param_groups[0]["lr"] *= s["step_factor"]
        net.train()
        batches = list(training[torch.randperm(len(training))].split(s["batch"]))
        if len(batches) > 1 and len(batches[-1]) == 1:
            batches[-2:] = [torch.cat(batches[-2:])]
        for batch in batches:
            optimiser.zero_grad()
            loss(net(x[batch]), y[batch]).backward()
            optimiser.step()
        now = accuracy(run.validation)
        if now > best:
            best, kept, stalled, plateau = now, {k: v.clone() for k, v in net.state_dict().items()}, 0, 0
        else:
            stalled, plateau = stalled + 1, plateau + 1
        if s["schedule"] == "plateau" and plateau >= s["plateau_patience"]:
            optimiser.param_groups[0]["lr"] *= s["plateau_factor"]
            plateau = 0
        if s["patience"] and stalled >= s["patience"]:
            break
    net.load_state_dict(kept)
    return accuracy(run.test)


def error(values):
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("run")
    parser.add_argument("--model")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out")
    parser.add_argument("--from", dest="earlier")
    options = parser.parse_args()
    run, results = Run(options.run), json.loads(Path(options.earlier).read_text()) if options.earlier else {}
    for name, kind, settings in run.models():
        if options.model and name != options.model:
            continue
        if name not in results:
            import torch
            torch.set_num_threads(options.threads)
            results[name] = []
            for seed in range(options.seeds):
                results[name].append(train(kind, settings, run, seed))
                print(f"{name}, seed {seed}: {results[name][-1]:.4f}", flush=True)
                if options.out:
                    Path(options.out).write_text(json.dumps(results))
        theirs = results[name]
        ours = run.own(name) if (run.folder / "tables" / "predictions.csv").exists() else []
        if not ours:
            print(f"{name}: PyTorch {np.mean(theirs):.4f} ± {error(theirs):.4f} ({len(theirs)} seeds); none of ours")
            continue
        difference = np.mean(ours) - np.mean(theirs)
        spread = float(np.hypot(error(ours), error(theirs)))
        print(f"{name}: ours {np.mean(ours):.4f} ± {error(ours):.4f} ({len(ours)} seeds), PyTorch {np.mean(theirs):.4f} "
              f"± {error(theirs):.4f} ({len(theirs)}), difference {difference:+.4f} ± {spread:.4f}: "
              f"{'within' if abs(difference) <= 2 * spread else 'BEYOND'} two standard errors, "
              f"{'within' if abs(difference) <= 0.03 else 'BEYOND'} three points")


if __name__ == "__main__":
    main()
