"""Names of the documents in a file that holds several: `FILE#PART`."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST_NAME = 120


def part_names(names: Iterable[str]) -> list[str]:
    """Return a name for each part: what it calls itself, on one line; its number where that is nothing or taken."""
    found: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        shown = " ".join("".join(c if c.isprintable() or c.isspace() else "�" for c in name).split())
        shown = shown.replace("#", "＃")[:_LONGEST_NAME].strip() or f"part {number}"
        found[shown if shown not in found else f"{shown} (part {number})"] = None
    return list(found)
