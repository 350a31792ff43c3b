"""`model list`, `model use` and `model rollback`: the versions of a configuration's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import public
from gallery_daemon.cli.config_file import warn_of_versions
from gallery_daemon.cli.fitting import path_line, sentence
from gallery_daemon.cli.helptext import HelpfulCommand, HelpfulGroup
from gallery_daemon.cli.moments import to_the_second
from gallery_daemon.cli.options import ConfigFile, TaughtLibrary
from gallery_daemon.cli.plain import shown
from gallery_daemon.cli.taught import config_to_teach
from gallery_daemon.commands.model_choice import roll_back, use_version, versions_for
from gallery_daemon.model.model_version import ModelVersionState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.model.model_version import ListedModelVersion, ModelVersion

app = typer.Typer(
    cls=HelpfulGroup,
    help="Show what the model has learned, and choose which version of it serves.",
    no_args_is_help=True,
)

_INDENT = 6


@app.command("list", cls=HelpfulCommand)
def list_versions(
    *,
    config: ConfigFile = None,
    library: TaughtLibrary = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per version.")
    ] = False,
) -> None:
    """List the versions of the model for the library of the configuration.

    Version 0 is the model as it came. Each other was learned from lessons; `gallery-daemon learn`
    makes them. The one with the star serves.

    Example: gallery-daemon model list
    """
    loaded = config_to_teach(config, library)
    versions = versions_for(loaded)
    if as_json:
        for each in versions.all():
            public.print_json(public.of_version(each))
        return
    warn_of_versions(loaded)
    print(path_line(loaded.library, 0, before="versions for "))
    for each in versions.all():
        for line in _lines(each):
            print(line)


@app.command(cls=HelpfulCommand)
def use(
    name: Annotated[
        str, typer.Argument(help="A number, a model's `name@hash8`, or `base`.", show_default=False)
    ],
    *,
    config: ConfigFile = None,
    library: TaughtLibrary = None,
) -> None:
    """Let another version of the model serve.

    A running daemon takes it up within seconds. Photos stay where they are; `gallery-daemon refile`
    shows which would go elsewhere. A version that the gate refused cannot be used, nor one that
    does not know a class which your rules name.

    Examples:
        gallery-daemon model use 3

        gallery-daemon model use base
    """
    _print_serving(use_version(config_to_teach(config, library), name))


@app.command(cls=HelpfulCommand)
def rollback(*, config: ConfigFile = None, library: TaughtLibrary = None) -> None:
    """Let the version before serve again.

    A running daemon takes it up within seconds. Nothing is deleted: `model use` comes back.

    Example: gallery-daemon model rollback
    """
    _print_serving(roll_back(config_to_teach(config, library)))


def _print_serving(version: ModelVersion) -> None:
    print(sentence(f"{version.manifest.model_id} serves: {_origin(version)}"))
    print(sentence("see which photos would go elsewhere with: gallery-daemon refile"))


def _lines(listed: ListedModelVersion) -> Iterator[str]:
    """A version as a person reads it: its state and name, then from what it was learned."""
    star = "*" if listed.state is ModelVersionState.CURRENT else " "
    begin = f"{star} {listed.number:>3}"
    if listed.version is None:
        yield f"{begin} {listed.state}"
        yield sentence(listed.problem or "", _INDENT)
        return
    version = listed.version
    yield f"{begin} {listed.state}, {shown(version.manifest.model_id)}"
    yield sentence(_origin(version), _INDENT)
    if version.learned is not None:
        for reason in version.learned.gate.reasons:
            yield sentence(reason, _INDENT)
        wanted = version.learned.gate.wanted_more
        if wanted is not None:
            yield sentence(f"about {wanted} more lessons could change that", _INDENT)


def _origin(version: ModelVersion) -> str:
    learned = version.learned
    if learned is None:
        return f"the model as it came, {len(version.manifest.classes)} classes"
    when = to_the_second(learned.created_at.isoformat())
    classes = ", ".join(f"{count} {name}" for name, count in learned.lessons.items())
    lessons = "lesson" if learned.count == 1 else "lessons"
    return f"version {version.number}, learned {when} from {learned.count} {lessons}: {classes}"
