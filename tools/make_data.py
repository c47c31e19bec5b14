#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Recreates the data sets in examples/data from the copies in Debian's python3-sklearn.

    /usr/bin/python3 tools/make_data.py            writes the files
    /usr/bin/python3 tools/make_data.py --check    compares them with what would be written; status 1 if one differs

Every value is copied as the text it is in scikit-learn's file: only the first line (counts and class names) is replaced
by a comment. The compressed file carries no name and no time, so that it can be compared too.
"""
import argparse
import gzip
import importlib.util
import pathlib
import sys

LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"

CELL = ("radius, texture, perimeter, area, smoothness, compactness, concavity, concave points, symmetry, "
        "fractal dimension")

DATA = [
    {
        "file": "digits.csv.gz",
        "source": "digits.csv.gz",
        "shape": (1797, 64),
        "classes": 10,
        "has_header": False,
        "title": "Optical Recognition of Handwritten Digits, the test part (1797 of 5620 images)",
        "from": "E. Alpaydin, C. Kaynak (1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49",
        "features": ["8x8 blocks of an image, row by row from the top left, 0 (paper) to 16 (ink)"],
        "label": "the digit, 0 to 9",
        "changes": "only the format was changed",
    },
    {
        "file": "iris.csv",
        "source": "iris.csv",
        "shape": (150, 4),
        "classes": 3,
        "has_header": True,
        "title": "Iris",
        "from": "R. A. Fisher (1936), UCI Machine Learning Repository, https://doi.org/10.24432/C56C76",
        "features": ["sepal length, sepal width, petal length, petal width, in cm"],
        "label": "0 setosa, 1 versicolor, 2 virginica",
        "changes": "format; samples 35 and 38 are as Fisher printed them, as in scikit-learn and R (UCI's differ)",
    },
    {
        "file": "wine.csv",
        "source": "wine_data.csv",
        "shape": (178, 13),
        "classes": 3,
        "has_header": True,
        "title": "Wine",
        "from": "S. Aeberhard, M. Forina (1991), UCI Machine Learning Repository, https://doi.org/10.24432/C5PC7J",
        "features": ["alcohol, malic acid, ash, alcalinity of ash, magnesium, total phenols, flavanoids,",
                     "nonflavanoid phenols, proanthocyanins, color intensity, hue, OD280/OD315 of diluted wines,",
                     "proline"],
        "label": "the cultivator, 0 to 2 (UCI: 1 to 3, first column)",
        "changes": "only the format was changed",
    },
    {
        "file": "breast_cancer.csv",
        "source": "breast_cancer.csv",
        "shape": (569, 30),
        "classes": 2,
        "has_header": True,
        "title": "Breast Cancer Wisconsin (Diagnostic)",
        "from": "W. Wolberg, O. Mangasarian, N. Street, W. Street (1993), UCI Machine Learning Repository, "
                "https://doi.org/10.24432/C5DW2B",
        "features": ["mean (1 to 10), standard error (11 to 20), mean of the three largest (21 to 30)",
                     "over the cell nuclei in an image of:", CELL],
        "label": "0 malignant, 1 benign (UCI: M, B, second column)",
        "changes": "only the format was changed; the patients' numbers are left out",
    },
]


def table(data, folder):
    """The data set as the bytes of an uncompressed file; stops on anything unexpected in the source."""
    raw = (folder / data["source"]).read_bytes()
    text = (gzip.decompress(raw) if data["source"].endswith(".gz") else raw).decode("ascii")
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    if data["has_header"]:
        rows = rows[1:]
    count, features = data["shape"]
    if len(rows) != count:
        sys.exit(f"{data['source']}: expected {count} rows, found {len(rows)}")
    seen = set()
    for number, row in enumerate(rows, 1):
        fields = row.split(",")
        if len(fields) != features + 1:
            sys.exit(f"{data['source']}: row {number}: expected {features + 1} columns, found {len(fields)}")
        for field in fields[:-1]:
            float(field)
        seen.add(int(fields[-1]))
    if seen != set(range(data["classes"])):
        sys.exit(f"{data['source']}: expected the labels 0 to {data['classes'] - 1}, found {sorted(seen)}")
    header = [f"{data['title']}: {count} samples, {features} features, {data['classes']} classes",
              f"source: {data['from']}",
              "        by way of scikit-learn (sklearn/datasets/data), written by tools/make_data.py",
              f"licence: {LICENCE}",
              f"changes: {data['changes']}",
              f"features: {data['features'][0]}"]
    header += [f"          {line}" for line in data["features"][1:]]
    header += [f"last column: {data['label']}"]
    return ("".join(f"# {line}\n" for line in header) + "".join(f"{row}\n" for row in rows)).encode("ascii")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()

    package = importlib.util.find_spec("sklearn")
    if package is None:
        sys.exit("scikit-learn is missing: apt-get install python3-sklearn, and run with /usr/bin/python3")
    source = pathlib.Path(package.origin).parent / "datasets" / "data"
    target = pathlib.Path(__file__).resolve().parent.parent / "examples" / "data"

    different = []
    for data in DATA:
        wanted, path = table(data, source), target / data["file"]
        if options.check:
            # Compare what is inside: compressors differ in how they pack the same text.
            found = path.read_bytes() if path.exists() else None
            if found is not None and path.suffix == ".gz":
                found = gzip.decompress(found)
            if found != wanted:
                different.append(data["file"])
        else:
            path.write_bytes(gzip.compress(wanted, 9, mtime=0) if path.suffix == ".gz" else wanted)
            print(f"{data['file']}: {path.stat().st_size} bytes ({len(wanted)} uncompressed)")
    if different:
        sys.exit("differ or are missing: " + ", ".join(different))


if __name__ == "__main__":
    main()
