"""The model: a bundle on disk becomes calibrated probabilities.

- `manifest` is what must be known of a bundle and needs no torch; `bundle` reads and writes one.
- `network` is torchvision's ResNet34 with a head of our own; `preprocess` the only place that
  normalises.
- `predict` takes pictures and gives probabilities (`softmax`), by an `engine`: `torch_engine`, or
  `openvino_engine` for the 8-bit network, of which `int8` says what the manifest knows.
- `choice` measures which engine is the fastest here, each in a `trial` of its own that minds what
  `others` take of the machine, and `memory` remembers.
- `quantise` makes the 8-bit network and proves it by `probes`; `onnx_file` writes a bundle for
  other tools; `intel` imports OpenVINO without its telemetry.
"""
