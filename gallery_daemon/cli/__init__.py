"""The front door: `main` has the parser and turns errors into sentences and exit statuses.

One file for each family of commands: `run`, `sort`, `classify`, `check`, `history`, `undo`,
`status`, `train` (with `evaluate`), `export` and `service`. `options` and `moments` (a time as it
is typed) are what several of them share; `render` and `progress` are what they show. Torch is
imported inside the commands that train, never here.
"""
