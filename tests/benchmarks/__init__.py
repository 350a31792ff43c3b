"""Figures that are measured and not tested: `python -m tests.benchmarks.NAME`."""
