"""Checking answers against the files in a real browser: what holds, what changed, and the file to keep."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rag.config import Settings
from rag.engine import check_saved, read_saved_answers
from tests.browser.conftest import HOSTILE
from tests.browser.pages import ask, open_page

pytestmark = pytest.mark.browser


def test_an_answer_is_checked_until_its_source_changes(
    wide: Page, own_address: str, own_desk: Path, tmp_path: Path
) -> None:
    quay = own_desk / "seeds" / "quay.txt"
    open_page(wide, own_address)
    turn = ask(wide, "What did the harbour master say?")
    turn.get_by_role("button", name="Check against the files").click()
    certificate = turn.locator(".certificate")
    expect(certificate.locator(".verdict")).to_contain_text("in the files, character for character")
    expect(certificate.locator(".fate")).to_have_text(["Holds"])

    with wide.expect_download() as saving:
        wide.get_by_role("button", name="Download the conversation").click()
    file = tmp_path / "conversation.md"
    saving.value.save_as(file)
    saved = [answer for _, answer in read_saved_answers(file)]
    assert [check.holds for check in check_saved(saved, Settings(sources=own_desk / "seeds"))] == [True]

    try:
        quay.write_text(HOSTILE.replace("<b>closed</b>", "<b>open</b>"), encoding="utf-8")
        wide.get_by_role("button", name="Check the whole conversation").click()
        expect(certificate.locator(".fate")).to_have_text(["Changed"])
        expect(certificate.locator("del")).to_have_text(["<b>closed</b>"])
        expect(certificate.locator("ins")).to_have_text(["<b>open</b>"])
        assert wide.title() != "owned"
    finally:
        quay.write_text(HOSTILE, encoding="utf-8")
