#!/usr/bin/env python3
"""Least squares of ln c and ln t on the terms of drr/cohort/strength.h: prints the two tables of strength.c and the
relative error left.   fit.py TABLE.tsv"""
import csv
import math
import sys


def solve(a, b):
    n = len(b)
    a = [row[:] + [b[i]] for i, row in enumerate(a)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[pivot] = a[pivot], a[i]
        for r in range(n):
            if r != i:
                factor = a[r][i] / a[i][i]
                a[r] = [x - factor * y for x, y in zip(a[r], a[i])]
    return [a[i][n] / a[i][i] for i in range(n)]


def fit(rows, y):
    n = len(rows[0])
    normal = [[sum(r[i] * r[j] for r in rows) + (1e-9 if i == j else 0) for j in range(n)] for i in range(n)]
    beta = solve(normal, [sum(r[i] * v for r, v in zip(rows, y)) for i in range(n)])
    left = [v - sum(b * x for b, x in zip(beta, r)) for r, v in zip(rows, y)]
    return beta, math.sqrt(sum(e * e for e in left) / (len(y) - n))


def main():
    with open(sys.argv[1]) as f:
        table = list(csv.DictReader(f, delimiter="\t"))
    terms = sorted((k for k in table[0] if k[0] == "x" and k[1:].isdigit()), key=lambda k: int(k[1:]))
    rows = [[float(r[k]) for k in terms] for r in table]
    for name, column in (("cortical", "c_total"), ("trabecular", "t_total")):
        beta, error = fit(rows, [math.log(float(r[column])) for r in table])
        print("%s: { %s }  error %.4f" % (name, ", ".join("%.4f" % b for b in beta), error))


if __name__ == "__main__":
    main()
