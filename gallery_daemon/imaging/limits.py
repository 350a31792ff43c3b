"""How much one photo may ask for; the configuration's `limits` can say otherwise."""

from __future__ import annotations

# The largest phone photo known to us, 200 megapixels of a Galaxy, is under 100 MB as JPEG, a
# 12-megapixel ProRAW under 80 MB. Larger files are videos or attacks.
DEFAULT_BYTES = 500 * 1000 * 1000
# 200 megapixels (Galaxy S23 Ultra) with room for a panorama; decoded whole, three bytes each.
DEFAULT_PIXELS = 250 * 1000 * 1000
# A 200-megapixel HEIC without a preview takes 10 s to decode on two slow cores.
DEFAULT_SECONDS = 30.0
