"""Tests in a real browser: Debian's chromium; they are skipped where there is none."""
