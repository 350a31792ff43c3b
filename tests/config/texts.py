"""Configurations for the tests: the model's classes, and a text to put a part into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.config.load import check_text
from gallery_daemon.errors import ConfigError, ConfigErrors

if TYPE_CHECKING:
    from gallery_daemon.config.settings import Config, ModelChoice

CLASSES = ("cars", "memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")
FILE = "/etc/gallery/config.yaml"
HEAD = "version: 1\nwatch: ~/Sync/Camera\nlibrary: ~/Pictures/Sorted\n"
RULE = f"{HEAD}rules:\n  - name: x\n"
TO = "    to: X/\n"
RULES = "rules:\n  - {name: all, to: All/}\n"


def default_classes(_model: ModelChoice) -> tuple[str, ...]:
    """The default model's classes, whichever model is asked for."""
    return CLASSES


def config_of(text: str) -> Config:
    """The configuration in a text that has no mistake."""
    return check_text(text, FILE, default_classes)


def errors_of(text: str) -> tuple[ConfigError, ...]:
    """The mistakes in a text; none if it has none."""
    try:
        config_of(text)
    except ConfigErrors as error:
        return error.errors
    return ()


def says(error: ConfigError, sentence: str, hint: str | None) -> bool:
    """Whether the mistake's words hold these; without a hint it must have none."""
    house_style = error.sentence[-1] != "." and error.file == FILE
    hinted = error.hint is None if hint is None else hint in str(error.hint)
    return sentence in error.sentence and hinted and house_style
