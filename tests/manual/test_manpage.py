"""The man page: what roff makes of the pages, and that hatchling gets it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gallery_daemon import __version__
from gallery_daemon.manual.manpage import PAGES, get_build_hook, man_page, roff
from gallery_daemon.manual.pages import read_page

PAGE = man_page(__version__, "Files photos", (read_page(topic).text for topic in PAGES))


@pytest.mark.parametrize(
    ("markdown", "lines"),
    [
        ("# Rules", [".SH RULES"]),
        ("## One rule", [".SS One rule"]),
        ("Two\nlines", [".PP", "Two lines"]),
        ("A `--flag`, **so** and *so*", [".PP", "A \\fB\\-\\-flag\\fR, \\fBso\\fR and \\fIso\\fR"]),
        ("a [link](somewhere.md)", [".PP", "a link"]),
        (".hidden \\ 'x'", [".PP", "\\&.hidden \\e 'x'"]),
        ("- one\n- two\n  more", [".IP \\(bu 3", "one", ".IP \\(bu 3", "two more"]),
        ("1. one", [".IP 1. 3", "one"]),
        ("| a | b |\n|---|---|\n| x | y \\| z |", [".TP", "x", "y | z", ".br"]),
        (
            "| a | b | c |\n|---|---|---|\n| x | y | z |",
            [".TP", "x", "\\fIb\\fR: y", ".br", "\\fIc\\fR: z", ".br"],
        ),
        ("```sh\n.a -b\n\nc\n```", [".PP", ".RS 4", ".nf", "\\&.a \\-b", "", "c", ".fi", ".RE"]),
        ("<!-- generated: x -->\ntext\n<!-- end -->\n", [".PP", "text"]),
    ],
)
def test_markdown_becomes_roff(markdown: str, lines: list[str]) -> None:
    """Titles, paragraphs, lists, tables as lists, code; no line begins with a request by chance."""
    assert lines == list(roff(markdown))


def test_the_page_has_every_part_in_order() -> None:
    """Name, synopsis, the pages, and where the others are."""
    heads = [line.removeprefix(".SH ") for line in PAGE.splitlines() if line.startswith(".SH ")]

    assert ["NAME", "SYNOPSIS", *(topic.upper() for topic in PAGES), "SEE ALSO"] == heads


def test_man_renders_it_without_a_complaint(tmp_path: Path) -> None:
    """Groff knows every request, and every option and table is there to be read."""
    if shutil.which("man") is None or shutil.which("groff") is None:
        pytest.skip("there is no man here")
    file = tmp_path / "gallery-daemon.1"
    file.write_text(PAGE, "utf-8")

    done = subprocess.run(
        ["man", "--warnings", "-l", file],
        capture_output=True,
        text=True,
        check=True,
        env={"MANWIDTH": "80", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )

    assert "" == done.stderr
    for words in ("gallery-daemon sort FOLDER...", "--min-confidence", "photo_quarantined", "│"):
        assert words in done.stdout
    assert "\\fB" not in done.stdout


class StandIn:
    """What hatchling gives a build hook, which is not installed for tests."""

    target_name = "wheel"

    class metadata:  # noqa: N801 - as hatchling calls it
        version = __version__

        class core:  # noqa: N801
            description = "Files photos"


def test_a_wheel_gets_the_page_and_an_editable_install_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is among the data of a wheel, under share/man; its folder is gone at the end."""
    interface = ModuleType("interface")
    monkeypatch.setattr(interface, "BuildHookInterface", StandIn, raising=False)
    for depth in range(1, 6):
        name = ".".join(["hatchling", "builders", "hooks", "plugin", "interface"][:depth])
        monkeypatch.setitem(sys.modules, name, interface)
    hook = get_build_hook()()
    editable: dict[str, dict[str, str]] = {"shared_data": {}}
    standard: dict[str, dict[str, str]] = {"shared_data": {}}

    hook.initialize("editable", editable)
    hook.initialize("standard", standard)

    ((path, place),) = standard["shared_data"].items()
    assert {} == editable["shared_data"]
    assert "share/man/man1/gallery-daemon.1" == place
    assert PAGE == Path(path).read_text("utf-8")
    hook.finalize("standard", standard, "x.whl")
    hook.finalize("editable", editable, "y.whl")
    assert not Path(path).exists()
