"""The front door: `main` opens it and turns errors into sentences and exit statuses.

Behind it are the commands of `app`, one file for each family: `run`, `sort`, `plan`, `classify`,
`check`, `doctor`, `explain`, `history`, `logs`, `refile`, `undo`, `status`, `train` (with
`evaluate`), `export` and `service`; `start` is the daemon's own way, past them all. `options`,
`moments` (a time as it is typed) and `config_file` (where it is, its warnings) are what several of
them share; `plain` (errors, without rich, which the daemon does not load),
`render`, `checked`, `forecast`, `compared`, `explained` and `progress` are what they show. Torch is
imported inside the commands that train, never here.
"""
