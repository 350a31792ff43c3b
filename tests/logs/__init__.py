"""Tests of `gallery_daemon.logs`."""
