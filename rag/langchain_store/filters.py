"""Conditions on the metadata of documents, written as plain values: which of them a search may return."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.documents import Document

Matches = Callable[[Document], bool]
Condition = Mapping[str, Any] | Matches
"""A function of a document; or keys with the values they must have, `{"year": 2024, "outlet": "Reuters"}`, or with
operators, `{"year": {"$gte": 2020, "$lt": 2025}}`: `$eq $ne $in $nin $gt $gte $lt $lte`. `$and` and `$or` take a list
of conditions, `$not` takes one. A key that a document lacks counts as None. Values that have no order between them
(None and a number) are neither greater nor less."""

_Test = Callable[[Any], bool]


def compile_condition(condition: Condition | None) -> Matches | None:
    """Return the function that tells whether a document meets `condition`, None where there is no condition.

    Raises ValueError for an operator that is not known or a value that it cannot be used with.
    """
    if condition is None or not isinstance(condition, Mapping):
        return condition
    tests = [_entry(key, value) for key, value in condition.items()]
    return lambda document: all(test(document) for test in tests)


def _entry(key: str, value: Any) -> Matches:
    if key in {"$and", "$or"}:
        if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
            raise ValueError(f"{key} takes a list of conditions, not {value!r}.")
        every, parts = all if key == "$and" else any, [_required(part) for part in value]
        return lambda document: every(part(document) for part in parts)
    if key == "$not":
        negated = _required(value)
        return lambda document: not negated(document)
    if key.startswith("$"):
        raise ValueError(f"There is no operator {key} for conditions: {_known('$and', '$or', '$not')} are known.")
    test = _value_test(value)
    return lambda document: test(document.metadata.get(key))


def _required(condition: Any) -> Matches:
    compiled = compile_condition(condition) if isinstance(condition, Mapping) or callable(condition) else None
    if compiled is None:
        raise ValueError(f"{condition!r} is no condition: write a dictionary or a function of a document.")
    return compiled


def _value_test(value: Any) -> _Test:
    """Return the test of one key's value: equality, or every operator that `value` names."""
    named = isinstance(value, Mapping) and [key for key in value if str(key).startswith("$")]
    if not named:
        return lambda found: bool(found == value)
    if len(named) < len(value):
        raise ValueError(f"{value!r} mixes operators with plain keys: use one or the other.")
    tests = [_operation(name, operand) for name, operand in value.items()]
    return lambda found: all(test(found) for test in tests)


def _operation(name: str, operand: Any) -> _Test:
    if name in {"$in", "$nin"}:
        if not isinstance(operand, list | tuple | set | frozenset):
            raise ValueError(f"{name} takes a list of values, not {operand!r}.")
        return lambda found: (found in operand) == (name == "$in")
    if name not in _COMPARISONS:
        raise ValueError(f"There is no operator {name} for values: {_known(*_COMPARISONS, '$in', '$nin')} are known.")
    compare = _COMPARISONS[name]
    return lambda found: _compared(compare, found, operand)


def _compared(compare: Callable[[Any, Any], Any], found: Any, operand: Any) -> bool:
    try:
        return bool(compare(found, operand))
    except TypeError:
        return False


def _known(*names: str) -> str:
    return ", ".join(names)


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
