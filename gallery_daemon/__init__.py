"""gallery-daemon: a photo lands in a synced folder and is filed by rule, seconds later.

One photo's journey, room by room:

- `intake`: names become candidates, candidates settle.
- `imaging`: bytes become facts and a 224x224 picture.
- `classifier`: pictures become predictions, in a process of their own, with `model`.
- `rules`: facts and prediction become a decision; `config` reads the rules from YAML.
- `filing`: the decision is carried out, never overwriting; `journal` records it before and after.
- `logs`: one line says what happened and why.

`journey` walks a photo through the rooms and `daemon` keeps it going. `commands` and `doctor` are
for a person's questions, `training` makes the model and `learning` improves it by what people do;
`review` is for their answers, in the browser; `cli` is the command line, `manual` its pages.
"""

__version__ = "0.1.0"
