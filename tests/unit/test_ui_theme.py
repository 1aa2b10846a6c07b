"""The colours of .streamlit/config.toml can be read: contrasts as WCAG 2.2 counts them (1.4.3, level AA)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

READABLE = 4.5


def channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


def mixed(share: float, over: str, under: str) -> str:
    """The colour that `share` of one over the other gives, as CSS's color-mix in sRGB."""
    pairs = zip(channels(over), channels(under), strict=True)
    return "#" + "".join(f"{round((share * one + (1 - share) * other) * 255):02x}" for one, other in pairs)


def luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture
def configuration(repository: Path) -> dict[str, Any]:
    with (repository / ".streamlit" / "config.toml").open("rb") as file:
        return tomllib.load(file)


def test_black_on_white_counts_21() -> None:
    assert round(contrast("#000000", "#ffffff"), 6) == 21


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(configuration: dict[str, Any], scheme: str) -> None:
    theme = configuration["theme"][scheme]
    page, pane, ink = (theme[name] for name in ("backgroundColor", "secondaryBackgroundColor", "textColor"))
    quiet = mixed(0.68, ink, page)
    pairs = {
        "text on the page": (ink, page),
        "text in the reader": (ink, pane),
        "quiet text on the page": (quiet, page),
        "quiet text in the reader": (quiet, pane),
        "links": (theme["primaryColor"], page),
        "links in the reader": (theme["primaryColor"], pane),
        "a chip": (theme["primaryColor"], mixed(0.11, theme["primaryColor"], page)),
        "an opened chip": (page, theme["primaryColor"]),
        "cited words": (ink, mixed(0.24, theme["yellowColor"], pane)),
        "clicked words": (ink, mixed(0.62, theme["yellowColor"], pane)),
        "used": (theme["greenTextColor"], page),
    }
    assert {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < READABLE} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_highlights_can_be_told_apart(configuration: dict[str, Any], scheme: str) -> None:
    theme = configuration["theme"][scheme]
    pane = theme["secondaryBackgroundColor"]
    light, strong = (mixed(share, theme["yellowColor"], pane) for share in (0.24, 0.62))
    assert contrast(strong, pane) > contrast(light, pane) > 1.05
    assert contrast(strong, light) > 1.2


def test_the_page_is_for_this_machine_and_reports_to_nobody(configuration: dict[str, Any]) -> None:
    assert configuration["server"]["address"] == "127.0.0.1"
    assert configuration["browser"]["gatherUsageStats"] is False
    assert configuration["server"]["showEmailPrompt"] is False
