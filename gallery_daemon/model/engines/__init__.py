"""Engines: the libraries that can run a network's body, and which of them is the fastest here.

- `engine` says what an engine is; `torch` and `openvino` are the two there are.
- `predict` is a bundle and an engine together: pictures in, predictions out.
- `choose` decides on the engine, by what `measured` remembers.
- `measure` finds out which is the fastest while nobody waits: `trial` times each in a process of
  its own.
- `probes` are pictures that show whether an engine gives the right answers.

Another engine: a module here with a class and a function like `torch.TorchEngine` and
`torch.torch_kinds`, its name in `engine.LIBRARIES`, and a branch for each in `predict`. `choose`
says when `auto` tries it, `config.settings.EngineChoice` that a person may ask for it.
"""
