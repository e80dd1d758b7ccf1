#!/usr/bin/env python3
"""hits.py: the best valid test of counted hits, with and without lots, for docs/truth.md.

    test/venv/install.sh stat && .cache/venv/stat/bin/python bench/simulate/hits.py N_HEAD N_BASE ACCURACY

What `simulate` compares with (best.go) is the best test against a single truth at the bound. Here are all of them at
once: a linear programme over all counts, which may draw lots where counts just do not fit; and the same with whole
numbers, for tests that say the same of the same counts. More hits of head and fewer of base never make either worse.
"""
import sys

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import binom

ALPHA, ALLOWED, LEFT_OUT = 0.05, 0.01, 1e-7


def best(n, m, p, drop, lots):
    misses = lambda n, p: np.arange(int(min(n, n * (1 - p) + 7 * np.sqrt(n * (1 - p)) + 8)) + 1)
    h, b = misses(n, p - drop), misses(m, p)
    law = lambda head, base: np.outer(binom.pmf(h, n, 1 - head), binom.pmf(b, m, 1 - base))
    truth = law(p - drop, p)
    keep = truth > LEFT_OUT
    at = np.full(truth.shape, -1)
    at[keep] = np.arange(keep.sum())
    near = 1 - np.concatenate([np.geomspace(1e-6, 9e-4, 8), np.linspace(0.001, 0.1, 160)])
    null = np.array([law(q - ALLOWED, q)[keep] for q in near])
    pairs = [(at[i, j], at[k, l]) for i, j in np.argwhere(keep) for k, l in ((i + 1, j), (i, j - 1))
             if 0 <= l and k < len(h) and at[k, l] >= 0]
    less, more = np.array(pairs if drop > ALLOWED else [(y, x) for x, y in pairs]).T
    rows = np.arange(len(pairs))
    order = sparse.csr_matrix((np.repeat([1.0, -1.0], len(pairs)), (np.tile(rows, 2), np.concatenate([less, more]))), (len(pairs), keep.sum()))
    found = milp(-truth[keep], bounds=Bounds(0, 1), integrality=np.full(keep.sum(), 0 if lots else 1),
                 constraints=[LinearConstraint(null, -np.inf, ALPHA), LinearConstraint(order, -np.inf, 0)], options={"mip_rel_gap": 0.002, "time_limit": 60})
    return 100 * -found.fun


n, m, p = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
for drop in (0, 0.002, 0.03):
    print(f"{n} against {m} at {p}, a drop of {drop}: {best(n, m, p, drop, True):.1f} with lots, {best(n, m, p, drop, False):.1f} without", flush=True)
