"""Words that turn a sentence round: rise for fall, more for less, before for after, legal for illegal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from rag.text.words import stem, words
from rag.verification.tokens import Token, content_before, content_behind, tokens_of

_OPPOSITES = (
    ("rise rose risen increase grow grew grown growth climb surge soar jump gain raise boost double expand extend",
     "fall fell fallen decrease decline drop shrink shrank shrunk sink sank plunge slump lose lost loss cut lower "
     "reduce halve slash shorten narrow"),
    ("more greater higher above over exceeding most largest biggest highest greatest maximum",
     "less fewer lower below under least smallest lowest fewest minimum"),
    ("better best improve", "worse worst worsen deteriorate"),
    ("faster quicker sooner quick fast fastest quickest", "slower slow slowest"),
    ("longer long longest", "shorter short shortest"),
    ("warmer warm warming hot hotter hottest heat", "cooler cool cooling cold colder coldest"),
    ("support back endorse favour favor advocate", "oppose opposition resist reject fight"),
    ("accept approve agree endorse", "reject refuse disagree veto decline rebuff"),
    ("allow permit legalise legalize authorise authorize", "forbid forbade forbidden ban prohibit prevent block"),
    ("praise applaud commend welcome hail", "criticise criticize condemn denounce attack blame deride"),
    ("open opening", "close shut closing closure"),
    ("start begin began begun launch", "end stop finish cease halt"),
    ("enter join arrive", "leave left exit depart quit"),
    ("hire appoint recruit", "fire dismiss sack"),
    ("attack invade", "defend protect"),
    ("convict guilty guilt", "acquit cleared innocent innocence"),
    ("confirm admit acknowledge affirm", "deny denied"),
    ("success succeed successful", "failure fail unsuccessful"),
    ("strong stronger strongest strengthen strength", "weak weaker weakest weaken weakness"),
    ("high", "low"),
    ("large larger big bigger huge vast major", "small smaller tiny little minor"),
    ("rich wealthy", "poor"),
    ("cheap cheaper cheapest inexpensive", "expensive costly pricey"),
    ("safe", "unsafe dangerous"),
    ("true", "false untrue"),
    ("ally allies friend partner", "enemy enemies foe rival opponent"),
    ("include", "exclude"),
    ("remember remembered", "forget forgot forgotten"),
    ("trust", "distrust mistrust"),
    ("love", "hate"),
    ("majority", "minority"),
    ("first", "last final"),
    ("early", "late"),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("up", "down"),
    ("inside within", "outside beyond"),
    ("always", "never"),
    ("day daytime", "night nightly overnight"),
    ("public publicly", "private privately"),
    ("summer", "winter"),
    ("spring", "autumn fall"),
    ("morning", "evening"),
    ("man men male", "woman women female"),
    ("upper", "lower"),
    ("promote activate induce enhance stimulate upregulate", "inhibit suppress block prevent downregulate impair"),
    ("positive positively", "negative negatively"),
    ("peace", "war"),
    ("freeze froze frozen", "thaw melt"),
    ("permanent permanently", "temporary temporarily"),
    ("optimistic hopeful", "pessimistic hopeless"),
    ("democratic democracy", "autocratic autocracy authoritarian"),
    ("supply", "demand"),
    ("victim", "culprit perpetrator"),
    ("present", "absent"),
    ("near", "far"),
    ("full", "empty"),
    ("young younger youngest", "old older oldest"),
    ("new newest", "old oldest"),
    ("simple easy easier easiest", "difficult hard harder hardest"),
    ("accelerate", "decelerate"),
    ("right rightly correct correctly", "wrong wrongly incorrect incorrectly mistaken"),
    ("same similar identical alike", "different distinct unlike"),
    ("internal inner interior", "external outer exterior"),
    ("ancient old", "modern contemporary"),
    ("domestic native local", "foreign alien"),
    ("natural", "artificial"),
    ("urban city", "rural countryside"),
    ("junior", "senior"),
    ("birth born", "death died die"),
    ("top peak highest", "bottom lowest"),
    ("left", "right"),
    ("deep deeper deepest", "shallow"),
    ("wide wider widest broad", "narrow narrower narrowest"),
    ("thick", "thin"),
    ("heavy heavier heaviest", "light lighter lightest"),
    ("wet", "dry"),
    ("profit", "loss"),
    ("advantage benefit", "disadvantage drawback"),
    ("appear appearance", "disappear disappearance vanish"),
    ("create build built", "destroy demolish abolish"),
    ("attract", "repel"),
    ("ascend", "descend"),
    ("amateur", "professional"),
    ("civilian", "military"),
    ("secular", "religious"),
    ("conservative", "liberal"),
    ("voluntary optional", "compulsory mandatory obligatory"),
    ("horizontal", "vertical"),
    ("theoretical", "practical"),
    ("hide hid hidden conceal", "reveal disclose expose"),
    ("retain keep kept", "lose lost abandon"),
    ("solve", "worsen"),
    ("ask question", "answer reply"),
)  # fmt: skip
"""Pairs of sides; on each, words any of which stands against any of the other."""
_CONVERSES = (
    ("before earlier prior previous previously", "after later afterwards following subsequent subsequently"),
    ("win won victory winner beat triumph", "lose lost defeat loser"),
    ("buy bought purchase", "sell sold sale"),
    ("borrow", "lend lent"),
    ("teach taught", "learn learnt"),
    ("predecessor", "successor"),
    ("employer", "employee"),
    ("import", "export"),
    ("parent", "child children"),
    ("emigrate emigration emigrant", "immigrate immigration immigrant"),
    ("husband father son brother uncle boy he his him", "wife mother daughter sister aunt girl she her hers"),
)
"""The same, of words that tell one thing from its two ends: where A sold, B bought."""
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "anti", "counter")
_SHORTEST = 3


def turned_round(text: str, sentence: str) -> str | None:
    """Object when a word of the statement is the opposite of one of the sentence that the statement has not."""
    opposed = opposed_words(text, sentence)
    if opposed:
        return f"it says {opposed[0]} where the cited text says {opposed[1]}"
    return _of_something_else(text, sentence)


def opposed_words(text: str, sentence: str, *, converses: bool = True) -> tuple[str, str] | None:
    """Return a word that a text alone has and its opposite, which a sentence alone has; None where there are none.

    Without `converses`, words that tell the same from its other end ('bought', 'sold') are no opposites.
    """
    ours, theirs = words(text), words(sentence)
    counts, counts_there = Counter(map(stem, ours)), Counter(map(stem, theirs))
    own, left_out = counts - counts_there, counts_there - counts
    found = (
        (word, other)
        for word in ours
        if stem(word) in own
        for other in theirs
        if stem(other) in left_out and _opposed(word, other, converses=converses)
    )
    return next(found, None)


def _of_something_else(text: str, sentence: str) -> str | None:
    """Object when the sentence has a word and its opposite, and what the statement says by one belongs to the other."""
    ours, theirs = tokens_of(text), tokens_of(sentence)
    for at, token in enumerate(ours):
        same = [place for place, other in enumerate(theirs) if other.stem == token.stem]
        opposed = [place for place, other in enumerate(theirs) if same and _opposed(token.word, other.word)]
        if not opposed:
            continue
        beside = _beside(ours, at)
        if max(len(beside & _beside(theirs, place)) for place in same) < max(
            len(beside & _beside(theirs, place)) for place in opposed
        ):
            return f"it says {token.word} of what the cited text says {theirs[opposed[0]].word} of"
    return None


def _beside(tokens: Sequence[Token], at: int) -> set[str]:
    """Return the stems of the content words next to a place within its clause, most of them behind it."""
    found = [*content_before(tokens, at, 1), *content_behind(tokens, at, 3)]
    return {token.stem for token in found}


def _opposed(one: str, other: str, *, converses: bool = True) -> bool:
    sides, most = _sides(), 2 * (len(_OPPOSITES) + len(_CONVERSES) * converses)
    by_lexicon = any(side < most and side ^ 1 in sides.get(stem(other), ()) for side in sides.get(stem(one), ()))
    return by_lexicon or _negates(one, other) or _negates(other, one)


def _negates(word: str, other: str) -> bool:
    """Say whether a word is another one with a prefix that denies it."""
    plain = word.replace("-", "")
    if not plain.startswith(_PREFIXES) or len(other) < _SHORTEST:
        return False
    return any(stem(plain) == prefix + stem(other) for prefix in _PREFIXES)


@cache
def _sides() -> dict[str, frozenset[int]]:
    """Return each stem with the sides that it is on: 2n stands against 2n + 1."""
    sides: dict[str, set[int]] = {}
    for number, pair in enumerate((*_OPPOSITES, *_CONVERSES)):
        for side, group in enumerate(pair):
            for word in group.split():
                sides.setdefault(stem(word), set()).add(2 * number + side)
    return {each: frozenset(found) for each, found in sides.items()}
