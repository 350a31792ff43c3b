"""What YAML cannot read, and what a person most likely meant."""

from __future__ import annotations

import time

import pytest

from tests.config.texts import HEAD, RULE, TO, errors_of, says

SYNTAX = [
    # Brackets that are opened and not closed: at the bracket, though YAML stops a line later.
    *(
        (f"{RULE}{lines}{TO}", 6, column, "a bracket is opened and not closed", f"with {closing}")
        for lines, column, closing in (
            ("    when: {class: [memes, cars\n", 19, "]"),
            ("    when: {class: [memes, cars]\n", 11, "}"),
            ("    when: {class: [memes, cars]  # } ]\n", 11, "}"),
            ("    when: {name: ['a}', \"]b\"]\n", 11, "}"),
            ("    when: {any: [{class: cars}, {class: trees}\n", 17, "]"),
        )
    ),
    (
        f"{RULE}    when:\n      class: [memes, cars\n{TO}  - {{name: y, to: [B]}}\n",
        7,
        14,
        "a bracket is opened and not closed",
        "close the bracket with ]",
    ),
    (
        f"{HEAD}rules: [{{name: x, to: A/}}\nuncertain: Review/\n",
        4,
        8,
        "a bracket is opened and not closed",
        "close the bracket with ]",
    ),
    (f"{RULE}    to: {{class}}/\n", 6, 9, "a template must stand in quotes", 'to: "{class}/"'),
    (
        f"{RULE}    to: {{class}}/{{date:%Y}}/\n",
        6,
        9,
        "to: a template must stand in quotes",
        'to: "{class}/{date:%Y}/"',
    ),
    (
        f"{HEAD}rules:\n  - {{name: x, to: Memes/{{date:%Y}}/}}\n",
        5,
        19,
        "to: a template must stand in quotes",
        'to: "Memes/{date:%Y}/"',
    ),
    (
        f"{HEAD}rules:\n  - {{name: x, when: {{class: cars}}, to: {{class}}/}}\n",
        5,
        40,
        "to: a template must stand in quotes",
        'to: "{class}/"',
    ),
    (
        'version: 1\nwatch: "C:\\Users\\Anna\\Photos"\n',
        2,
        8,
        "in double quotes a backslash begins an escape",
        "with slashes: /mnt/c/Users/Anna/Photos",
    ),
    (
        f'{RULE}    when: {{name: "IMG\\d*"}}\n',
        6,
        18,
        "in double quotes a backslash begins an escape",
        "write it in quotes: 'IMG\\d*'",
    ),
    (
        f"{RULE}    when: {{class: [mountains, trees}}\n{TO}",
        6,
        36,
        "} stands where ] must close the [ before it",
        "write ] instead of }, or before it",
    ),
    (
        f"{RULE}    when: {{class: cars]\n{TO}",
        6,
        23,
        "] stands where } must close the { before it",
        "write } instead of ], or before it",
    ),
    (f"{RULE}    to: {{class}}\n", 6, 9, "to: a map is not a folder", 'to: "{class}"'),
    (
        f"{RULE}    when: {{class: cars, min_confidence: >=0.8}}\n{TO}",
        6,
        41,
        'min_confidence: ">=0.8" is not a number',
        "write a plain number: min_confidence: 0.8",
    ),
    (
        f"{RULE}    when:\n      min_confidence: >=0.8\n{TO}",
        7,
        23,
        'min_confidence: ">=0.8" is not a number',
        "write a plain number: min_confidence: 0.8",
    ),
    (
        f"{RULE}    when:\n      min_confidence: > 0.8\n{TO}",
        7,
        23,
        'min_confidence: "> 0.8" is not a number',
        "write a plain number: min_confidence: 0.8",
    ),
    (
        f"{RULE}    when: {{probability: {{memes: >= 0.3}}}}\n{TO}",
        6,
        33,
        'memes: ">= 0.3" must stand in quotes',
        'write memes: ">= 0.3"',
    ),
    (
        f"{RULE}    when: {{width: <=4000}}\n{TO}",
        6,
        19,
        'width: "<=4000" is not a map such as',
        "write width: {max: 4000}",
    ),
    (f"{RULE}    when: {{width: >4000}}\n{TO}", 6, 19, '">4000"', "write width: {min: 4000}"),
    (f"{RULE}    when:\n      name: *.tmp\n{TO}", 7, 13, "cannot begin with *", '"*.tmp"'),
    (f"{RULE}    when: {{name: [*.tmp, a]}}\n{TO}", 6, 19, "cannot begin with *", '"*.tmp"'),
    (f"{RULE}    when:\n      name: *tmp\n{TO}", 7, 13, "*tmp without quotes", '"*tmp"'),
    (f"{RULE}    when: {{name: [!x, a]}}\n{TO}", 6, 19, "!x without quotes", '"!x"'),
    (f"{RULE}    to: !!python/object:os.system x\n", 6, 9, "is a tag of YAML", "in quotes"),
    (f"{RULE}    to: %Y/\n", 6, 9, "cannot begin with %", '"%Y/"'),
    (f"{RULE}    to: @x\n", 6, 9, "cannot begin with @", '"@x"'),
    (f"{RULE}    to: `x`\n", 6, 9, "cannot begin with `", '"`x`"'),
    (f"{RULE}\tto: X/\n", 6, 1, "a tab cannot indent YAML", "indent with spaces"),
    (f"{RULE}   to: X/\n", 6, 4, "does not fit the indentation", "begin in the same column"),
    (f"{HEAD}rules:\n  - name:x\n{TO}", 5, 5, "must be a space", "write name: x"),
    ("version:1\nwatch: x\n", 1, 1, "must be a space", "write version: 1"),
    (f"{RULE}    to: A: b\n", 6, 9, 'a value with ": " in it', 'to: "A: b"'),
    (f"{RULE}    to: 'X/\n", 6, 9, "a quote is opened and not closed", "close the quote"),
    (f"{HEAD}rules: [\n", 4, 8, "a bracket is opened and not closed", "close the bracket"),
    (f"{HEAD}rules: {{a: b\n", 4, 8, "a bracket is opened and not closed", "close the bracket"),
    (f"{HEAD}rules: {{a: b]\n", 4, 13, "] stands where } must close the {", "write }"),
    (f'{RULE}    to: "\\q"\n', 6, 9, "none that YAML knows", "'\\q'"),
    ("%FOO\na\n", 2, 1, "this is not YAML", None),
    (f'{RULE}    to: "\\UFFFFFFFF"\n', 1, 1, "this is not YAML", None),
    (f'{RULE}    to: "\\ud83d\\ude97"\n', 6, 9, "\\ud83d is half a character", "itself"),
    (f'{HEAD}rules: [{{name: "\\udcff"}}]\n', 4, 16, "\\udcff is half a character", "itself"),
    (f"{HEAD}rules: \0\n", 4, 8, "U+0000 cannot stand in YAML", "remove it"),
]


@pytest.mark.parametrize(("text", "line", "column", "sentence", "hint"), SYNTAX)
def test_a_trap_is_explained_where_it_is(
    text: str, line: int, column: int, sentence: str, hint: str | None
) -> None:
    """In words that help, with what to write instead."""
    (error,) = errors_of(text)

    assert (line, column) == (error.line, error.column)
    assert says(error, sentence, hint)


def test_a_bracket_of_several_lines_is_closed() -> None:
    """There the mistake is where YAML stops: a comma is missing."""
    text = f"{RULE}    when: {{\n      class: cars\n      min_confidence: 0.9\n    }}\n{TO}"

    (error,) = errors_of(text)

    assert (8, "opened") != (error.line, error.sentence[5:11])
    assert "not closed" not in error.sentence


def test_a_very_long_line_is_no_trap_for_us() -> None:
    """The detectors look at its beginning only, so no pattern of theirs can be made to hang."""
    for letters in ("{", "{a}", "a: {", "a ", "- ", '"', "a:a", "*a", "@ "):
        began = time.process_time()

        errors = errors_of(f"{HEAD}x: {letters * 20_000} {{b}} @c: d: e\n")

        assert errors
        assert time.process_time() - began < 5
