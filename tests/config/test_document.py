"""YAML to nodes: places, limits, and that hostile texts end early."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.config.document import (
    NODES_LIMIT,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    compose,
)
from gallery_daemon.config.mistakes import Mark, Mistakes
from tests.config.texts import FILE, HEAD, RULES, config_of, errors_of


def node_of(text: str) -> Node:
    return compose(text, Mistakes(FILE))


def test_nodes_remember_where_they_stand() -> None:
    """Line and column count from 1, and keys have places as well."""
    node = node_of("# a comment\na:\n  - b\n  - {c: 'd'}\n")

    assert isinstance(node, MappingNode)
    ((key, value),) = node.entries
    assert isinstance(value, SequenceNode)
    b, inner = value.items
    assert isinstance(inner, MappingNode)
    assert (Mark(2, 1), "a") == (key.mark, key.text)
    assert Mark(3, 3) == value.mark
    assert Mark(3, 5) == b.mark
    assert Mark(4, 5) == inner.mark
    assert ScalarNode(Mark(4, 9), "d", plain=False, exact=True) == inner.entries[0][1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", Mark(1, 3)),
        ("'abc'", Mark(1, 4)),
        ('"a\\tc"', Mark(1, 1)),
        ("'a''c'", Mark(1, 1)),
        ("|\n  abc\n", Mark(1, 1)),
        ("a\n  bc", Mark(1, 1)),
    ],
)
def test_a_position_in_a_text_is_a_column_where_it_can_be(text: str, expected: Mark) -> None:
    """Else the place is where the value begins."""
    node = node_of(text)

    assert isinstance(node, ScalarNode)
    assert expected == node.at(2)


@pytest.mark.parametrize(
    ("text", "is_null", "flag"),
    [
        ("~", True, None),
        ("'~'", False, None),
        ("Null", True, None),
        ("yes", False, True),
        ("Off", False, False),
        ("'no'", False, None),
        ("1:30", False, None),
    ],
)
def test_a_value_stays_the_text_that_was_written(text: str, is_null: object, flag: object) -> None:
    """And tells what YAML 1.1 would have made of it."""
    node = node_of(text)

    assert isinstance(node, ScalarNode)
    assert text.strip("'") == node.text
    assert (is_null, flag) == (node.is_null, node.flag)


def test_an_alias_stands_for_its_anchor() -> None:
    """A few are fine, also of whole maps."""
    config = config_of(
        f"{HEAD}rules:\n"
        "  - {name: a, when: &day {taken: {after: 2026-01-01}}, to: &place A/}\n"
        "  - {name: b, when: {not: *day}, to: *place}\n"
    )

    first, second = config.rules.rules
    assert first.placing == second.placing
    assert "not: {taken: {after: 2026-01-01 00:00:00}}" == second.conditions[0].text


def bomb(levels: int) -> str:
    """A billion laughs: each line stands for nine of the line above."""
    lines = ["a0: &a0 ha"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (bomb(12), f"more than {NODES_LIMIT} values, aliases counted"),
        (f"[{'x, ' * NODES_LIMIT}]", f"more than {NODES_LIMIT} values"),
        ("[" * 50_000, "nests deeper than 20 levels"),
        ("- " * 50_000, "nests deeper than 20 levels"),
        ("{a: " * 50_000, "nests deeper than 20 levels"),
        ("\n".join("  " * depth + "a:" for depth in range(100)), "nests deeper than 20 levels"),
        (
            "a: &a [[[[[[[[[[x]]]]]]]]]]\nb: [[[[[[[[[[[*a]]]]]]]]]]]",
            "nests deeper than 20 levels",
        ),
        ("a: &a [*a]", "*a without quotes is an alias of YAML for something not there"),
    ],
)
def test_a_hostile_text_ends_early(text: str, sentence: str) -> None:
    """Before it has cost a second or filled the memory."""
    began = time.process_time()

    (error,) = errors_of(text)

    assert sentence in error.sentence
    assert time.process_time() - began < 5


yaml_letters = st.text(alphabet="ab:-[]{},'\"#&*!|>%@`?~ \n\t\\0", max_size=60)


@given(st.text() | yaml_letters | yaml_letters.map(lambda text: HEAD + text))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Every text is a configuration, or a list of mistakes at places in it."""
    lines = text.count("\n") + text.count("\r") + sum(map(text.count, "\x85\u2028\u2029")) + 1

    for error in errors_of(text):
        assert 1 <= error.line <= lines + 1
        assert error.column >= 1
        assert error.sentence


WORDS = """\
version watch library model batch limits defaults rules uncertain otherwise failed name when to
leave as action class min_confidence path ext source taken after before has_exif width min max
size any all not probability near lat lon km screenshot aspect year month weekday hour identical
merge jun sat 4:3 >=0.3 memes 1 0.8 cars ~ no true {class}/ {date:%Y} *.jpg 10s 20MB ~/a"""
words = st.sampled_from(WORDS.split())
trees = st.recursive(
    words | st.text(max_size=5) | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(trees)
def test_no_tree_breaks_the_reader(tree: object) -> None:
    """Any tree in place of a configuration is a mistake, and nothing worse."""
    for flow in (True, False):
        errors = errors_of(yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True))

        assert errors


@given(st.dictionaries(words, trees, max_size=3))
def test_conditions_say_something_or_are_a_mistake(when: object) -> None:
    """No tree under `when` becomes a rule that matches everything."""
    rules = yaml.safe_dump([{"name": "x", "when": when, "leave": True}], default_flow_style=True)
    text = f"{HEAD}rules: {rules}"

    assert errors_of(text) or config_of(text).rules.rules[0].conditions


def test_the_usual_text_is_no_mistake() -> None:
    """So that the properties above do not hold for want of anything that loads."""
    assert () == errors_of(HEAD + RULES)
