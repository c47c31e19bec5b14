# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#
# Besides torch this needs Debian 12's python3-sklearn (1.2.1).
import numpy
from sklearn.model_selection import GroupKFold, TimeSeriesSplit

h = Header("splits", "Splits that no chance decides.")
h.source = "scikit-learn 1.2.1"
random = numpy.random.default_rng(3)
groups = random.choice(8, 50, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])


def parts(splitter, count, **arguments):
    part = numpy.full(count, -1)
    trains = []
    for i, (train, test) in enumerate(splitter.split(numpy.zeros((count, 1)), **arguments)):
        part[test] = i
        trains.append(len(train))
    return part, trains


h.integers("groups", groups)
h.integers("group_parts", parts(GroupKFold(3), 50, groups=groups)[0])
for name, splitter in (("series", TimeSeriesSplit(4)), ("series_with_gap", TimeSeriesSplit(4, gap=2))):
    part, trains = parts(splitter, 23)
    h.integers(name, part)
    h.integers(name + "_trains", trains)
h.write()
