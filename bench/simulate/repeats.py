#!/usr/bin/env python3
"""repeats.py: how far CautiousWelch is behind the best valid test of two means, for the table in docs/truth.md.

    test/venv/install.sh stat && .cache/venv/stat/bin/python bench/simulate/repeats.py

A test that does not hang on the unit and the origin of the numbers sees Welch's statistic T and the share R of head
in the sum of both variances, and no more. So the best one whose level holds for every ratio of the true deviations
is a linear programme over cells of (T, R): the largest chance of rejecting one truth, with at most 0.05 at the bound
for each ratio. Both true deviations are the same where power is asked for. The best one is another one for each
difference; so there is also the one that is behind them by as little as can be, at most over all differences.
"""
import numpy as np
from scipy import stats as st
from scipy.optimize import linprog

ALPHA = 0.05
SHARES, STATISTICS = 60, 160
NODE, WEIGHT = np.polynomial.legendre.leggauss(4)
RATIOS = np.exp(np.linspace(-7, 7, 57))


def cells(k, edge, share_edge, shift, ratio):
    """The chance of each cell: given R, T is a t with 2k − 2 degrees of freedom, times a factor, about its shift."""
    v = k - 1
    true = ratio**2 + 1
    odds = lambda r: (r / ratio**2) / (r / ratio**2 + 1 - r)
    c = st.beta.cdf(odds(share_edge), v / 2, v / 2)
    out = np.zeros((SHARES, len(edge) - 1))
    for x, w in zip(NODE, WEIGHT):
        u = st.beta.ppf(c[:-1] + (x + 1) / 2 * np.diff(c), v / 2, v / 2)
        share = ratio**2 * u / (ratio**2 * u + 1 - u)
        scale = np.sqrt(2 / (true * (share / ratio**2 + 1 - share)))
        t = edge[None, 1:-1] * scale[:, None]
        cdf = st.t.cdf(t, 2 * v) if shift == 0 else st.nct.cdf(np.clip(t, -1e4, 1e4), 2 * v, shift)
        cdf = np.nan_to_num(cdf, nan=1)
        cdf = np.hstack([np.zeros((SHARES, 1)), cdf, np.ones((SHARES, 1))])
        out += w / 2 * np.diff(c)[:, None] * np.diff(cdf, axis=1)
    return out.ravel()


def region(critical, edge):
    """The part of each cell above a critical value for each share."""
    low, high = edge[:-1], edge[1:]
    with np.errstate(invalid="ignore"):
        part = np.clip((high[None] - critical[:, None]) / (high - low)[None], 0, 1)
    part[:, 0], part[:, -1] = 0, 1
    return part.ravel()


def best_of(null, truths, bests):
    """The valid test that is behind bests by the least that can be, at most over truths: how far; or for one truth its power."""
    cells, rows = null.shape[1], len(null)
    if bests is None:
        return -linprog(-truths[0], A_ub=null, b_ub=np.full(rows, ALPHA), bounds=(0, 1), method="highs-ipm").fun
    behind = np.hstack([np.vstack([null, -np.array(truths)]), np.repeat([[0.0], [-1.0]], [rows, len(truths)], axis=0)])
    limit = np.concatenate([np.full(rows, ALPHA), -np.array(bests)])
    return linprog(np.eye(cells + 1)[-1], A_ub=behind, b_ub=limit, bounds=(0, 1), method="highs-ipm").fun


for k in (2, 3, 5, 10):
    share_edge = np.sin(np.linspace(0, np.pi / 2, SHARES + 1)) ** 2
    edge = np.concatenate([[-np.inf, 0], np.geomspace(0.3, 200, STATISTICS), [np.inf]])
    null = np.array([cells(k, edge, share_edge, 0, r) for r in RATIOS])
    share = (share_edge[1:] + share_edge[:-1]) / 2
    df = (k - 1) / (share**2 + (1 - share) ** 2)
    alike = 1 + (1.2 * share * (1 - share) if k == 2 else 0)  # as internal/stat's worst.alike
    low, high = 0.0, ALPHA
    for _ in range(30):
        p = (low + high) / 2
        low, high = (p, high) if (null @ region(st.t.isf(p, df) / alike, edge)).max() <= ALPHA else (low, p)
    cautious, equal = region(st.t.isf(low, df) / alike, edge), region(np.full(SHARES, st.t.isf(ALPHA, 2 * k - 2)), edge)
    shifts = (1, 2, 3, 4, 6, 8)
    truths = [cells(k, edge, share_edge, shift, 1) for shift in shifts]
    bests = [best_of(null, [truth], None) for truth in truths]
    for shift, truth, best in zip(shifts, truths, bests):
        print(f"{k} seeds, a difference of {shift} standard errors: cautious Welch {100 * truth @ cautious:.1f}, best valid {100 * best:.1f}, "
              f"equal variances {100 * truth @ equal:.1f}, which is wrong in up to {100 * (null @ equal).max():.1f}", flush=True)
    print(f"{k} seeds: no valid test is behind by less than {100 * best_of(null, truths, bests):.1f} at most", flush=True)
