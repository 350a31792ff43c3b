"""The front door: `main` has the parser and turns errors into sentences and exit statuses.

One file for each family of commands: `run`, `sort`, `classify`, `check`, `history`, `train` (with
`evaluate`) and `service`. `options` are what several of them share; `render` and `progress` are
what they show. Torch is imported inside the commands that train, never here.
"""
