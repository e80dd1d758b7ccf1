#!/usr/bin/env python3
"""peer.py KIND EXAMPLES RESAMPLES: the CPU seconds that scipy.stats.bootstrap takes, without start-up."""
import sys
import time

import numpy as np
import scipy.stats as st

kind, n, resamples = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(1)
if kind == "hits":
    x = np.zeros(n)
    x[:6000], x[6000:11500] = 1, -1
else:
    x = rng.exponential(size=n) - rng.exponential(size=n) + 0.01
before = time.process_time()
st.bootstrap((x,), np.mean, n_resamples=resamples, method="percentile", batch=10, rng=rng)
print(time.process_time() - before)
