"""Tests of `gallery_daemon.rules`."""
