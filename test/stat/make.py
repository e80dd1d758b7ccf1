#!/usr/bin/env python3
"""make.py: what SciPy, statsmodels and scikit-learn say, for the tests of internal/stat.

    test/venv/install.sh stat && .cache/venv/stat/bin/python test/stat/make.py [FOLDER [NAME...]]

writes *.json into internal/stat/testdata, or the folder: cases from a fixed seed, and the versions that answered. Where
no library knows a method, the answer is computed here from the paper's definition, by brute force and by
another way than the Go code's.
"""
import json
import math
import pathlib
import platform
import sys
import warnings

import numpy as np
import scipy
import scipy.integrate as integrate
import scipy.optimize as opt
import scipy.stats as st
import sklearn.calibration
import sklearn.metrics
import statsmodels
from statsmodels.stats import contingency_tables, multitest, power, proportion

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2] / "internal/stat/testdata")
TOOLS = {
    "python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__, "scikit-learn": sklearn.__version__,
}
NODE, WEIGHT = np.polynomial.legendre.leggauss(8)
LEVELS = [0.8, 0.9, 0.95, 0.99]


def write(name, cases):
    cases = [{k: plain(v) for k, v in c.items()} for c in cases]
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    head = json.dumps(TOOLS)
    (OUT / f"{name}.json").write_text('{"tools": %s, "cases": [\n%s\n]}\n' % (head, lines))


def plain(v):
    if isinstance(v, np.ndarray):
        return [plain(x) for x in v]
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, (np.floating, float)):
        return float(f"{v:.13g}")
    if isinstance(v, np.integer):
        return int(v)
    return v


def quantiles(rng):
    for i in range(150):
        df = float(rng.choice([1, 2, 3, 4.5, 10, 37.2, 120, 190, 210, 5e3, 1e5, 3e6]))
        p = float(10 ** rng.uniform(-12, -0.302))
        t = float(rng.normal() * 10 ** rng.uniform(-4, 1))
        yield {"df": df, "p": p, "upper": st.t.isf(p, df), "t": t, "tail": st.t.sf(t, df), "normal": st.norm.isf(p), "ntail": st.norm.sf(t)}


def tosses(rng):
    for i in range(120):
        n = int(10 ** rng.uniform(0, 6))
        k = int(np.clip(rng.binomial(n, 0.5) + rng.integers(-3, 4) * (n ** 0.5) / 3, 0, n))
        yield {"k": k, "n": n, "cdf": st.binom.cdf(k, n, 0.5), "pmf": st.binom.pmf(k, n, 0.5)}


def rate(rng):
    n = int(10 ** rng.uniform(0, 5))
    return int(rng.binomial(n, rng.choice([0.02, 0.3, 0.5, 0.9, 0.99]))), n


def rates(rng):
    """Wilson, Newcombe, Miettinen and Nurminen, pooled and unpooled z, Clopper and Pearson."""
    while True:
        (x1, n1), (x2, n2) = rate(rng), rate(rng)
        level, margin = float(rng.choice(LEVELS)), float(np.round(rng.uniform(-0.2, 0.2), 3))
        limit = float(np.round(rng.uniform(0.02, 0.98), 3))
        c = {"x1": x1, "n1": n1, "x2": x2, "n2": n2, "level": level, "margin": margin, "limit": limit}
        c["wilson"] = proportion.proportion_confint(x1, n1, 1 - level, "wilson")
        z = (x1 / n1 - limit) / np.sqrt(limit * (1 - limit) / n1)
        c["wilsonAbove"] = st.norm.sf(z)
        exact = st.binomtest(x1, n1, limit, alternative="greater")
        c["exact"] = tuple(st.binomtest(x1, n1, limit).proportion_ci(level, "exact"))
        c["exactAbove"] = exact.pvalue
        c["exactBelow"] = st.binomtest(x1, n1, limit, alternative="less").pvalue
        c["newcombe"] = proportion.confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff", alpha=1 - level)
        if 0 < x1 < n1 and 0 < x2 < n2:
            stat = lambda v: score_z(x1, n1, x2, n2, v)
            zero = proportion.test_proportions_2indep(x1, n1, x2, n2, value=0, compare="diff", method="score", correction=True)
            assert abs(stat(0) - zero.statistic) < 1e-9
            c["scoreAbove"] = st.norm.sf(stat(margin))
            z, d = st.norm.isf((1 - level) / 2), x1 / n1 - x2 / n2
            c["score"] = [
                opt.brentq(lambda v: stat(v) - z, -1 + 1e-9, d, xtol=1e-14),
                opt.brentq(lambda v: stat(v) + z, d, 1 - 1e-9, xtol=1e-14),
            ]
            step = (1 / n1 + 1 / n2) / 4
            nearer = lambda v: score_z(x1, n1, x2, n2, v, step)
            c["correctedAbove"] = st.norm.sf(nearer(margin))
            c["corrected"] = [
                opt.brentq(lambda v: nearer(v) - z, -1 + 1e-9, d, xtol=1e-14),
                opt.brentq(lambda v: nearer(v) + z, d, 1 - 1e-9, xtol=1e-14),
            ]
            c["pooledAbove"] = proportion.proportions_ztest([x1, x2], [n1, n2], value=0, alternative="larger")[1]
            wald = proportion.confint_proportions_2indep(x1, n1, x2, n2, method="wald", compare="diff", alpha=1 - level)
            c["wald"] = wald
            c["waldAbove"] = proportion.test_proportions_2indep(x1, n1, x2, n2, value=margin, compare="diff", method="wald", alternative="larger").pvalue
        elif rng.random() < 0.8:
            continue
        yield c


def score_z(x1, n1, x2, n2, delta, step=0.0):
    """The score of Miettinen and Nurminen by search over the likelihood, of a difference that lies nearer by step. statsmodels 0.14.6 is no
    reference for a margin that is not 0 (its issue 10269): its cubic has count0 where the paper has the size of the
    group, so that its rates are not the likeliest ones."""
    over = lambda k, share: (k / share if share > 0 else np.inf) if k else 0.0
    slope = lambda q: over(x1, q + delta) - over(n1 - x1, 1 - q - delta) + over(x2, q) - over(n2 - x2, 1 - q)
    lo, hi = max(0.0, -delta), min(1.0, 1 - delta)
    eps = (hi - lo) * 1e-13
    q = opt.brentq(slope, lo + eps, hi - eps, xtol=1e-17, rtol=1e-15)
    p = q + delta
    var = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
    away = x1 / n1 - x2 / n2 - delta
    return np.sign(away) * max(0.0, abs(away) - step) / np.sqrt(var)


def ratios(rng):
    """The score of a ratio of two rates by search over the likelihood, of head - ratio*base that lies nearer to 0 by
    step; and Fieller's interval from its quadratic."""
    over = lambda k, share: (k / share if share > 0 else np.inf) if k else 0.0

    def z_of(x1, n1, x2, n2, r, step):
        slope = lambda q: r * over(x1, r * q) - r * over(n1 - x1, 1 - r * q) + over(x2, q) - over(n2 - x2, 1 - q)
        q = opt.brentq(slope, 1e-15, min(1, 1 / r) * (1 - 1e-13), xtol=1e-17, rtol=1e-15)
        p = r * q
        var = (p * (1 - p) / n1 + r * r * q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
        away = x1 / n1 - r * x2 / n2
        return np.sign(away) * max(0.0, abs(away) - step * (1 / n1 + r / n2) / 4) / np.sqrt(var)

    while True:
        (x1, n1), (x2, n2) = rate(rng), rate(rng)
        if not (0 < x1 < n1 and 0 < x2 < n2):
            continue
        p, q = x1 / n1, x2 / n2
        level, limit = float(rng.choice(LEVELS)), float(np.round(p / q * rng.uniform(0.7, 1.4), 3))
        if limit <= 0:
            continue
        other = proportion.test_proportions_2indep(x1, n1, x2, n2, value=limit, compare="ratio", method="score", correction=True)
        assert abs(z_of(x1, n1, x2, n2, limit, 0) - other.statistic) < 1e-6 * max(1, abs(other.statistic))
        z = st.norm.isf((1 - level) / 2)
        c = {"x1": x1, "n1": n1, "x2": x2, "n2": n2, "level": level, "limit": limit, "above": st.norm.sf(z_of(x1, n1, x2, n2, limit, 1))}
        score = lambda r: z_of(x1, n1, x2, n2, r, 1)
        c["interval"] = [opt.brentq(lambda r: score(r) - z, 1e-9, p / q, xtol=1e-15, rtol=1e-14), opt.brentq(lambda r: score(r) + z, p / q, 1e7, xtol=1e-15, rtol=1e-14)]
        v1, v2 = p * (1 - p) / n1, q * (1 - q) / n2
        c["zAbove"] = st.norm.sf((p - limit * q) / np.sqrt(v1 + limit**2 * v2))
        c["z"] = np.sort(np.roots([q * q - z * z * v2, -2 * p * q, p * p - z * z * v1]).real)
        yield c


def tango_z(b, c, n, delta):
    """Tango's score with the nuisance share found by search over the likelihood."""
    def loss(q):
        p = q + delta
        rest = 1 - p - q
        ll = 0.0
        for k, share in ((b, p), (c, q), (n - b - c, rest)):
            if k:
                if share <= 0:
                    return np.inf
                ll += k * np.log(share)
        return -ll
    lo, hi = max(0.0, -delta), (1 - delta) / 2
    # the slope changes its sign once
    def slope(q):
        over = lambda k, share: (k / share if share > 0 else np.inf) if k else 0.0
        return over(b, q + delta) + over(c, q) - over(2 * (n - b - c), 1 - delta - 2 * q)
    eps = (hi - lo) * 1e-15
    if slope(lo + eps) <= 0:
        q = lo
    elif slope(hi - eps) >= 0:
        q = hi
    else:
        q = opt.brentq(slope, lo + eps, hi - eps, xtol=1e-17, rtol=1e-15)
    assert loss(q) <= min(loss(x) for x in np.linspace(lo + eps, hi - eps, 50)) + 1e-6
    var = n * (2 * q + delta * (1 - delta))
    if b == c and delta == 0:
        return 0.0
    return (b - c - n * delta) / np.sqrt(var)


def pairs(rng):
    """McNemar, exact, mid-p and asymptotic; Tango's interval and p-value by brute force."""
    for i in range(150):
        n = int(10 ** rng.uniform(0.7, 5))
        share = rng.dirichlet([4, 0.6, 0.5, 2])
        both, b, c, neither = (int(x) for x in rng.multinomial(n, share))
        level, margin = float(rng.choice(LEVELS)), float(np.round(rng.uniform(-0.15, 0.15), 3))
        table = [[both, b], [c, neither]]
        out = {"both": both, "head": b, "base": c, "neither": neither, "level": level, "margin": margin}
        if b + c:
            out["exact"] = contingency_tables.mcnemar(table, exact=True).pvalue
            out["asymptotic"] = contingency_tables.mcnemar(table, exact=False, correction=False).pvalue
            out["corrected"] = contingency_tables.mcnemar(table, exact=False, correction=True).pvalue
            out["above"] = st.binom.sf(b - 1, b + c, 0.5)
            out["midAbove"] = st.binom.sf(b - 1, b + c, 0.5) - st.binom.pmf(b, b + c, 0.5) / 2
        out["tangoAbove"] = st.norm.sf(tango_z(b, c, n, margin))
        z, d = st.norm.isf((1 - level) / 2), (b - c) / n
        out["tango"] = [
            opt.brentq(lambda m: tango_z(b, c, n, m) - z, -1 + 1e-6, d, xtol=1e-14) if d > -1 else -1,
            opt.brentq(lambda m: tango_z(b, c, n, m) + z, d, 1 - 1e-6, xtol=1e-14) if d < 1 else 1,
        ]
        yield out


def samples(rng):
    """Student's t of one sample and of pairs, Welch's t."""
    for i in range(120):
        n, m = int(rng.integers(2, 25)), int(rng.integers(2, 25))
        scale, shift = 10 ** rng.uniform(-3, 3), rng.normal()
        x = np.round(rng.normal(shift, scale, n), 6)
        y = np.round(rng.normal(shift, scale * rng.choice([0.2, 1, 3]), m), 6)
        level, margin = float(rng.choice(LEVELS)), float(np.round(rng.normal() * scale, 4))
        one = st.ttest_1samp(x, margin, alternative="greater")
        two = st.ttest_ind(x - margin, y, equal_var=False, alternative="greater")
        both = st.ttest_ind(x, y, equal_var=False)
        yield {
            "x": x, "y": y, "level": level, "margin": margin,
            "one": tuple(st.ttest_1samp(x, 0).confidence_interval(level)), "oneAbove": one.pvalue,
            "welch": tuple(both.confidence_interval(level)), "welchAbove": two.pvalue,
        }


def least_hall(t, g, n):
    """Hall's transformation as the cube that it is (Hall 1992, g1), the least over skewnesses from 0 to g, by search."""
    def cube(x):
        a, u = x / math.sqrt(n), x / math.sqrt(n) * t / 3
        cubed = math.expm1(3 * math.log1p(u)) if abs(u) < 0.5 else (1 + u) ** 3 - 1
        return cubed / a + a / 6 if a else t
    ends = sorted((0.0, g))
    if ends[0] == ends[1]:
        return t
    grid = np.linspace(*ends, 200)
    near = grid[np.argmin([cube(x) for x in grid])]
    step = (ends[1] - ends[0]) / 199
    found = opt.minimize_scalar(cube, bounds=(max(ends[0], near - step), min(ends[1], near + step)), method="bounded", options={"xatol": 1e-13})
    return min(found.fun, cube(0.0), cube(g))


def cautious(mean, stderr, skew, n, level, limit):
    """A mean's interval and p-values by least_hall, at a skewness corrected as Bobée and Robitaille (1975) do."""
    g = skew * (1 + 6.51 / n + 20.2 / n**2 + (1.48 / n + 6.77 / n**2) * skew**2)
    want = st.t.isf((1 - level) / 2, n - 1)
    end = lambda side: opt.brentq(lambda t: least_hall(t, side * g, n) - want, want - 1e-9, 4 * want + 4, xtol=1e-13)
    t = (mean - limit) / stderr
    return {"level": level, "limit": limit, "stderr": stderr, "interval": [mean - stderr * end(1), mean + stderr * end(-1)],
            "above": st.t.sf(least_hall(t, g, n), n - 1), "below": st.t.sf(least_hall(-t, -g, n), n - 1)}


def leaning(rng, n):
    """Numbers of one of five laws, some of which lean to one side or are mostly 0."""
    law = rng.integers(5)
    x = [rng.normal(size=n), rng.exponential(size=n), -rng.lognormal(size=n), np.where(rng.random(n) < 0.1, rng.normal(size=n), 0), rng.integers(0, 3, n) * 1.0][law]
    return np.round(x * 10 ** rng.uniform(-3, 3), 6)


def cautiousts(rng):
    """The mean of numbers by the largest of Hall's p-values over skewnesses."""
    while True:
        x = leaning(rng, int(rng.choice([2, 3, 5, 10, 30, 60, 250])))
        if np.ptp(x) == 0:
            continue
        mean, stderr = x.mean(), st.sem(x)
        limit = float(mean + rng.normal() * 2 * stderr)
        yield {"x": x, **cautious(mean, stderr, st.skew(x), len(x), float(rng.choice(LEVELS)), limit)}


def cautiousclusters(rng):
    """The same for groups, by leaving out each."""
    while True:
        sizes = rng.integers(1, int(rng.choice([2, 5, 12])), int(rng.choice([2, 5, 10, 25])))
        group = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
        x = leaning(rng, len(group)) + np.round(rng.normal(size=len(sizes)), 3)[group]
        moves = x.mean() - np.array([x[group != g].mean() for g in range(len(sizes))])
        stderr = math.sqrt((len(sizes) - 1) / len(sizes) * (moves**2).sum())
        if stderr < 1e-9:
            continue
        if len(x) == len(sizes):
            assert abs(stderr - st.sem(x)) < 1e-9 * stderr
        skew = (moves**3).mean() / (moves**2).mean() ** 1.5
        limit = float(x.mean() + rng.normal() * 2 * stderr)
        yield {"x": x, "group": [str(g) for g in group], **cautious(x.mean(), stderr, skew, len(x) ** 2 / (sizes**2).sum(), float(rng.choice(LEVELS)), limit)}


def adjusted(rng):
    for i in range(100):
        ps = rng.uniform(0, 1, rng.integers(1, 15)) ** rng.integers(1, 5)
        ps = np.round(ps, 4)
        yield {
            "p": ps, "holm": multitest.multipletests(ps, method="holm")[1],
            "bh": multitest.multipletests(ps, method="fdr_bh")[1],
        }


def bootstrapped(rng):
    """Percentile and BCa bootstrap of a mean, 20,000 resamples."""
    for i in range(100):
        n = int(rng.integers(30, 90))
        x = np.round(rng.normal(0.1, 1, n) if i % 2 else rng.exponential(1, n), 2)
        out = {"x": x, "level": float(rng.choice(LEVELS[:3]))}
        for method in ("percentile", "BCa"):
            r = st.bootstrap((x,), np.mean, confidence_level=out["level"], n_resamples=20000, method=method, rng=rng, batch=2000)
            out[method] = tuple(r.confidence_interval)
            out["stderr"] = r.standard_error
        yield out


def restated(rng):
    """Paired bootstrap of the difference of two root mean squared errors, medians and calibration errors."""
    rmse = lambda x, axis=-1: np.sqrt(np.mean(x, axis=axis))
    median = lambda x, axis=-1: np.quantile(x, 0.5, axis=axis)
    for i in range(100):
        n = int(rng.integers(50, 90))
        z, y = rng.normal(size=n), rng.uniform(size=n)
        p = np.round(1 / (1 + np.exp(-1.5 * z)), 3)
        q = np.round(1 / (1 + np.exp(-(1.2 * z + rng.normal(size=n) * 0.7))), 3)
        y = y < p
        out = {"head": q, "base": p, "y": [bool(v) for v in y], "level": 0.9}
        for name, stat, method, both in (("rmse", rmse, "BCa", ((q - y) ** 2, (p - y) ** 2)), ("median", median, "percentile", (q, p))):
            r = st.bootstrap(both, lambda a, b, axis=-1: stat(a, axis) - stat(b, axis), paired=True, vectorized=True, confidence_level=0.9, n_resamples=20000, method=method, rng=rng, batch=2000)
            out[name] = [*r.confidence_interval, r.standard_error]
        rows = rng.integers(0, n, (20000, n))
        out["ece"] = [ece(q, y) - ece(p, y), np.std([ece(q[r], y[r]) - ece(p[r], y[r]) for r in rows[:4000]], ddof=1)]
        yield out


def ece(p, y):
    """The calibration error of 15 bins by scikit-learn's bins."""
    seen, said = sklearn.calibration.calibration_curve(y, p, n_bins=15)
    size = np.bincount(np.searchsorted(np.linspace(0, 1, 16)[1:-1], p), minlength=15)
    return np.abs(seen - said) @ size[size > 0] / len(p)


def ideal(rng):
    """The whole bootstrap distribution of a sum of whole numbers: the n-fold convolution, by FFT."""
    for i in range(100):
        n = int(rng.integers(100, 160))
        x = (rng.exponential(300, n) if i % 2 else rng.normal(900, 300, n).clip(0)).astype(int)
        size = 1 << int(n * x.max() + 1).bit_length()
        pmf = np.bincount(x, minlength=size) / n
        cdf = np.cumsum(np.fft.irfft(np.fft.rfft(pmf) ** n, size))
        mean, sd = x.sum(), np.sqrt(n * x.var())
        ks = [int(mean + z * sd) for z in (-3.2, -1.9, -0.6, 0.1, 1.3, 2.4)]
        yield {"x": x, "at": [(k + 0.5) / n for k in ks], "cdf": [cdf[k] for k in ks]}


def flipped(rng):
    """Sign flips: all of them for few numbers, 20,000 for more."""
    for i in range(120):
        n = int(rng.integers(2, 13)) if i < 100 else int(rng.integers(17, 60))
        x, margin = np.round(rng.normal(0.3, 1, n), 1), float(rng.choice([0, 0.1, -0.4]))
        whole = np.rint(10 * (x - margin))  # so that sums that are equal are so in doubles
        p = [st.permutation_test((whole,), lambda d, axis: d.sum(axis=axis), permutation_type="samples", vectorized=True,
                                 n_resamples=np.inf if i < 100 else 20000, alternative=a, rng=rng).pvalue for a in ("greater", "less")]
        yield {"x": x, "margin": margin, "above": p[0], "below": p[1]}


def placements(s, y):
    kernel = (s[y][:, None] > s[~y][None, :]) + 0.5 * (s[y][:, None] == s[~y][None, :])
    return kernel.mean(axis=1), kernel.mean(axis=0), kernel.mean()


def aucs(rng):
    """AUC by scikit-learn; DeLong's variance from all pairs of examples."""
    for i in range(100):
        n = int(rng.integers(8, 60))
        y = rng.uniform(size=n) < rng.choice([0.2, 0.5])
        y[:2], y[2:4] = True, False
        a = np.round(rng.normal(size=n) + y, int(rng.choice([1, 3])))
        b = np.round(a * 0.5 + rng.normal(size=n) * 0.7 + y * 0.3, 1)
        (v1, w1, auc1), (v2, w2, auc2) = placements(a, y), placements(b, y)
        both = sklearn.metrics.roc_auc_score(y, a), sklearn.metrics.roc_auc_score(y, b)
        assert abs(both[0] - auc1) < 1e-12 and abs(both[1] - auc2) < 1e-12
        var = np.cov(v1, v2, ddof=1) / y.sum() + np.cov(w1, w2, ddof=1) / (~y).sum()
        yield {"a": a, "b": b, "y": [bool(v) for v in y], "auc": both, "var": var[0][0], "diffVar": max(0, var[0][0] + var[1][1] - 2 * var[0][1])}


def ranks(rng):
    """Mann and Whitney's U for a margin; the shift and its interval by going over all gaps."""
    for i in range(120):
        n, m = int(rng.integers(2, 8)), int(rng.integers(2, 8))
        digits, level = int(rng.choice([0, 5])), float(rng.choice(LEVELS[:3]))
        x, y = np.round(rng.normal(0.5, 2, n), digits), np.round(rng.normal(0, 2, m), digits)
        margin = float(rng.choice([0, 1, -0.5]))
        method = lambda v: "exact" if len(set(np.concatenate([x - v, y]))) == n + m else "asymptotic"
        p = lambda v, a: st.mannwhitneyu(x - v, y, alternative=a, method=method(v)).pvalue
        diffs = np.sort((x[:, None] - y[None, :]).ravel())
        edges = np.concatenate([[-np.inf], np.unique(diffs), [np.inf]])
        inside = np.concatenate([[diffs[0] - 1], (edges[1:-2] + edges[2:-1]) / 2, [diffs[-1] + 1]])
        a = (1 - level) / 2
        low = [lo for lo, v in zip(edges, inside) if p(v, "greater") > a][0]
        high = [hi for hi, v in zip(edges[1:], inside) if p(v, "less") > a][-1]
        finite = lambda v: float(np.clip(v, -1e9, 1e9))
        yield {"x": x, "y": y, "margin": margin, "level": level, "shift": np.median(diffs), "interval": [finite(low), finite(high)],
               "above": p(margin, "greater"), "below": p(margin, "less")}


def plans(rng):
    """Noncentral t, and how many it takes by statsmodels."""
    for i in range(100):
        effect, level, wanted = float(rng.uniform(0.3, 2)), float(rng.choice([0.9, 0.95, 0.99])), float(rng.choice([0.7, 0.8, 0.9]))
        df, t, shift = float(rng.choice([1, 2, 3.5, 8, 30, 200])), float(rng.uniform(-1, 6)), float(rng.uniform(0, 5))
        need = power.TTestIndPower().solve_power(effect, None, 1 - level, wanted, 1, "larger")
        base, truth, margin = float(np.round(rng.uniform(0.5, 0.8), 2)), 0.0, float(np.round(rng.uniform(-0.1, -0.01), 3))
        sd = np.sqrt(2 * base * (1 - base))
        n = power.normal_sample_size_one_tail(-margin, wanted, 1 - level, sd, sd)
        yield {"effect": effect, "level": level, "power": wanted, "repeats": need, "df": df, "t": t, "shift": shift, "nct": nct(t, df, shift),
               "base": base, "margin": margin, "examples": n}


def nct(t, df, shift):
    """The tail of the noncentral t by quadrature of its definition (scipy.stats.nct.sf loses digits)."""
    f = lambda s: st.norm.sf(t * s - shift) * st.chi(df).pdf(s * np.sqrt(df)) * np.sqrt(df)
    return sum(integrate.quad(f, a, b, epsabs=1e-13, epsrel=1e-12, limit=400)[0] for a, b in ((0, 0.5), (0.5, 1), (1, 2), (2, 12)))


def sequences(rng):
    """The Bayes factor of the t-test with a normal prior of variance 4, summed over effect and scale."""
    d, step = np.linspace(-16, 16, 1601, retstep=True)
    node, mass = np.polynomial.legendre.leggauss(300)
    s, mass = 4 * (node + 1), 4 * mass
    for i in range(100):
        n = int(rng.integers(2, 20))
        x, margin = np.round(rng.normal(0.8, 1, n), 3), float(rng.choice([0, -0.5, 0.2]))
        t = (x.mean() - margin) / (x.std(ddof=1) / np.sqrt(n))
        scale = mass * s * st.chi(n - 1).pdf(s * np.sqrt(n - 1)) * np.sqrt(n - 1)
        density = st.norm.pdf(t * s[None, :] - d[:, None] * np.sqrt(n)) @ scale
        factor = step * (density * st.norm.pdf(d, 0, 2)).sum() / st.t.pdf(t, n - 1)
        yield {"x": x, "margin": margin, "p": min(1.0, 0.5 / factor), "positive": bool(t > 0)}


def welches(rng):
    """The largest chance of a p-value of Welch's of p or less, over the ratio of both true deviations, by
    quadrature over how the sums of squares share; head's deviation counts as at most widest times base's,
    and is in truth at most so many times base's."""
    for i in range(100):
        h, b, p = int(rng.choice([2, 3, 5, 10, 30])), int(rng.choice([2, 3, 5, 10])), float(10 ** rng.uniform(-4, -0.7))
        times = float(rng.choice([1, 3, 10])) if i % 2 else math.inf
        cap = times ** 2 * st.f.isf(0.05, h - 1, b - 1)
        # the angle whose sin² is head's share in the sum of squares, by Gauss and Legendre on shrinking pieces towards both ends
        edges = np.unique(np.concatenate([np.geomspace(1e-7, 0.5, 24), np.linspace(0, 0.5, 81)])) * np.pi / 2
        edges = np.concatenate([edges, np.pi / 2 - edges[-2::-1]])
        half, mid = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
        angle, mass = (mid + half * NODE).ravel(), (half * WEIGHT).ravel()
        head, base = np.sin(angle) ** 2, np.cos(angle) ** 2
        mass = mass * np.sin(angle) ** (h - 2) * np.cos(angle) ** (b - 2)
        mass /= mass.sum()

        def chance(log):
            ratio = np.exp(2 * log)
            hv, bv = np.minimum(ratio * head / (h - 1), cap * base / (b - 1)) / h, base / (b - 1) / b
            df = (hv + bv) ** 2 / (hv**2 / (h - 1) + bv**2 / (b - 1))
            alike = 1 + (1.2 * hv * bv / (hv + bv) ** 2 if h == b == 2 else 0)
            return (mass * st.t.sf(st.t.isf(p, df) / alike * np.sqrt((h + b - 2) * (hv + bv) / (ratio / h + 1 / b)), h + b - 2)).sum()
        top = min(6, math.log(times))
        best = max(np.linspace(-6, top, 25), key=chance)
        found = opt.minimize_scalar(lambda x: -chance(x), bounds=(best - 0.5, min(top, best + 0.5)), method="bounded", options={"xatol": 1e-5})
        yield {"head": h, "base": b, "p": p, "times": min(times, 1e9), "widest": min(1e9, math.sqrt(cap)), "worst": max(p, -found.fun, chance(top))}


def exact(rng):
    """Two rates by all tables that are as far out, at the base's rate where they are likeliest of those that its hits
    leave possible, but for a millionth: by the chance of their score at the rates that they make likeliest, where the
    sides' numbers are alike, or else by their score; and Barnard's test of SciPy, which goes by the score, has all rates and
    no margin but 0."""
    for i in range(100):
        n1, n2 = int(rng.integers(1, 40)), int(rng.integers(1, 40))
        margin = 0.0 if i % 2 else float(np.round(rng.uniform(-0.2, 0.2), 3))
        x1, x2 = int(rng.binomial(n1, rng.choice([0.3, 0.5, 0.9]))), int(rng.binomial(n2, rng.choice([0.3, 0.5, 0.9])))
        c = {"x1": x1, "n1": n1, "x2": x2, "n2": n2, "margin": margin}
        h, b = np.arange(n1 + 1), np.arange(n2 + 1)
        z = np.array([[scored(i, n1, j, n2, margin) for j in b] for i in h])
        seen = scored(x1, n1, x2, n2, margin)
        low, high = max(0, -margin), min(1, 1 - margin)
        least = st.beta.ppf(5e-7, x2, n2 - x2 + 1) if x2 else 0
        most = st.beta.isf(5e-7, x2 + 1, n2 - x2) if x2 < n2 else 1
        low, high = np.clip([least, most], low, high)
        for side, name in ((1, "above"), (-1, "below")):
            far = side * (z - seen) >= -1e-7
            mass = lambda r, far=far: float((st.binom.pmf(h, n1, np.clip(r + margin, 0, 1)) @ far @ st.binom.pmf(b, n2, r)))
            known = lambda i, j: mass(likely(i, n1, j, n2, margin), side * (z - z[i, j]) >= -1e-7)
            by = far
            if max(n1, n2) <= 4 * min(n1, n2) and known(x1, x2) < 0.45:
                chances = np.array([[known(i, j) for j in b] for i in h])
                by = chances <= chances[x1, x2] + 1e-9
            c[name] = worst(lambda r: mass(r, by), np.linspace(low, high, 400), low, high) + 1e-6
            if margin == 0 and 0 < x1 < n1 and 0 < x2 < n2:
                found = st.barnard_exact([[x1, x2], [n1 - x1, n2 - x2]], alternative="greater" if side > 0 else "less", pooled=True, n=128).pvalue
                if abs(found - worst(mass, np.linspace(0, 1, 400), 0, 1)) < 1e-9:  # its search for the largest misses some
                    c[name + "All"] = found
        yield c


def exactpairs(rng):
    """Tango's score by all counts that are as far out, at the likeliest share of differing examples."""
    for i in range(100):
        n, margin = int(rng.integers(2, 30)), float(np.round(rng.uniform(-0.2, 0.2), 3)) if i % 3 else 0.0
        b, c, _ = (int(k) for k in rng.multinomial(n, [0.15, 0.15, 0.7]))
        y, x = np.meshgrid(np.arange(n + 1), np.arange(n + 1))
        z = np.array([[tango_closed(h, j, n, margin) if h + j <= n else 0 for j in range(n + 1)] for h in range(n + 1)])
        least, k = abs(margin), b + c
        low = max(least, st.beta.ppf(5e-7, k, n - k + 1) if k else 0)
        high = max(least, st.beta.isf(5e-7, k + 1, n - k) if k < n else 1)
        out = {"n": n, "head": b, "base": c, "margin": margin}
        for side, name in ((1, "above"), (-1, "below")):
            far = (side * (z - tango_closed(b, c, n, margin)) >= -1e-7) & (x + y <= n)
            mass = lambda d: st.multinomial.pmf(np.stack([x, y, n - x - y], -1)[far], n, [(d + margin) / 2, (d - margin) / 2, 1 - d]).sum()
            out[name] = worst(mass, np.linspace(low, high, 60), low, high) + 1e-6
        yield out


def tango_closed(b, c, n, margin):
    """Tango's statistic from the paper: q the larger root of 2n·q² + (−b − c + (2n − b + c)·Δ)·q − cΔ(1 − Δ) = 0."""
    if b - c == n * margin or abs(b - c - n * margin) < 1e-12:
        return 0.0
    k = -b - c + (2 * n - b + c) * margin
    q = max((math.sqrt(max(0, k * k + 8 * n * c * margin * (1 - margin))) - k) / (4 * n), 0, -margin)
    v = n * (2 * q + margin * (1 - margin))
    return (b - c - n * margin) / math.sqrt(v) if v > 1e-12 else math.copysign(math.inf, b - c - n * margin)


def worst(mass, rates, low, high):
    top = rates[np.argmax([mass(r) for r in rates])]
    width = rates[1] - rates[0]
    found = opt.minimize_scalar(lambda r: -mass(r), bounds=(max(low, top - width), min(high, top + width)), method="bounded", options={"xatol": 1e-12})
    return max(-found.fun, mass(low), mass(high), mass(top))


def scored(x1, n1, x2, n2, margin):
    """score_z also for no hits, and for nothing but hits, of either side."""
    if margin == 0 and x1 + x2 in (0, n1 + n2):
        return 0.0
    d = x1 / n1 - x2 / n2 - margin
    if abs(d) < 1e-12:
        return 0.0
    q = likely(x1, n1, x2, n2, margin)
    p = min(max(q + margin, 0), 1)
    v = (p * (1 - p) / n1 + q * (1 - q) / n2) * (n1 + n2) / (n1 + n2 - 1)
    return d / np.sqrt(v) if v > 1e-14 else math.copysign(math.inf, d)


def likely(x1, n1, x2, n2, margin):
    """The base's rate of the largest likelihood when the head's is that plus the margin."""
    low, high = max(0, -margin), min(1, 1 - margin)
    if margin == 0:
        return (x1 + x2) / (n1 + n2)
    slope = lambda q: sum(k / p for k, p in ((x1, q + margin), (x2, q)) if k) - sum(k / (1 - p) for k, p in ((n1 - x1, q + margin), (n2 - x2, q)) if k)
    a, b = low + 1e-15, high - 1e-15
    return low if slope(a) <= 0 else high if slope(b) >= 0 else opt.brentq(slope, a, b, xtol=1e-16)


def take(gen, n):
    return [c for c, _ in zip(gen, range(n))]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    for seed, (name, make) in enumerate([
        ("quantiles", quantiles), ("tosses", tosses), ("rates", rates), ("pairs", pairs),
        ("samples", samples), ("adjusted", adjusted), ("bootstrapped", bootstrapped), ("ideal", ideal),
        ("flipped", flipped), ("aucs", aucs), ("ranks", ranks), ("plans", plans), ("sequences", sequences), ("welches", welches),
        ("restated", restated), ("ratios", ratios), ("exact", exact), ("exactpairs", exactpairs),
        ("cautiousts", cautiousts), ("cautiousclusters", cautiousclusters),
    ]):
        if not sys.argv[2:] or name in sys.argv[2:]:
            write(name, take(make(np.random.default_rng(seed + 1)), 150))
