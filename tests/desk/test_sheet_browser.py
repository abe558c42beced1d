"""The township sheet on paper: one page of whom to call now, its appendix after it."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from anlan.call.models import CallDown
from anlan.call.queries.sheet import FIRST_PAGE
from tests.desk.test_duty_browser import night, officer
from tests.support.city import Mini

__all__ = ["night"]
pytestmark = pytest.mark.browser
PAGE_PX = 271 * 96 / 25.4
"""A4 less the margins of sheet.css."""


def test_the_first_page_of_the_township_sheet_is_one_page_however_many_are_to_be_called(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    ref = CallDown.objects.get(world=night.world).ref
    with officer(chromium, live_server, night) as (page, _):
        page.set_viewport_size({"width": 660, "height": 1000})  # the text width of the paper
        page.goto(f"{live_server.url}/w/x1/calls/{ref}/sheet")
        page.emulate_media(media="print")
        first = page.locator("article.sheet").first
        rows = first.locator(".sheet-now tbody tr")
        assert 0 < rows.count() <= FIRST_PAGE
        rows.first.evaluate(
            "(row, n) => { for (let i = row.parentNode.rows.length; i < n; i += 1) row.parentNode.append(row.cloneNode(true)) }",
            FIRST_PAGE,
        )
        assert rows.count() == FIRST_PAGE
        assert first.bounding_box()["height"] <= PAGE_PX  # type: ignore[index]
        assert page.locator("article.sheet").nth(1).locator("table").count() >= 1
