"""Names that claim a photo: only then is a file with other content a broken photo, and not litter.

What a file *is*, its content alone decides (`formats`).
"""

from __future__ import annotations

_PHOTO_ENDINGS = (
    ".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic",
    ".heif", ".hif", ".avif",
)  # fmt: skip


def claims_to_be_a_photo(name: str) -> bool:
    """Whether a person would expect a readable photo under this name."""
    return name.lower().endswith(_PHOTO_ENDINGS)
