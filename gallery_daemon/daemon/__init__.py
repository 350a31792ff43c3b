"""The process that runs for weeks: it watches, walks photos on, reloads, reports.

- `daemon`: its life from start to stop, one session for each configuration.
- `wiring`: constructs everything that one configuration needs.
- `loop`: the inbox and the main loop.
- `watching`: the watches and the listings of the watch folders.
- `library_watch`: looks at the library for what people put right.
- `beat`: the one timer of an idle daemon; `rest`: gives memory back when work has ended.
- `idle_learning`: lessons are learned from when nothing waits; `learner_process`: what learns.
- `drift_watch`: says when the model fits new photos worse; `model_state`: what `status` says of it.
- `version_watch`: takes up another version of the model.
- `configuration`: reads the configuration, for commands too; `reload`: when it is read again;
  `config_events`: hears of an edit at once; `precision_limits`: what its `min_precision` comes to
  with the present model.
- `instance`: one daemon a folder, and the socket for questions; `status`: the answers.
- `systemd`: the service manager's protocol; `unit`: its unit, and other shipped files.
- `metrics`: figures for Prometheus; `exporter`: hands them out, imported only where asked for.
- `sign_of_life`: what a terminal is told while the log has nothing to say.
- `summary`: one line a day; `journals`: the journal opened, repaired, set aside.
"""
