"""The command line: `main` runs a command and turns errors into sentences and exit statuses.

`app` has the commands, one file for each family: `run`, `sort`, `plan`, `classify`, `check`,
`doctor`, `explain`, `history`, `logs`, `refile`, `undo`, `status`, `review`, `label`, `lessons`
(`moves` has what it asks), `learn` (which `new_model` tells of), `model` (in `chosen_model`),
`train` (with `evaluate`), `export`, `service` and `manual`; `start` starts the daemon without their
parser.
Several of them share `options`, `moments` (a time as it is typed), `exits` (statuses),
`config_file` (where the configuration is, and its warnings) and `taught` (which library lessons
are of). `plain` shows errors without rich, which the daemon does not load, `fitting` fits paths and
sentences to the terminal, and `helptext` is what `--help` prints; `render` (a pass), `blocks` (rows
of the journal), `explained` (a photo), `figures` (a model) and `progress` (bars) show the rest, and
`public` is what `--json` prints.
Torch is imported inside the commands that train, never here.
"""
