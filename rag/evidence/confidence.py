"""How sure it is that a unit answers a question: a fitted probability."""

from __future__ import annotations

ANSWER_CONFIDENCE = 0.5
"""The point at which is answered unless another one is set or fitted."""
