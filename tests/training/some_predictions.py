"""Any predictions, for what must hold of all of them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from gallery_daemon.training.predictions import Predictions


@st.composite
def predictions(draw: st.DrawFn) -> Predictions:
    """One to thirty pictures of two to five classes, of up to three sources."""
    classes = tuple("abcde"[: draw(st.integers(2, 5))])
    count = draw(st.integers(1, 30))
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    logits = random.normal(size=(count, len(classes))) * draw(st.floats(0.1, 10))
    powers = np.exp(logits - logits.max(1, keepdims=True))
    sources = tuple(str(each) for each in random.integers(0, 3, count))
    return Predictions(
        (powers / powers.sum(1, keepdims=True)).astype(np.float32),
        random.integers(0, len(classes), count),
        classes,
        sources,
        temperature=draw(st.floats(0.1, 10)),
    )
