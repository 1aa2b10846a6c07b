"""Texts that a prepared model is compared with the original on: short, long, foreign and empty ones."""

from __future__ import annotations

SAMPLES = (
    "Who said so?",
    "The minister said on Monday that talks would resume “within weeks”, and declined to give a date.",
    "ÉLÉONORE naïvely asked: ¿qué pasó? Это было 2025-05-31. 条約\tUSD 1,234.50 — ok",
    "",
    " ".join(f"word{number} and the next one" for number in range(400)),
)
