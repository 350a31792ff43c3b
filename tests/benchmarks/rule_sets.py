"""Configurations whose rules ask a prediction for different things, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.config.load import check_text
from tests.faults.running import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gallery_daemon.config.settings import Config

EXAMPLE = "config.example.yaml"
_HEAD = "version: 1\nwatch: /watch\nlibrary: /library\n"
_TEXTS = {
    "strict": """
defaults: {min_confidence: 0.9}
rules:
  - {name: screenshots, when: {class: whatsapp_screenshots}, to: Screenshots/}
  - {name: memes, when: {class: memes, min_margin: 0.9}, to: Memes/}
  - {name: selfies, when: {class: selfies, min_margin: 0.85}, to: "Selfies/{date:%Y}/"}
  - {name: outdoors, when: {class: [mountains, trees], min_confidence: 0.95}, to: "Out/{class}/"}
  - {name: cars, when: {class: cars}, to: Cars/}
uncertain: Review/{class}/
""",
    "probability": """
rules:
  - {name: perhaps a meme, when: {probability: {memes: ">= 0.3"}}, to: Memes/}
  - {name: surely no person, when: {probability: {selfies: "< 0.01"}, class: cars}, to: Cars/}
  - {name: green or high, when: {probability: {trees: ">= 0.4"}}, to: Trees/}
  - {name: high, when: {probability: {mountains: ">= 0.4"}}, to: Mountains/}
  - {name: others, when: {probability: {other: ">= 0.7"}}, to: Other/}
uncertain: Review/
otherwise: Rest/{class}/
""",
    "precision and familiar": """
defaults: {min_precision: 0.95}
rules:
  - {name: strange, when: {familiar: false}, to: Strange/}
  - {name: memes, when: {class: memes, min_precision: 0.90}, to: Memes/}
  - {name: selfies, when: {class: selfies, min_familiarity: 0.1}, to: Selfies/}
  - {name: the rest, when: {class: [cars, mountains, trees, whatsapp_screenshots]}, to: "{class}/"}
  - {name: other, when: {class: other}, to: Other/}
uncertain: Review/{class}/
""",
    "top class": """
rules:
  - {name: by class, when: {min_confidence: 0}, to: "{class}/"}
""",
}


def rule_sets(classes: Sequence[str], bundle: str) -> Mapping[str, Config]:
    """All of them, for a bundle of these classes; the first is that of `config.example.yaml`."""
    example = (REPOSITORY / EXAMPLE).read_text("utf-8")
    texts = {EXAMPLE: example} | {name: _HEAD + text for name, text in _TEXTS.items()}
    configs = {
        name: check_text(text, f"/{name}.yaml", lambda _: tuple(classes))
        for name, text in texts.items()
    }
    return {
        name: replace(config, model=replace(config.model, bundle=bundle))
        for name, config in configs.items()
    }
