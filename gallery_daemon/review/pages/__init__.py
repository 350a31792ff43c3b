"""The pages of the review, a file for each, in the order of the navigation.

A new page is a file here with a `PAGE`, named in `PAGES`, and a template.
`review_page` shows the photos that wait for a person's word; what the person says goes to
`deciding`, from this page and others. `today_page` shows what was filed, live, and `library_page`
what a library has, what looks mislabelled in it, and near duplicates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.review.pages import library_page, review_page, today_page

if TYPE_CHECKING:
    from gallery_daemon.review.web_page import WebPage

PAGES: tuple[WebPage, ...] = (review_page.PAGE, today_page.PAGE, library_page.PAGE)
"""In the order of the navigation; the first is where one arrives."""
