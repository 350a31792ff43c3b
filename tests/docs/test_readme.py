"""The README: short, and true of what it names."""

from __future__ import annotations

from gallery_daemon.cli.app import ABOUT
from tests.docs.pages import README, ROOT
from tests.docs.typed import options

TEXT = README.read_text("utf-8")
LARGEST_BYTES = 12_000


def test_the_readme_is_read_in_a_few_minutes() -> None:
    """All that is longer has a page of the manual."""
    assert len(TEXT.encode()) <= LARGEST_BYTES


def test_the_readme_names_every_page_of_the_manual() -> None:
    """Each link leads to a file, and each page has a link."""
    assert not [
        str(path.relative_to(ROOT))
        for path in (ROOT / "gallery_daemon/manual").glob("*.md")
        if f"({path.relative_to(ROOT)})" not in TEXT
    ]


def test_the_help_begins_as_the_readme_does() -> None:
    """What the program is for, in one wording."""
    assert ABOUT == " ".join(TEXT.split("\n\n")[1].split())


def test_every_command_is_in_the_readme() -> None:
    """Nobody has to find a command by chance."""
    assert not [
        name
        for name in options()
        if f"gallery-daemon {name}" not in TEXT and f"`{name}`" not in TEXT
    ]


def test_ci_runs_the_readme_s_test_command() -> None:
    """The command stands between the marks that `.ci/run` looks for."""
    marked = TEXT.partition("<!-- test-command -->")[2].partition("<!-- end -->")[0]

    assert "-m pytest" in marked
    assert "<!-- test-command -->" in (ROOT / ".ci/run").read_text("utf-8")
