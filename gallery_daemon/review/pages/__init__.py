"""The pages of the review, a file for each, in the order of the navigation.

A new page is a file here with a `PAGE`, named in `PAGES`, and a template. `review_page` shows the
photos that wait for a person's word; what the person says goes to `deciding`, from this page and
others, as `photo_pictures` has pictures, and `why_page` what is behind a photo, for all.
`today_page` shows what was filed, live, and `library_page` what a library has, what looks
mislabelled in it, and near duplicates. `rules_page` has the configuration and the plan of a change,
`model_page` the versions of the model and the lessons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.review.pages import (
    library_page,
    model_page,
    review_page,
    rules_page,
    today_page,
)

if TYPE_CHECKING:
    from gallery_daemon.review.web_page import WebPage

PAGES: tuple[WebPage, ...] = (
    review_page.PAGE,
    today_page.PAGE,
    library_page.PAGE,
    rules_page.PAGE,
    model_page.PAGE,
)
"""In the order of the navigation; the first is where one arrives."""
