"""The shape of the code, measured: a table with a column for each checkout.

    python -m tests.structure [CHECKOUT ...]

Lines are raw lines of `*.py` below `gallery_daemon`. A function's length is its lines from `def` to
the end, its docstring left out. A file used by one other file only is one that a single file of the
package imports. What a hop is stands in `tests.hops`.
"""

from __future__ import annotations

import ast
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

_PACKAGE = "gallery_daemon"
_HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a checkout, parsed; `module` is dotted."""

    path: Path
    module: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Raw lines."""
        return len(self.text.splitlines())

    @property
    def is_face(self) -> bool:
        """Whether it is a room's `__init__`, which only tells what is in it."""
        return self.path.name == "__init__.py"


def sources(checkout: Path, folder: str = _PACKAGE) -> list[Source]:
    """Every Python file below that folder of the checkout."""
    found = []
    for path in sorted((checkout / folder).rglob("*.py")):
        text = path.read_text("utf-8")
        module = ".".join(path.relative_to(checkout).with_suffix("").parts)
        found.append(Source(path, module.removesuffix(".__init__"), text, ast.parse(text)))
    return found


def imports(code: list[Source]) -> dict[str, set[str]]:
    """Each module with those of `code` that it imports, for types alone too."""
    modules = {each.module for each in code}
    edges: dict[str, set[str]] = {each.module: set() for each in code}
    for each in code:
        for node in ast.walk(each.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = {f"{node.module}.{alias.name}" for alias in node.names} & modules
                edges[each.module] |= names or ({node.module} & modules)
    return edges


def public_classes(code: list[Source]) -> dict[str, list[str]]:
    """Each public class name with the modules that define it."""
    found = defaultdict(list)
    for each in code:
        for node in ast.walk(each.tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(each.module)
            elif (
                isinstance(node, ast.Assign)
                and node in each.tree.body
                and isinstance(node.targets[0], ast.Name)
                and isinstance(node.value, (ast.BinOp, ast.Subscript))
                and node.targets[0].id[:1].isupper()
                and not node.targets[0].id.isupper()
            ):  # a type alias is a name of a type as well
                found[node.targets[0].id].append(each.module)
    return dict(found)


def file_names(code: list[Source]) -> dict[str, list[str]]:
    """Each file's name with the modules that bear it; the faces of rooms left out."""
    found = defaultdict(list)
    for each in code:
        if not each.is_face:
            found[each.path.stem].append(each.module)
    return dict(found)


def function_lengths(code: list[Source]) -> list[int]:
    """Lines of each function and method, docstrings left out."""
    return [
        _length(node)
        for each in code
        for node in ast.walk(each.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    told = function.body[0]
    assert told.end_lineno is not None
    return lines - (told.end_lineno - told.lineno + 1)


def hops(checkout: Path) -> dict[str, int]:
    """The walk of one photo through the files, as `tests.hops` counts it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "photos").mkdir()
        Image.new("RGB", (320, 240), (40, 90, 120)).save(home / "photos/a.jpg")
        places = (checkout, home / "photos", home / "library")
        environ = os.environ | {"PYTHONPATH": str(checkout), "XDG_STATE_HOME": folder}
        done = subprocess.run(
            [sys.executable, "-P", _HERE / "tests/hops.py", *places],
            capture_output=True,
            text=True,
            env=environ,
            check=True,
        )
    result: dict[str, int] = json.loads(done.stderr.splitlines()[-1])
    return result


def figures(checkout: Path) -> dict[str, str]:
    """All rows of the table for one checkout."""
    code = sources(checkout)
    edges = imports(code)
    users = Counter(module for used in edges.values() for module in used)
    files = [each.lines for each in code if not each.is_face]
    lengths = sorted(function_lengths(code))
    walk = hops(checkout)
    rows = {
        "files": f"{len(code)}",
        "lines": f"{sum(each.lines for each in code):,}",
        "files used by one other file only": f"{sum(n == 1 for n in users.values())}",
        "file, median / largest": f"{statistics.median(files):.0f} / {max(files)}",
        "function, median / 90% / longest": f"{statistics.median(lengths):.0f} / "
        f"{lengths[len(lengths) * 9 // 10]} / {lengths[-1]}",
        "imports between files": f"{sum(map(len, edges.values())):,}",
        "one photo's walk, files / hops": f"{walk['files']} / {walk['hops']}",
        "class names with two meanings": f"{_repeated(public_classes(code))}",
        "file names in two rooms": f"{_repeated(file_names(code))}",
        "README, kB": f"{len((checkout / 'README.md').read_bytes()) / 1000:.1f}",
    }
    tests = sources(checkout, "tests")
    for room, share in sorted(_shares(checkout, code, tests).items()):
        rows[f"tests : code, {room}"] = f"{share:.2f}"
    return rows


def _repeated(names: dict[str, list[str]]) -> int:
    return sum(len(modules) > 1 for modules in names.values())


def _shares(checkout: Path, code: list[Source], tests: list[Source]) -> dict[str, float]:
    """Lines of tests for each line of code, room by room; a room is a folder at the top."""
    code_lines, test_lines = Counter[str](), Counter[str]()
    for each in code:
        code_lines[_room(each, checkout / _PACKAGE)] += each.lines
    for each in tests:
        test_lines[_room(each, checkout / "tests")] += each.lines
    shares = {
        room: test_lines[room] / lines for room, lines in code_lines.items() if room and lines
    }
    return shares | {"all": sum(test_lines.values()) / sum(code_lines.values())}


def _room(source: Source, top: Path) -> str:
    parts = source.path.relative_to(top).parts
    return parts[0] if len(parts) > 1 else ""


def main() -> None:
    """Print the table."""
    checkouts = [Path(word).resolve() for word in sys.argv[1:]] or [_HERE]
    columns = [figures(checkout) for checkout in checkouts]
    table = Table("", *(checkout.name for checkout in checkouts))
    for row in dict.fromkeys(key for column in columns for key in column):
        table.add_row(row, *(column.get(row, "") for column in columns))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
