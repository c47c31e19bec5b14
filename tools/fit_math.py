#!/usr/bin/python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Derives every fitted coefficient in include/inlay/core/math.hpp.

    /usr/bin/python3 tools/fit_math.py [name ...]        # prints them, lowest order first, with the error reached

Each fit is a Remez exchange in 50-digit arithmetic: on n + 1 reference points the weighted error is made to alternate
with equal height, then the references move to the extrema, until the two heights agree. Coefficients are then rounded
to the target format one at a time, lowest order first, and the remaining ones are fitted again with the rounded ones
held fixed; the last coefficients, which matter least, absorb the rounding errors of the first.
Method: E. Remez, Comptes rendus 199 (1934); J.-M. Muller, Elementary Functions, chapter 3.
"""
import sys

import numpy as np
from mpmath import mp, mpf

mp.dps = 50
FORMATS = {"float": np.float32, "double": np.float64}


def rounded(value, kind):
    """Nearest number of the format. float goes straight from 50 digits, so that it is rounded once."""
    return mpf(float(np.float32(mp.nstr(value, 40)))) if kind == "float" else mpf(float(value))


def chebyshev_points(low, high, count=600):
    low, high = mpf(low), mpf(high)
    return [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * count)) for k in range(count)]


def squares(high, count=600):
    """z = x^2 for 0 < x < high."""
    return [((1 - mp.cos(mp.pi * (2 * k + 1) / (4 * count))) * mpf(high)) ** 2 for k in range(count)]


class Samples:
    """Target, weight and basis on a fixed grid: the exchange picks its references among the grid points."""

    def __init__(self, target, weight, basis, points):
        self.x = points
        self.f = [target(x) for x in self.x]
        self.w = [weight(x) for x in self.x]
        self.phi = [[b(x) for b in basis] for x in self.x]


def extrema(error, wanted):
    """Indices of `wanted` alternating extrema of a sampled error, the largest ones."""
    picks = []
    for i, e in enumerate(error):
        if picks and (error[picks[-1]] > 0) == (e > 0):
            if abs(e) > abs(error[picks[-1]]):
                picks[-1] = i
        else:
            picks.append(i)
    while len(picks) > wanted:
        if len(picks) == wanted + 1:
            picks.pop(0 if abs(error[picks[0]]) < abs(error[picks[-1]]) else -1)
        else:  # dropping an inner pair keeps the alternation
            k = min(range(len(picks) - 1), key=lambda i: max(abs(error[picks[i]]), abs(error[picks[i + 1]])))
            del picks[k:k + 2]
    return picks


def remez(s, target):
    """min over c of max |w (target - sum c_k phi_k)| on the grid of s. Returns (c, height)."""
    terms = len(s.phi[0])
    picks = [int((k + 0.5) * len(s.x) / (terms + 1)) for k in range(terms + 1)]
    best = None
    for _ in range(60):
        matrix, right = mp.matrix(terms + 1, terms + 1), mp.matrix(terms + 1, 1)
        for row, i in enumerate(picks):
            for k in range(terms):
                matrix[row, k] = s.phi[i][k]
            matrix[row, terms] = (-1) ** row / s.w[i]
            right[row] = target[i]
        solution = mp.lu_solve(matrix, right)
        c, level = list(solution)[:terms], abs(solution[terms])
        error = [w * (t - mp.fdot(c, p)) for w, t, p in zip(s.w, target, s.phi)]
        height = max(abs(e) for e in error)
        if best is None or height < best[1]:
            best = c, height
        fresh = extrema(error, terms + 1)
        if height <= level * (1 + mpf(10) ** -4) or len(fresh) < terms + 1 or fresh == picks:
            break
        picks = fresh
    return best


def fit(target, weight, basis, points, kind):
    """Polynomial-like fit with the coefficients rounded one after the other."""
    s = Samples(target, weight, basis, points)
    rest, done = list(s.f), []
    c, ideal = remez(s, rest)
    plain = [rounded(v, kind) for v in c]
    plain_height = max(abs(w * (t - mp.fdot(plain, p))) for w, t, p in zip(s.w, rest, s.phi))
    while s.phi[0]:
        c, _ = remez(s, rest)
        done.append(rounded(c[0], kind))
        rest = [t - done[-1] * p[0] for t, p in zip(rest, s.phi)]
        s.phi = [p[1:] for p in s.phi]
    height = max(abs(w * t) for w, t in zip(s.w, rest))
    return (done, ideal, height) if height < plain_height else (plain, ideal, plain_height)


def powers(first, last, step=1):
    return [lambda x, k=k: x ** k for k in range(first, last + 1, step)]


def first_references(x, f, w, numerator, denominator, wanted):
    """Extrema and denominator of a rational fit in double precision: least squares on the linearised problem,
    reweighted by the error (Lawson 1961; Sanathanan and Koerner 1963). The exchange below does not converge from a
    poorer start."""
    x, f, w = (np.array([float(v) for v in a]) for a in (x, f, w))
    t = 2 * (x - x[0]) / (x[-1] - x[0]) - 1
    top = np.polynomial.chebyshev.chebvander(t, numerator)
    bottom = np.polynomial.chebyshev.chebvander(t, denominator)
    scale, lawson, best = np.ones_like(x), np.ones_like(x), None
    for step in range(300):
        matrix = np.hstack([top, -f[:, None] * bottom]) * (np.sqrt(lawson) * w / scale)[:, None]
        v = np.linalg.svd(matrix, full_matrices=False)[2][-1]
        p, q = top @ v[:numerator + 1], bottom @ v[numerator + 1:]
        scale = np.abs(q) / np.abs(q).max()
        error = (p / q - f) * w
        height = np.abs(error).max()
        picks = extrema(list(error), wanted)
        if len(picks) == wanted and (best is None or height < best[0]):
            best = height, picks, q / q[0]
        if step > 10:
            lawson = lawson * (np.abs(error) + 1e-3 * height)
            lawson /= lawson.sum()
    return best[1], [mpf(float(v)) for v in best[2]]


def fit_rational(target, weight, points, numerator, denominator, kind, p0=None):
    """P/Q with Q(0) = 1, and P(0) = p0 when it is given: the exchange on the linearised equations
    P - (f + (-1)^i level / w) Q = 0, solved by Newton's method. Q is then rounded and P fitted again to f Q."""
    x = points
    f, w = [target(v) for v in x], [weight(v) for v in x]
    first = 0 if p0 is None else 1
    fixed = mpf(0) if p0 is None else mpf(p0)
    terms = numerator + 1 - first + denominator
    picks, bottom = first_references(x, f, w, numerator, denominator, terms + 1)
    level, best = mpf(0), None
    for _ in range(60):
        for _ in range(30):
            matrix, right = mp.matrix(terms + 1, terms + 1), mp.matrix(terms + 1, 1)
            for row, i in enumerate(picks):
                sign = (-1) ** row / w[i]
                column = 0
                for k in range(first, numerator + 1):
                    matrix[row, column] = x[i] ** k
                    column += 1
                for k in range(1, denominator + 1):
                    matrix[row, column] = -(f[i] + sign * level) * x[i] ** k
                    column += 1
                matrix[row, column] = -sign * bottom[i]
                right[row] = f[i] + sign * level - fixed - sign * level * bottom[i]
            solution = mp.lu_solve(matrix, right)
            before, level = level, solution[terms]
            q = [mpf(1)] + list(solution)[numerator + 1 - first:terms]
            bottom = [mp.polyval(q[::-1], v) for v in x]
            if abs(level - before) <= abs(level) * mpf(10) ** -8:
                break
        p = ([] if p0 is None else [fixed]) + list(solution)[:numerator + 1 - first]
        error = [wi * (mp.polyval(p[::-1], v) / mp.polyval(q[::-1], v) - t) for v, t, wi in zip(x, f, w)]
        height = max(abs(e) for e in error)
        fresh = extrema(error, terms + 1)
        if best is None or height < best[0]:
            best = height, p, q
        if height <= abs(level) * (1 + mpf(10) ** -3) or len(fresh) < terms + 1 or fresh == picks:
            break
        picks = fresh
    ideal, p, q = best
    q = [rounded(c, kind) for c in q]
    rounded_q = lambda v: mp.polyval(q[::-1], v)
    p, _, height = fit(lambda v: target(v) * rounded_q(v) - fixed, lambda v: weight(v) / rounded_q(v),
                       powers(first, numerator), points, kind)
    return ([] if p0 is None else [fixed]) + p, q, ideal, height


def show(name, kind, result):
    coefficients, ideal, height = result
    suffix = "f" if kind == "float" else ""
    text = [repr(float(c)) if kind == "double" else str(np.float32(float(c))) for c in coefficients]
    text = [t if "." in t or "e" in t else t + ".0" for t in text]
    note = ""
    if ideal is not None:
        note = f"   error 2^{mp.nstr(mp.log(ideal, 2), 4)}, rounded 2^{mp.nstr(mp.log(height, 2), 4)}"
    print(f"{name} ({kind}){note}\n    " + ", ".join(t + suffix for t in text), flush=True)


# ---------------------------------------------------------------------------------------------------------- the fits

def split(value, bits, kind):
    """value = high + low, high with so few bits that its product with an exponent is exact."""
    scale = mpf(2) ** (bits - 1 - mp.floor(mp.log(value, 2)))
    high = mp.nint(value * scale) / scale
    return [high, rounded(value - high, kind)]


def constants(kind):
    show("ln2 high, low", kind, (split(mp.log(2), 15 if kind == "float" else 41, kind), None, None))
    show("log2(e)", kind, ([rounded(1 / mp.log(2), kind)], None, None))


def exp(kind):
    # (e^r - 1 - r) / r^2, the error relative to e^r - 1: one polynomial for exp and expm1
    def target(r):
        return (mp.expm1(r) - r) / r ** 2
    half = mp.log(2) / 2 * mpf("1.001")
    degree = 4 if kind == "float" else 10
    show("exp", kind, fit(target, lambda r: r * r / abs(mp.expm1(r)), powers(0, degree), chebyshev_points(-half, half),
                          kind))


def log(kind):
    if kind == "float":
        # (log(1 + f) - f + f^2 / 2) / f^3 on |f| <= 1/3, the error relative to log(1 + f)
        def target(f):
            return (mp.log1p(f) - f + f * f / 2) / f ** 3
        third = mpf(1) / 3
        show("log", kind, fit(target, lambda f: abs(f ** 3 / mp.log1p(f)), powers(0, 7),
                              chebyshev_points(-third, third), kind))
    else:
        # log((1 + s) / (1 - s)) = 2 s + s R(s^2), z = s^2: R(z) = 2 atanh(s) / s - 2; R / z is fitted
        def target(z):
            s = mp.sqrt(z)
            return (2 * mp.atanh(s) / s - 2) / z
        top = (3 - 2 * mp.sqrt(mpf(2))) * mpf("1.0001")
        show("log", kind, fit(target, lambda z: z / 2, powers(0, 6), squares(top), kind))


def polished(p, q, steps=400000):
    """Simulated annealing of the rounded float coefficients of tanh, the constant ones fixed at 1: rounding them one by
    one leaves an error of 0.65 units in the last place of a result near 1. Near saturation, where the evaluation rounds
    worst, the error weighs most."""
    random = np.random.default_rng(5)
    x = np.cos(np.pi * (np.arange(3000) + 0.5) / 6000) * 9.02
    z, exact, weight = x * x, np.tanh(x), np.where(x > 2.5, 1.0, 0.7)

    def relative(c):
        return x * np.polyval(np.array(c[0][::-1], float), z) / np.polyval(np.array(c[1][::-1], float), z) / exact - 1

    def cost(c):
        return np.abs(relative(c) * weight).max() * 2 ** 24

    now = [[np.float32(float(v)) for v in c] for c in (p, q)]
    now_cost = cost(now)
    best, best_cost = now, now_cost
    for step in range(steps):
        trial = [list(c) for c in now]
        for _ in range(random.integers(1, 5)):
            c, k = trial[random.integers(0, 2)], random.integers(1, 5)
            c[k] = np.float32(c[k] + int(random.integers(-9, 10)) * np.spacing(c[k]))
        trial_cost = cost(trial)
        if trial_cost < now_cost or random.random() < np.exp((now_cost - trial_cost) / (0.05 * (1 - step / steps))):
            now, now_cost = trial, trial_cost
        if now_cost < best_cost:
            best, best_cost = now, now_cost
    return *best, mpf(np.abs(relative(best)).max())


def tanh(kind):
    if kind == "float":
        # tanh(x) / x = P(z) / Q(z), z = x^2
        def target(z):
            x = mp.sqrt(z)
            return mp.tanh(x) / x
        p, q, ideal, height = fit_rational(target, lambda z: 1 / target(z), squares("9.02"), 4, 4, kind)
        p, q, height = polished(p, q)
        show("tanh numerator", kind, (p, ideal, height))
        show("tanh denominator", kind, (q, None, None))
    # tanh(x) = x + x z P(z) / Q(z) up to |x| = 0.65
    def small(z):
        x = mp.sqrt(z)
        return (mp.tanh(x) / x - 1) / z
    degrees = (1, 1) if kind == "float" else (2, 3)
    p, q, ideal, height = fit_rational(small, lambda z: z * mp.sqrt(z) / mp.tanh(mp.sqrt(z)), squares("0.65"), *degrees,
                                       kind)
    show("tanh_precise numerator", kind, (p, ideal, height))
    show("tanh_precise denominator", kind, (q, None, None))


def erf(kind):
    # erf(x) = x + x P(z), |x| <= 1;  log(erfc(x)) = P(x) for 1 <= x <= top, the error weighted by erfc
    def small(z):
        x = mp.sqrt(z)
        return mp.erf(x) / x - 1
    def large(x):
        return mp.log(mp.erfc(x))
    degree, degree_large, top = (6, 6, "3.95") if kind == "float" else (12, 17, "5.93")
    show("erf small", kind, fit(small, lambda z: 1 / (small(z) + 1), powers(0, degree), squares(1), kind))
    show("erf large", kind, fit(large, lambda x: mp.erfc(x) / mp.erf(x), powers(0, degree_large),
                                chebyshev_points(1, top, 800), kind))


if __name__ == "__main__":
    names = sys.argv[1:] or ["constants", "exp", "log", "tanh", "erf"]
    for name in names:
        for kind in FORMATS:
            globals()[name](kind)
