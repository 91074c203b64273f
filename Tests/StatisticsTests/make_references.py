"""Writes Fixtures/references.json: what SciPy, statsmodels and plain NumPy make of small made-up cases.

Run with SciPy 1.17, statsmodels 0.15 and NumPy 2.4 installed: python make_references.py
"""

import itertools
import json
import pathlib

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20)
out = {}

out["student"] = [
    {"df": df, "t": t, "cdf": stats.t.cdf(t, df), "tail": stats.t.sf(t, df)}
    for df in (1, 2.5, 4, 14, 149) for t in (-3.2, -0.4, 0.0, 0.7, 2.1, 9.5)
]
out["student_quantile"] = [
    {"df": df, "p": p, "t": stats.t.ppf(p, df)}
    for df in (1, 4, 14, 149) for p in (0.01, 0.3, 0.975, 1 - 0.025 / 378)
]
out["normal"] = [
    {"p": p, "z": stats.norm.ppf(p)} for p in (1e-9, 0.025, 0.5, 0.8, 0.975, 1 - 0.025 / 378)
]
out["chi_squared"] = [
    {"df": df, "x": x, "tail": stats.chi2.sf(x, df)}
    for df in (1, 2, 5, 27) for x in (0.001, 0.5, 3.84, 12.0, 40.0, 90.0)
]
out["binomial"] = [
    {"n": n, "p": p, "k": k, "cdf": stats.binom.cdf(k, n, p)}
    for n, p in ((1, 0.5), (24, 0.5), (100, 0.2), (400, 0.5)) for k in (0, 1, n // 3, n // 2, n - 1, n)
]
out["studentized_range"] = [
    {"k": k, "q": q, "cdf": stats.studentized_range.cdf(q, k, np.inf)}
    for k in (2, 3, 5, 10, 28) for q in (0.5, 2.0, 3.3, 5.0)
]
# Demšar 2006, table 5(a): the quantiles divided by √2.
out["nemenyi_demsar"] = [
    {"k": k, "q": q}
    for k, q in zip(range(2, 11), (1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164))
]
out["wilson"] = [
    {"k": k, "n": n, "interval": list(proportion_confint(k, n, method="wilson"))}
    for k, n in ((0, 12), (7, 12), (104, 150), (150, 150), (1999, 2000))
]

out["mcnemar"] = [
    {
        "b": b, "c": c,
        "exact": mcnemar([[30, b], [c, 9]], exact=True).pvalue,
        "asymptotic": mcnemar([[30, b], [c, 9]], exact=False, correction=False).pvalue,
    }
    for b, c in ((1, 0), (5, 5), (3, 11), (20, 4), (12, 13), (30, 14), (60, 41), (200, 260))
]


# Tango's interval by the other way: the likelihood's maximum found numerically, not by its quadratic.
def tango(b, c, n):
    from scipy.optimize import brentq, minimize_scalar

    def deviation(d):
        low, high = max(0, -d) + 1e-12, (1 - d) / 2 - 1e-12
        def loss(q):
            return -(b * np.log(q + d) + c * np.log(q) + (n - b - c) * np.log(1 - 2 * q - d))
        q = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
        return (b - c - n * d) / np.sqrt(n * (2 * q + d - d * d))

    z = stats.norm.ppf(0.975)
    d = (b - c) / n
    return [brentq(lambda x: deviation(x) - z, -1 + 1e-6, d - 1e-9, xtol=1e-12),
            brentq(lambda x: deviation(x) + z, d + 1e-9, 1 - 1e-6, xtol=1e-12)]


out["tango"] = [
    {"b": b, "c": c, "n": n, "interval": tango(b, c, n)}
    for b, c, n in ((3, 1, 30), (12, 4, 50), (9, 40, 200), (1, 1, 25), (130, 90, 1000))
]

families = [rng.random(n) ** 3 for n in (1, 2, 6, 28)] + [np.array([0.01, 0.01, 0.04, 0.03])]
out["holm"] = [
    {"p": list(p), "adjusted": list(multipletests(p, method="holm")[1])} for p in families
]


# Every flip of the signs: of the differences themselves, or of their ranks.
def flips(values):
    values = np.asarray(values, float)
    signs = np.array(list(itertools.product((1, -1), repeat=len(values))))
    return np.mean(np.abs(signs @ values) >= abs(values.sum()) - 1e-9)


out["sign_flips"] = [
    {"d": [int(x) for x in d], "p": flips(d)}
    for d in (
        [1, 1, 1, 1, 1, 1], [3, -1, 0, 2, 2, 5, -4], [0, 0, 0, 0, 0, 0], [2, -2, 4, 6, 8, 0, 2, -4],
        rng.integers(-10, 11, 13), rng.integers(-3, 8, 16), 7 * rng.integers(-2, 4, 14),
    )
]

cases = [
    rng.normal(0.3, 1, 6), rng.normal(0.4, 1, 30), np.round(rng.normal(0.5, 1, 12), 1),
    np.array([0.0, 0.1, -0.1, 0.2, 0.2, 0.3, 0.3, -0.2, 0.4]),
    rng.normal(0.2, 1, 80), np.round(rng.normal(0.2, 1, 70), 1),
]
out["wilcoxon"] = []
for d in cases:
    d = np.asarray(d, float)
    kept = d[np.abs(d) > 1e-12]
    ranks = stats.rankdata(np.abs(kept))
    if len(kept) <= 14:
        exact = flips(np.sign(kept) * ranks)
    elif len(set(ranks)) == len(ranks) and len(kept) <= 50:
        exact = stats.wilcoxon(kept, method="exact").pvalue
    else:
        exact = None
    approximate = stats.wilcoxon(d, zero_method="wilcox", correction=False, method="approx")
    out["wilcoxon"].append({
        "d": list(d), "statistic": approximate.statistic, "exact": exact,
        "approximate": approximate.pvalue,
    })

out["friedman"] = []
for scores in (
    rng.normal(0, 1, (4, 8)), np.round(rng.normal(0, 1, (5, 12)), 0), np.round(rng.random((3, 6)), 1),
    rng.normal(0, 1, (10, 30)) + np.linspace(0, 1, 10)[:, None],
):
    test = stats.friedmanchisquare(*scores)
    ranks = np.mean([stats.rankdata(-column) for column in scores.T], axis=0)
    k, n = scores.shape
    out["friedman"].append({
        "scores": scores.tolist(), "statistic": test.statistic, "p": test.pvalue,
        "ranks": ranks.tolist(),
        "critical_difference": stats.studentized_range.ppf(0.95, k, np.inf)
        / np.sqrt(2) * np.sqrt(k * (k + 1) / (6 * n)),
    })

# Nadeau and Bengio's formula.
out["resampled_t"] = []
for folds, test, training in ((5, 20, 80), (15, 20, 80), (10, 31, 279)):
    first, second = rng.normal(0.8, 0.03, folds), rng.normal(0.77, 0.03, folds)
    d = first - second
    error = np.sqrt(d.var(ddof=1) * (1 / folds + test / training))
    t = d.mean() / error
    half = stats.t.ppf(0.975, folds - 1) * error
    out["resampled_t"].append({
        "first": list(first), "second": list(second), "test": test, "training": training,
        "p": 2 * stats.t.sf(abs(t), folds - 1), "interval": [d.mean() - half, d.mean() + half],
    })

# The cluster-robust standard error of a ratio, and 15 bins of equal count.
rows = rng.integers(3, 12, 20)
d = rng.integers(-3, 6, 20)
total = d.sum() / rows.sum()
out["clustered"] = {
    "d": d.tolist(), "rows": rows.tolist(), "difference": total,
    "error": np.sqrt(20 / 19 * ((d - total * rows) ** 2).sum()) / rows.sum(),
}
probabilities = np.round(rng.dirichlet(np.ones(3), 200), 6).astype(np.float32)
labels = np.array([rng.choice(3, p=p / p.sum()) for p in probabilities.astype(float)])
confidence = probabilities.max(1).astype(float)
correct = probabilities.argmax(1) == labels
order = np.argsort(confidence, kind="stable")
bins = np.array([int((i + 0.5) * 15 / 200) for i in range(200)])
out["calibration"] = {
    "probabilities": [float(x) for x in probabilities.ravel()], "labels": labels.tolist(),
    "brier": float(((probabilities.astype(float) - np.eye(3)[labels]) ** 2).sum(1).mean()),
    "error": float(sum(
        abs(confidence[order[bins == b]].mean() - correct[order[bins == b]].mean()) * (bins == b).sum()
        for b in range(15)) / 200),
}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


folder = pathlib.Path(__file__).parent / "Fixtures"
folder.mkdir(exist_ok=True)
lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(plain(value))}" for key, value in out.items())
(folder / "references.json").write_text("{\n" + lines + "\n}\n")
