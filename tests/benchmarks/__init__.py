"""Figures that are measured and not tested: `python -m tests.benchmarks`, or one of its own.

How fast, all in one run (`python -m tests.benchmarks`): `inputs` has the photos, `contest` who runs
in which order, `processes` starts them; the contestants are `article`, `loader`, `ours` and the
`ceilings`; `previews` is decoding alone, `lone` one photo at a time; `figures` are medians and
ratios, `tables` shows them.

`agreement` compares engines, `elsewhere` is the model on photos that nobody collected for training,
`flood` (with `flooded`) the daemon under 50,000 photos.
"""
