"""Tests of `gallery_daemon.config`."""
