"""The manual's own machinery; `tests.docs` has what its pages say."""
