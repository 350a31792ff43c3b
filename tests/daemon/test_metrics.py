"""Figures for Prometheus: their text."""

from __future__ import annotations

from gallery_daemon.daemon.metrics import MetricFamily, render


def test_figures_have_the_text_form() -> None:
    """Help, type, and a line for each sample; labels are escaped, truths are 0 and 1."""
    figures = (
        MetricFamily("files_total", "counter", "Files.", {"filed": 12_345_678, "left": 0}, "end"),
        MetricFamily("watched", "gauge", "Watched.", {'a"\\\n\udcff': True}, "source"),
        MetricFamily("paused", "gauge", "Paused.", {"": False}),
    )

    assert [
        "# HELP gallery_daemon_files_total Files.",
        "# TYPE gallery_daemon_files_total counter",
        'gallery_daemon_files_total{end="filed"} 12345678',
        'gallery_daemon_files_total{end="left"} 0',
        "# HELP gallery_daemon_watched Watched.",
        "# TYPE gallery_daemon_watched gauge",
        'gallery_daemon_watched{source="a\\"\\\\\\n?"} 1',
        "# HELP gallery_daemon_paused Paused.",
        "# TYPE gallery_daemon_paused gauge",
        "gallery_daemon_paused 0",
    ] == render(figures).splitlines()
