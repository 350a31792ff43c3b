"""The front door: `main` has the parser and turns errors into sentences and exit statuses.

One file per family of commands; `render` is what they show. Torch is imported inside the commands
that train, never here.
"""
