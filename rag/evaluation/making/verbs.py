"""Forms of English verbs: the base of a past tense and of a form in -ing, so that a statement can be asked about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rag.text.verbs import BASES

AUXILIARIES = frozenset("is are was were will would can could may might must should has have had".split())
_NO_PAST = frozenset(
    "united hundred indeed exceed proceed succeed need seed feed speed breed bed red wed shed sacred naked wicked "
    "kindred infrared embed so-called alleged supposed unprecedented based related used noted aged".split()
)
"""Words that end as a past tense does and are none, or seldom the verb of a sentence."""
_SPEECH = frozenset(
    "said told asked added noted stated wrote argued claimed explained warned announced replied suggested reported "
    "believed thought knew felt seemed appeared".split()
)
"""What is reported with these is a quotation, or no fact of its own."""
_WITH_E = (
    "at v c dg rg ang iz is us os as rs ns ps ls u z ir ur ar or in id ud od ad il ul bl pl tl dl gl fl cl kl zl ut ot "
    "creat ak ik ok am im om um ag eg ig og ug ap op yp ip yz ys ib ub ob ab et ith ath"
).split()
"""Ends of stems that lost an e."""
_WITHOUT_E = (
    "eat oat ait uit oit eet oot out our air oor eer ear oar oin ain ein een oon oun own oid eed ead oad oud ail eal "
    "eel oil oal ool owl eak oak ook eek ead eam oam oom aim eap eep oop oup elop it ter ver der ber per ger er en on "
    "visit limit edit open happen gin ocus ss monitor sponsor author tailor anchor favour target budget market ticket "
    "pilot profit credit benefit deposit exit award reward record afford regard iel aul awl oul eig eur ff"
).split()
"""Longer ends of stems that did not, although the last letters say so."""
_VOWELS = "aeiou"
_LONGEST_LL = 5
"""Letters of a stem up to which its two l are its own (`roll`, `spell`, and not `control`, `travel`)."""


DETERMINERS = frozenset("your the a an our its their".split())
_TOLD = frozenset(
    "use set develop integrate calculate leverage install create build add choose define run get make write configure "
    "deploy understand optimize optimise improve avoid ensure find try keep give let provide select manage handle "
    "implement evaluate upload download connect enable disable learn monitor update delete remove import export "
    "convert prepare apply send read open save combine compare generate customize customise access".split()
)


def past_base(word: str, vocabulary: Collection[str] = ()) -> str | None:
    """Return the base of a verb in the past tense (`voted` → `vote`), None for what is no such form.

    `vocabulary` has words that are known to exist, which decide where the form alone does not.
    """
    if word in _SPEECH or word in _NO_PAST:
        return None
    if word in BASES:
        return BASES[word]
    if len(word) < 5 or not word.endswith("ed") or not word.isalpha() or not word.islower():
        return None
    return _base(word[:-2], vocabulary)


def gerund_base(word: str, vocabulary: Collection[str] = ()) -> str | None:
    """Return the base of a form in -ing (`creating` → `create`), None for what is none."""
    word = word.lower()
    if len(word) < 6 or not word.endswith("ing") or not word.isalpha() or not any(v in word[:-3] for v in "aeiouy"):
        return None
    return _base(word[:-3], vocabulary)


def _base(stem: str, vocabulary: Collection[str]) -> str:
    """Return the verb whose form without its ending is `stem`."""
    if stem in _WITH_E:
        return f"{stem}e"
    if stem.endswith("i"):
        return f"{stem[:-1]}y"
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS:
        single = stem[-1] not in "lsfz" or (stem[-3:] in {"oll", "ell"} and len(stem) > _LONGEST_LL)
        return stem[:-1] if single else stem
    known = [word for word in (stem, f"{stem}e") if word in vocabulary]
    if len(known) == 1:
        return known[0]
    if stem.endswith("e"):
        return f"{stem}e"
    if any(stem.endswith(end) for end in _WITHOUT_E):
        return stem
    return f"{stem}e" if any(stem.endswith(end) for end in _WITH_E) else stem


def is_imperative(found: Sequence[str], vocabulary: Collection[str]) -> bool:
    """Say whether words begin with a verb that tells to do something (`Set your API key`)."""
    first, second = found[0].lower(), found[1].lower() if len(found) > 1 else ""
    return first in _TOLD or (second in DETERMINERS and _is_verb(first, vocabulary))


def _is_verb(word: str, vocabulary: Collection[str]) -> bool:
    stem = word.removesuffix("e")
    return any(form in vocabulary for form in (f"{stem}ing", f"{stem}{stem[-1:]}ing"))
