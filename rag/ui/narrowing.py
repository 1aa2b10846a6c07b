"""Which sources a question is asked of: the filter in the address, as chips, and in words. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from rag.text.dates import date_in_words
from rag.types import Answer, SourceFilter, Status
from rag.ui.wording import counted, displayable, shortened

SOURCES, AFTER, BEFORE, OUTLETS = "only", "after", "before", "outlet"
PARAMETERS = (SOURCES, AFTER, BEFORE, OUTLETS)
"""The names under which a filter stands in the address."""
NAMES_SHOWN = 2
TITLE_LENGTH_SHOWN = 36

Parameters = Mapping[str, Sequence[str]]


def to_parameters(chosen: SourceFilter) -> dict[str, list[str]]:
    """Return a filter as parameters of the address, each with all its values; without those that have none."""
    values = {
        SOURCES: list(chosen.sources),
        AFTER: [chosen.after] if chosen.after else [],
        BEFORE: [chosen.before] if chosen.before else [],
        OUTLETS: list(chosen.outlets),
    }
    return {name: listed for name, listed in values.items() if listed}


def from_parameters(parameters: Parameters) -> SourceFilter:
    """Read a filter from the address, where anybody may have written anything: what is no date is left out."""
    return SourceFilter(
        tuple(dict.fromkeys(filter(None, parameters.get(SOURCES, ())))),
        _day(parameters.get(AFTER, ())),
        _day(parameters.get(BEFORE, ())),
        tuple(dict.fromkeys(filter(None, parameters.get(OUTLETS, ())))),
    )


def _day(values: Sequence[str]) -> str | None:
    """Return the last of `values` where it is a day as ISO 8601 writes it."""
    try:
        return date.fromisoformat(values[-1]).isoformat() if values else None
    except ValueError:
        return None


def view_chips(chosen: SourceFilter, titles: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a chip for each part of a filter: what it says, and the key that `without` takes it away by."""
    chips = [(f"{SOURCES}:{name}", titles.get(name, name), name) for name in chosen.sources]
    chips += [(f"{OUTLETS}:{name}", name, f"Published or written by {name}") for name in chosen.outlets]
    if chosen.after:
        chips.append((AFTER, f"since {date_in_words(chosen.after)}", "Published on that day or later"))
    if chosen.before:
        chips.append((BEFORE, f"until {date_in_words(chosen.before)}", "Published on that day or earlier"))
    return [
        {"id": key, "label": shortened(label, TITLE_LENGTH_SHOWN), "hint": displayable(hint)}
        for key, label, hint in chips
    ]


def without(chosen: SourceFilter, key: str) -> SourceFilter:
    """Return a filter without the part of that chip."""
    part, _, name = key.partition(":")
    if part == AFTER:
        return replace(chosen, after=None)
    if part == BEFORE:
        return replace(chosen, before=None)
    if part == SOURCES:
        return replace(chosen, sources=tuple(one for one in chosen.sources if one != name))
    return replace(chosen, outlets=tuple(one for one in chosen.outlets if one != name))


def filter_in_words(chosen: SourceFilter, titles: Mapping[str, str]) -> str:
    """Return which sources a filter admits: `Only sources from The Atlantic since 1 May 2025`; empty for all."""
    return f"Only {' '.join(_clauses(chosen, titles))}" if not chosen.admits_all else ""


def _clauses(chosen: SourceFilter, titles: Mapping[str, str]) -> Iterator[str]:
    named = [f"“{shortened(titles.get(name, name), TITLE_LENGTH_SHOWN)}”" for name in chosen.sources]
    outlets = f" from {_listed(map(displayable, chosen.outlets), 'other')}" if chosen.outlets else ""
    yield (_listed(named, "more source") if named else "sources") + outlets
    if chosen.after and chosen.before:
        yield f"from {date_in_words(chosen.after)} to {date_in_words(chosen.before)}"
    elif chosen.after or chosen.before:
        yield f"{'since' if chosen.after else 'until'} {date_in_words(chosen.after or chosen.before)}"


def _listed(names: Iterator[str] | Sequence[str], more: str) -> str:
    listed = list(names)
    rest = len(listed) - NAMES_SHOWN
    shown = listed[:NAMES_SHOWN] + ([counted(rest, more)] if rest > 0 else [])
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def view_narrowed(answer: Answer, chosen: SourceFilter, titles: Mapping[str, str]) -> dict[str, object] | None:
    """Return which sources an answer was looked for in, and what takes that back; None where it was all of them.

    `chosen` is what the person had picked; what goes beyond it was understood from the question.
    """
    applied = answer.filter
    admitted = SourceFilter(applied.sources, applied.after, applied.before, applied.outlets)
    if admitted.admits_all:
        return None
    heard = " and ".join(f"“{displayable(words)}”" for words in applied.understood)
    why = f" — understood from {heard} in your question" if heard else ""
    return {"words": filter_in_words(admitted, titles) + why, "offer": _offer(answer, chosen, heard=bool(heard))}


def _offer(answer: Answer, chosen: SourceFilter, *, heard: bool) -> dict[str, object] | None:
    """Return the button that asks again without the filter that was heard, or of all sources after a refusal."""
    if heard:
        label = "Ask all sources" if chosen.admits_all else "Ask without that"
        return {"label": label, "understand": False, "narrowed": True}
    if answer.status is Status.REFUSED:
        return {"label": "Ask all sources", "understand": True, "narrowed": False}
    return None
