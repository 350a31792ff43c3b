"""gallery-daemon: a photo lands in a synced folder and is filed by rule, seconds later.

One photo's journey, room by room:

- `intake`: names become candidates, candidates settle.
- `imaging`: bytes become facts and a 224x224 picture.
- `classifier`: pictures become predictions, in a process of their own, with `model`.
- `rules`: facts and prediction become a decision; `config` reads the rules from YAML.
- `filing`: the decision is carried out, journalled, never overwriting.
- `logs`: one line says what happened and why.

`journey` walks a photo through the rooms and `daemon` turns it; `commands` and `doctor` are for who
asks, `training` makes the model, `cli` is the front door.
"""

__version__ = "0.1.0"
