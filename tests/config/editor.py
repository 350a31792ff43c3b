"""A configuration as an editor reads it: YAML 1.2's core schema, then our JSON Schema.

Source: https://yaml.org/spec/1.2.2/#103-core-schema. PyYAML reads YAML 1.1, where `yes` is true and
a day is a date.
"""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import yaml

from gallery_daemon.config.schema import schema
from tests.config.texts import CLASSES


class EditorLoader(yaml.SafeLoader):
    """PyYAML's parser with the four kinds of plain values that YAML 1.2 knows."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's name and type


def _int(loader: EditorLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text.removeprefix("0o") if base == 8 else text, base)


def _float(loader: EditorLoader, node: yaml.ScalarNode) -> float:
    return float(str(loader.construct_scalar(node)).lower().replace(".inf", "inf"))


for tag, pattern in {
    "null": r"null|Null|NULL|~|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)",
}.items():
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), None
    )
EditorLoader.add_constructor("tag:yaml.org,2002:int", _int)
EditorLoader.add_constructor("tag:yaml.org,2002:float", _float)

_VALIDATOR = jsonschema.Draft7Validator(schema(CLASSES))


def marks_of(text: str) -> list[str]:
    """What an editor marks as wrong, each with its place in the document."""
    loader = EditorLoader(text)
    try:
        document = loader.get_single_data()
    finally:
        loader.dispose()
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(document)]
