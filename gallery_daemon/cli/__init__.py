"""The front door: `main` opens it and turns errors into sentences and exit statuses.

Behind it are the commands of `app`, one file for each family: `run`, `sort`, `plan`, `classify`,
`check`, `doctor`, `explain`, `history`, `logs`, `refile`, `undo`, `status`, `train` (with
`evaluate`), `export` and `service`; `start` is the daemon's own way, past them all. `options`,
`moments` (a time as it is typed) and `found` (the configuration) are what several of them share;
`render`, `checked`, `forecast`, `compared`, `explained` and `progress` are what they show. Torch is
imported inside the commands that train, never here.
"""
