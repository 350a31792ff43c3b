"""The model: a bundle on disk becomes calibrated probabilities.

`manifest` is what must be known of a bundle and needs no torch; `bundle` reads and writes one;
`network` is torchvision's ResNet34 with a head of our own; `preprocess` is the only place that
normalises; `predict` takes pictures and gives probabilities.
"""
