#!/bin/sh
# typer 0.29.2 carries a copy of click 8.3.1 of its own, `typer._click`, and no longer needs click.
#
# So what is written for click does not know a typer program, though both are installed and click is
# what typer was built upon for years: its command is no `click.Command`, a wrong value raises no
# `click.ClickException`, and `click.get_current_context()` finds none inside a command. The first
# option that is parsed imports pydantic, which typer needs since then.
#
# Seen: as the last lines of this script compare. Ends with 1 if that changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet "typer==0.29.2" "click==8.5.1"
cat > "$place/program.py" <<'PROGRAM'
import sys

import click
import typer

app = typer.Typer()


@app.command()
def greet(times: int = 1) -> None:
    try:
        click.get_current_context()
        print("click has a context")
    except RuntimeError as error:
        print(f"click: {error}")


print("a click.Command:", isinstance(typer.main.get_command(app), click.Command))
print("pydantic before:", "pydantic" in sys.modules)
app(["--times", "2"], standalone_mode=False)
print("pydantic after:", "pydantic" in sys.modules)
try:
    app(["--times", "many"], standalone_mode=False)
except Exception as error:
    print(f"{type(error).__module__}: a click.ClickException: {isinstance(error, click.ClickException)}")
PROGRAM
"$place/venv/bin/python" "$place/program.py" > "$place/seen"
cat "$place/seen"
cat > "$place/expected" <<'EXPECTED'
a click.Command: False
pydantic before: False
click: There is no active click context.
pydantic after: True
typer._click.exceptions: a click.ClickException: False
EXPECTED
cmp "$place/seen" "$place/expected"
