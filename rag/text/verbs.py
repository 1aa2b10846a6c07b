"""Forms of English verbs that rules alone do not tell."""

from __future__ import annotations

import re

BASES = {
    past: base
    for line in (
        "became become|began begin|bore bear|bought buy|broke break|brought bring|built build|came come|caught catch|"
        "chose choose|cost cost|dealt deal|did do|drew draw|drove drive|fell fall|felt feel|fled flee|flew fly|"
        "fought fight|found find|gave give|got get|grew grow|held hold|hit hit|kept keep|knew know|laid lay|led lead|"
        "left leave|lent lend|lost lose|made make|met meet|paid pay|put put|ran run|rang ring|rode ride|rose rise|"
        "sank sink|sat sit|saw see|sent send|set set|shook shake|shot shoot|shrank shrink|shut shut|slept sleep|"
        "sold sell|sought seek|spent spend|spread spread|sprang spring|stood stand|struck strike|stuck stick|"
        "swam swim|swept sweep|swore swear|taught teach|threw throw|took take|tore tear|went go|withdrew withdraw|"
        "won win|wore wear|wrote write|overthrew overthrow|undertook undertake|underwent undergo|oversaw oversee"
    ).split("|")
    for past, base in [line.split()]
}
"""Past tense → base of irregular verbs."""
_PASTS = {base: past for past, base in BASES.items()} | dict(
    pair.split()
    for pair in (
        "say said|tell told|think thought|eat ate|drink drank|speak spoke|sing sang|forget forgot|hear heard|"
        "understand understood|mean meant|read read|cut cut|let let|have had|arise arose|beat beat|blow blew|hide hid|"
        "hurt hurt|quit quit|steal stole|wake woke|freeze froze|forbid forbade|forgive forgave|bind bound|bend bent|"
        "bid bid|bet bet|cast cast|broadcast broadcast|burst burst|feed fed|breed bred|split split|wind wound"
    ).split("|")
)
"""Base → past tense. Those that are only here are no sign of a statement of fact, or look like another word."""
_DOUBLED = re.compile(r"(?:^|[^aeiou])[aeiou][bdgmnprt]$")
"""A short stem whose last letter is doubled ('stop')."""
_STRESSED = frozenset("admit commit permit refer prefer occur transfer regret control cancel".split())


def past_of(base: str) -> str:
    """Return the past tense of a verb: `accept` → `accepted`, `deny` → `denied`, `withdraw` → `withdrew`."""
    if base in _PASTS:
        return _PASTS[base]
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2:-1] not in set("aeiou"):
        return f"{base[:-1]}ied"
    one_syllable = len(re.findall(r"[aeiou]+", base)) == 1
    if base in _STRESSED or (one_syllable and _DOUBLED.search(base)):
        return f"{base}{base[-1]}ed"
    return f"{base}ed"
