"""Values as the YAML has them."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.rules.yamltext import yaml_number, yaml_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IMG_*", "IMG_*"),
        ("Trips/**/a (1).jpg", "Trips/**/a (1).jpg"),
        ("*.jpg", '"*.jpg"'),
        ("no", '"no"'),
        ("NULL", '"NULL"'),
        ("a, b", '"a, b"'),
        ("a: b", '"a: b"'),
        ("[0-9]", '"[0-9]"'),
        ('say "x" \\', '"say \\"x\\" \\\\"'),
        ("a\nb\U000e0001", '"a\\u000ab\\U000e0001"'),
        ("", '""'),
    ],
)
def test_a_text_is_quoted_where_yaml_needs_it(text: str, expected: str) -> None:
    """And only there, so that most conditions read as a person wrote them."""
    assert expected == yaml_text(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_reads_back(text: str) -> None:
    """In a list in a map, whatever it holds."""
    events = yaml.parse(f"[{yaml_text(text)}]", Loader=yaml.SafeLoader)

    assert [text] == [each.value for each in events if isinstance(each, yaml.ScalarEvent)]


@given(st.floats(0, 1e12))
def test_a_number_reads_back(value: float) -> None:
    """With all its digits, and without an exponent."""
    assert value == float(yaml_number(value))
    assert "e" not in yaml_number(value).lower()
