"""The model: a bundle on disk becomes calibrated probabilities.

- `manifest` is what must be known of a bundle and needs no torch; `bundle` reads and writes one.
- `network` is torchvision's ResNet34 with a head of our own, and the only place that normalises.
- `engines` run a network; `engines.predict` takes pictures and gives probabilities.
- `quantise` makes the 8-bit network and compares it with the exact one; `onnx_file` writes a bundle
  for other tools.
"""
