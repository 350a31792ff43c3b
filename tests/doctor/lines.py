"""Findings as short texts that a table in a test can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.doctor.finding import Finding


def statuses(findings: Iterable[Finding]) -> list[str]:
    """How bad each is."""
    return [finding.status for finding in findings]


def said(findings: Iterable[Finding]) -> str:
    """All that they say, and advise."""
    return "\n".join(f"{each.status} {each.what} -> {each.advice}" for each in findings)
