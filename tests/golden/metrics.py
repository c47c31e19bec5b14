# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#
# Besides torch this needs Debian 12's python3-sklearn (1.2.1).
import numpy
import sklearn.metrics as metrics

random = numpy.random.default_rng(7)
h = Header("metrics", "What scikit-learn says of predictions; ECE by its formula in numpy.")
h.source = "scikit-learn 1.2.1"


def table(name, report, keys):
    h.array(name, [report[key][figure] for key in keys for figure in ("precision", "recall", "f1-score", "support")])


# Four classes of five: 3 is never true, 4 neither true nor predicted.
truth = random.choice([0, 1, 2], 60, p=[0.5, 0.3, 0.2])
scores = random.normal(size=(60, 4)) + 1.5 * numpy.eye(4)[truth]
odds = numpy.exp(scores - scores.max(axis=1, keepdims=True))
shares = odds / odds.sum(axis=1, keepdims=True)
predicted = scores.argmax(axis=1)
assert 3 in predicted
h.open("classes")
h.integers("labels", truth)
h.array("scores", scores.reshape(-1).tolist())
h.array("probabilities", shares.reshape(-1).tolist())
h.array("accuracy", [metrics.accuracy_score(truth, predicted)])
h.array("top_k", [metrics.top_k_accuracy_score(truth, scores, k=k, labels=range(4)) for k in (1, 2, 3)])
report = metrics.classification_report(truth, predicted, output_dict=True, zero_division=0)
table("figures", report, ["0", "1", "2", "3", "macro avg", "weighted avg"])
micro = metrics.precision_recall_fscore_support(truth, predicted, average="micro")
h.array("micro", micro[:3])
h.array("log_loss", [metrics.log_loss(truth, shares, labels=range(4))])
three = shares[:, :3] / shares[:, :3].sum(axis=1, keepdims=True)
h.array("three", three.reshape(-1).tolist())
h.array("roc_auc", [metrics.roc_auc_score(truth, three, multi_class="ovr")])


def ece(labels, rows, bins):
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == labels
    total = 0.0
    for m in range(bins):
        inside = (confidence > m / bins) & (confidence <= (m + 1) / bins)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


h.array("ece", [ece(truth, shares, bins) for bins in (5, 10, 15)])
h.close("classes")

# Two classes, with scores that are equal.
truth = random.integers(0, 2, 40)
scores = numpy.round(random.normal(size=40) + truth, 1)
chance = 1 / (1 + numpy.exp(-scores))
h.open("two")
h.integers("labels", truth)
h.array("scores", scores)
h.array("probabilities", chance)
fpr, tpr, thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
h.array("fpr", fpr)
h.array("tpr", tpr)
h.array("roc_thresholds", thresholds[1:])  # the first is infinite from 1.3 on
h.array("auc", [metrics.roc_auc_score(truth, scores)])
precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
h.array("precision", precision)
h.array("recall", recall)
h.array("thresholds", thresholds)
h.array("average_precision", [metrics.average_precision_score(truth, scores)])
h.array("log_loss", [metrics.log_loss(truth, chance)])
h.close("two")

# Numbers.
truth = random.normal(size=(30, 2)) * [1, 3] + [0, 5]
guess = truth + random.normal(size=(30, 2))
h.open("numbers")
h.array("targets", truth.reshape(-1).tolist())
h.array("outputs", guess.reshape(-1).tolist())
h.array("mse", [metrics.mean_squared_error(truth, guess)])
h.array("mae", [metrics.mean_absolute_error(truth, guess)])
h.array("r2", [metrics.r2_score(truth, guess)])
h.array("r2_of_first", [metrics.r2_score(truth[:, 0], guess[:, 0])])
h.array("esr", [((truth - guess) ** 2).sum() / (truth ** 2).sum()])
h.close("numbers")
h.write()
