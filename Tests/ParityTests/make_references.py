"""Records what scikit-learn gives on the tables and splits of the parity tests.

usage: make_references.py FEATURES_30_SEC.csv SPLIT_30_SEC.json UCI_FOLDER OUT_FOLDER

Needs scikit-learn 1.9, pandas and scipy. Writes one JSON file a table: the split, and for every cell
the trials' validation accuracy, the winner's test accuracy, which fits stopped unconverged, and for
cells with chance the test accuracy of ten seeds.
"""
import json, sys, warnings
import numpy as np, pandas as pd
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import f_classif
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score, roc_auc_score, top_k_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

features, split, uci, out = sys.argv[1:5]
SEEDS = range(10)


def transform(name, seed, train, *others):
    if name == "none":
        return (train,) + others
    if name == "pca":
        p = PCA(.95).fit(train)
        return tuple(p.transform(x) for x in (train,) + others)
    if name == "rbf":
        # At most as many centres as distinct rows; then each of them is one.
        distinct = np.unique(train, axis=0)
        k = min(200, len(distinct))
        centres = KMeans(k, random_state=seed).fit(train).cluster_centers_ if k == 200 else distinct
        return tuple(np.exp(-.025 * cdist(x, centres, "sqeuclidean")) for x in (train,) + others)
    p = PolynomialFeatures(2).fit(train)
    return tuple(p.transform(x) for x in (train,) + others)


def grid(model, seed):
    cs, depths = (.01, .1, 1, 10, 100), (1, 3, 5, 10, 20, None)
    return {
        "logistic": lambda: [LogisticRegression(C=c, max_iter=2000) for c in cs],
        "svm": lambda: [SVC(C=c, kernel="linear") for c in cs],
        "svm-rbf": lambda: [SVC(C=c, kernel="rbf") for c in (.1, 1, 10, 100)],
        "svm-polynomial": lambda: [SVC(C=c, kernel="poly") for c in (.1, 1, 10, 100)],
        "perceptron": lambda: [Perceptron(eta0=e, max_iter=1000, tol=1e-3, random_state=seed) for e in (1e-4, 1e-3, .01, .1, 1)],
        "ridge": lambda: [RidgeClassifier(alpha=a) for a in (100, 10, 1, .1, .01)],
        "tree": lambda: [DecisionTreeClassifier(max_depth=d, random_state=seed) for d in depths],
        "forest": lambda: [RandomForestClassifier(n, max_depth=d, random_state=seed) for n in (10, 50, 100, 200) for d in (3, 5, 10, None)],
        "knn": lambda: [KNeighborsClassifier(k, weights=w) for k in (1, 3, 5, 7, 10) for w in ("uniform", "distance")],
    }[model]()


def objective(model, x, y):
    """½‖W‖² + C·Σ log loss, what logistic regression minimises."""
    return float(.5 * (model.coef_ ** 2).sum() + model.C * log_loss(y, model.predict_proba(x), normalize=False, labels=model.classes_))


def cell(transformation, model, seed, parts):
    (x, y), (xv, yv), (xt, yt) = parts
    x, xv, xt = transform(transformation, seed, x, xv, xt)
    trials, best, chosen, unconverged, objectives = [], -1, 0, [], []
    for i, m in enumerate(grid(model, seed)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            m.fit(x, y)
        if any(issubclass(w.category, ConvergenceWarning) for w in caught):
            unconverged.append(i)
        if model == "logistic":
            objectives.append(objective(m, x, y))
        right = int((m.predict(xv) == yv).sum())
        trials.append(right)
        if right > best:
            best, chosen, winner = right, i, m
    result = dict(validation=trials, chosen=chosen, test=int((winner.predict(xt) == yt).sum()), dimensions=x.shape[1])
    if unconverged:
        result["unconverged"] = unconverged
    if objectives:
        result["objectives"] = objectives
    return result


def record(name, x, y, split, models, chance_cells=True):
    train, validation, test = (np.array(sorted(split[k])) for k in ("train", "validation", "test"))
    scaled = MinMaxScaler().fit(x[train]).transform(x)
    parts = [(scaled[r], y[r]) for r in (train, validation, test)]
    reference = dict(split={k: sorted(int(i) for i in split[k]) for k in split}, cells={}, chance={})
    for transformation in ("none", "pca", "rbf", "polynomial"):
        for model in models:
            key = f"{transformation}+{model}"
            if transformation == "rbf" or model in ("perceptron", "tree", "forest"):
                if not chance_cells:
                    continue
                runs = [cell(transformation, model, s, parts) for s in SEEDS]
                reference["chance"][key] = [r["test"] for r in runs]
                if model == "logistic":
                    reference["cells"][key] = dict(unconverged=[r.get("unconverged", []) for r in runs])
            else:
                reference["cells"][key] = cell(transformation, model, 0, parts)
            print(name, key, reference["chance"].get(key) or reference["cells"].get(key), flush=True)
    # Some elements of the transformed training rows, and the selection's F.
    few = [0, 1, len(train) // 2, len(train) - 1]
    for transformation in ("pca", "polynomial"):
        t = transform(transformation, 0, parts[0][0])[0]
        columns = list(range(0, t.shape[1], max(1, t.shape[1] // 40)))
        reference[transformation] = dict(rows=few, columns=columns, values=[[float(v) for v in t[r, columns]] for r in few])
    with np.errstate(all="ignore"):
        reference["f"] = [None if np.isnan(v) else float(v) for v in f_classif(*parts[0])[0]]
    json.dump(reference, open(f"{out}/{name}.json", "w"), indent=0)


def uci_table(file, header):
    frame = pd.read_csv(f"{uci}/{file}", header=None, skiprows=header)
    return frame.values[:, :-1].astype(float), frame.values[:, -1].astype(int)


def recorded_split(n, y):
    train, rest = train_test_split(np.arange(n), test_size=.3, random_state=42, stratify=y)
    validation, test = train_test_split(rest, test_size=.5, random_state=42, stratify=y[rest])
    return dict(train=train.tolist(), validation=validation.tolist(), test=test.tolist())


def measures(y, p, classes):
    """The measures on the same single-precision probabilities, as our tables have them."""
    q = p.astype(np.float32)
    predicted = q.argmax(1)
    result = dict(
        accuracy=float((predicted == y).mean()),
        balanced_accuracy=float(recall_score(y, predicted, average="macro")),
        precision_macro=float(precision_score(y, predicted, average="macro", zero_division=0)),
        f1_macro=float(f1_score(y, predicted, average="macro")),
        f1_weighted=float(f1_score(y, predicted, average="weighted")),
        # In double precision, clipped as single precision is: what is smaller than 2^-23 counts as that.
        log_loss=float(log_loss(y, np.maximum(q.astype(np.float64), 2.0 ** -23), labels=range(classes))))
    if classes > 2:
        result["auc_macro"] = float(np.mean([roc_auc_score(y == c, q[:, c]) for c in range(classes)]))
    else:
        result["auc_macro"] = float(roc_auc_score(y, q[:, 1]))
    if classes > 3:
        result["top3_accuracy"] = float(top_k_accuracy_score(y, q, k=3, labels=range(classes)))
    return result


def record_measures():
    rng = np.random.default_rng(7)
    cases = []
    for classes, rows, sharpness in ((10, 60, 3.0), (10, 60, 12.0), (4, 40, 1.0), (2, 50, 2.0)):
        y = np.r_[np.arange(classes), rng.integers(0, classes, rows - classes)]
        scores = rng.normal(size=(rows, classes)) * sharpness
        scores[np.arange(rows), y] += sharpness * (rng.random(rows) < .6)
        p = np.exp(scores - scores.max(1, keepdims=True))
        p = (p / p.sum(1, keepdims=True)).astype(np.float32)
        cases.append(dict(classes=classes, labels=y.tolist(), probabilities=[[float(v) for v in r] for r in p], measures=measures(y, p, classes)))
    json.dump(cases, open(f"{out}/measures.json", "w"))


if __name__ == "__main__":
    models = ["logistic", "svm", "perceptron", "ridge", "tree", "forest", "knn"]
    record_measures()
    for name, file, header in (("wine", "wine_data.csv", 1), ("breast-cancer", "breast_cancer.csv", 1), ("digits", "digits.csv.gz", 0)):
        x, y = uci_table(file, header)
        record(name, x, y, recorded_split(len(x), y), ["logistic", "svm", "svm-rbf", "svm-polynomial", "ridge", "knn"], chance_cells=False)
    frame = pd.read_csv(features)
    x = frame.drop(columns=["filename", "label"]).values.astype(float)
    y = frame["label"].astype("category").cat.codes.values
    record("gtzan-30-sec", x, y, json.load(open(split)), models)
