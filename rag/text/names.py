"""Names in English text: capitalised runs, the titles in front of them, and the fullest form a text gives.

Rules, not a model: a name is a run of capitalised words (particles such as `van` or `bin` inside), a word at the
beginning of a sentence counts only where it is also capitalised in mid-sentence, is all capitals, or goes on with
another name word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.text.sentences import sentence_spans
from rag.text.words import FUNCTION_WORDS, fold_word

_TOKEN = r"(?:(?:[A-Z]\.)+(?=[\s\w’',;)])|[A-ZÀ-ÖØ-Þ][\w&]*(?:[’'][A-Z]\w+)?(?:-\w+)*)"
_RUN = re.compile(
    rf"(?<![\w’'@#]){_TOKEN}(?:[ \u00a0](?:(?:de|da|di|du|del|van|von|der|den|bin|bint|ibn|al|el|la|le|ter)[ "
    rf"\u00a0])?{_TOKEN})*"
)
_TITLES = frozenset(
    "president vice senator secretary minister prime chancellor king queen prince princess pope sir dame lord lady mr "
    "mrs ms miss dr doctor professor prof general colonel captain major lieutenant sergeant admiral judge justice "
    "attorney representative congressman congresswoman governor mayor ambassador spokesman spokeswoman spokesperson "
    "press former ex republican democrat democratic rep sen gov gen lt col sgt rev reverend chief director chairman "
    "chairwoman chair commissioner deputy foreign defense defence prosecutor premier sheikh ayatollah emperor "
    "cllr councillor councilor alderman detective inspector superintendent constable corporal commander bishop "
    "archbishop rabbi imam baroness baron count countess duke duchess mx madam".split()
)
_POST_NOMINALS = re.compile(r"(?:,? (?:KC|QC|SC|MP|MEP|MSP|TD|OBE|CBE|MBE|KBE|PhD|MD|Jr\.?|Sr\.?|Esq\.?))+$")
"""Letters behind a name that are no part of it."""
GENDERED_TITLES = {
    **dict.fromkeys("mr sir king prince lord chairman spokesman congressman father baron duke count".split(), "he"),
    **dict.fromkeys(
        "mrs ms miss madam dame lady queen princess chairwoman spokeswoman congresswoman baroness duchess".split(),
        "she",
    ),
}
_TITLE_BEFORE = re.compile(r"(?<!\w)([A-Z]\w+)\.?[ \u00a0]$")
_ORGANISATION_WORDS = frozenset(
    "university school college institute house department ministry agency committee party council court bank company "
    "corporation union association foundation times post journal news magazine press office bureau service group "
    "congress parliament kingdom states republic federation act summit treaty war cup league prize report "
    "county city river island islands ocean mountain mountains avenue airport station hospital cathedral museum "
    "library theatre theater stadium district province region territory empire dynasty army navy forces brigade "
    "festival award awards trophy championship championships olympics song songs album movie bible proverbs rules "
    "article section amendment protocol convention agreement declaration constitution project program programme "
    "system systems network networks software theory method academy hotel exchange index fund trust inc ltd corp llc "
    "plc gmbh society club conference website app online channel radio television tv gazette tribune herald telegraph "
    "observer chronicle weekly daily review directions men women people muslims christians jews catholics "
    "hindus".split()
)
"""Last words of the names of offices, bodies, places and works; no word that is a common family name."""
DEMONYMS = frozenset(
    "american russian ukrainian german french british english chinese japanese italian spanish european african asian "
    "indian iranian israeli turkish polish dutch swedish norwegian danish finnish greek austrian swiss belgian "
    "canadian mexican brazilian australian korean syrian egyptian saudi arab arabian western eastern northern southern "
    "democrats republicans americans russians ukrainians soviet latin islamic islamist sunni shia shiite jewish "
    "catholic protestant buddhist hindu communist socialist".split()
)
_NOT_NAMES = FUNCTION_WORDS | frozenset(
    "however yet still now not meanwhile moreover furthermore similarly despite according based regardless "
    "greater had once "
    "though instead rather perhaps indeed clearly finally first second third last next later earlier today yesterday "
    "tomorrow monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december like throughout amid unlike without please following given asked "
    "tell who whom whose did does summarise summarize list explain describe compare give name quote show".split()
)


_OFFICE = re.compile(r"\b(?:[Ss]ecretary|[Mm]inister|[Dd]irector|[Cc]hief) (?:of|for) $")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text, and the same without titles."""

    start: int
    end: int
    name: str
    lead: int = -1
    """Where the titles in front of it begin ('President', 'Secretary of State'); `start` where there are none."""

    @property
    def titled(self) -> bool:
        """Say whether a title stands in front."""
        return self.lead < self.start

    @property
    def tokens(self) -> tuple[str, ...]:
        """Return the folded words of the name."""
        return name_tokens(self.name)


def name_tokens(name: str) -> tuple[str, ...]:
    """Return the folded words of a name without titles, for comparison."""
    folded = [fold_word(word.strip(".,")) for word in name.split()]
    return tuple(word for word in folded if word and word not in _TITLES)


def same_person(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether two tokenised names can be the same: one holds every word of the other."""
    first, second = set(one), set(other)
    return bool(first and second) and (first <= second or second <= first)


def is_organisation(name: str) -> bool:
    """Say whether a name has a word in it that names of persons do not have."""
    return any(word in _ORGANISATION_WORDS for word in name_tokens(name)) or name.lower().startswith("the ")


def strip_title(run: str) -> tuple[int, str]:
    """Return how many characters of titles stand in front of a name, and the rest ('' for a bare title)."""
    cut = 0
    for match in re.finditer(r"\S+", run):
        if fold_word(match.group().strip(".,")) in _TITLES:
            cut = match.end()
    rest = run[cut:]
    return cut + len(rest) - len(rest.lstrip()), rest.strip()


def _sentence_starts(text: str) -> set[int]:
    starts = set()
    for start, end in sentence_spans(text):
        match = re.compile(r"[A-Za-zÀ-Þ]").search(text, start, end)
        if match:
            starts.add(match.start())
    return starts


def _trim_opener(run: re.Match[str], opens: bool, known: frozenset[str]) -> tuple[int, str]:
    """Return a run without the words at its front that are capitalised only by position."""
    start, name = run.start(), run.group()
    while name:
        first, _, rest = name.partition(" ")
        folded = fold_word(first.strip("."))
        function = folded in _NOT_NAMES
        positional = opens and folded not in known and not _is_acronym(first)
        by_position = positional and (not rest or folded.endswith(("ing", "ed", "ly")))
        if not function and not by_position:
            return start, name
        start += len(name) - len(rest) if rest else len(name)
        name = rest
        opens = False
    return start, ""


def _title_start(text: str, at: int) -> int:
    """Return where the titles with a point ('Dr.', 'Republican Sen.') in front of `at` begin, `at` for none."""
    title = _TITLE_BEFORE.search(text, max(0, at - _LONGEST_TITLE), at)
    while title and fold_word(title.group(1)) in _TITLES:
        at = title.start()
        title = _TITLE_BEFORE.search(text, max(0, at - _LONGEST_TITLE), at)
    return at


_LONGEST_TITLE = 20


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def find_mentions(text: str) -> list[Mention]:
    """Return the names in `text`, in order, with titles taken off their front; bare titles are left out."""
    starts = _sentence_starts(text)
    runs = list(_RUN.finditer(text))
    known = frozenset(
        fold_word(word) for run in runs for word in run.group().split()[1 if run.start() in starts else 0 :]
    )
    mentions = []
    for run in runs:
        start, name = _trim_opener(run, run.start() in starts, known)
        cut, bare = strip_title(name)
        lead = start
        office = _OFFICE.search(text, max(0, run.start() - 40), run.start())
        if office and " " in bare:
            lead = office.start()
            place, _, bare = bare.partition(" ")
            cut += len(place) + 1
        elif lead == start:
            lead = _title_start(text, lead)
        bare = _POST_NOMINALS.sub("", bare)
        if bare and fold_word(bare) not in _NOT_NAMES:
            mentions.append(Mention(start + cut, start + cut + len(bare), bare, lead))
    return mentions


@dataclass(frozen=True, slots=True)
class NameTable:
    """The names of one text, and for each short form the full forms that the text gives."""

    mentions: tuple[Mention, ...]
    bearers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Full names by last name, the most frequent first."""
    _first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _titled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> NameTable:
        """Read the names of `text`."""
        mentions = tuple(find_mentions(text))
        people = _people(text, mentions)
        bearers: dict[str, tuple[str, ...]] = {}
        first: dict[str, tuple[str, ...]] = {}
        for name in people:
            tokens = name_tokens(name)
            bearers[tokens[-1]] = (*bearers.get(tokens[-1], ()), name)
            first[tokens[0]] = (*first.get(tokens[0], ()), name)
        titled = frozenset(mention.tokens[-1] for mention in mentions if mention.titled and mention.tokens)
        return cls(mentions, bearers, first, titled)

    def candidates(self, name: str) -> tuple[str, ...]:
        """Return the full names that a short one can stand for, the likeliest first: by last name, else by first."""
        tokens = name_tokens(name)
        if len(tokens) != 1:
            return (name,)
        return self.bearers.get(tokens[0]) or self._first.get(tokens[0]) or (name,)

    def is_person(self, name: str) -> bool:
        """Say whether the text gives `name` a first name or a title, and no organisation's word is in it."""
        tokens = name_tokens(name)
        return bool(tokens) and (tokens[-1] in self.bearers or tokens[-1] in self._titled) and not is_organisation(name)

    def within(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that lie in `start:end`."""
        return [mention for mention in self.mentions if start <= mention.start and mention.end <= end]


def _people(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return the full names of persons, the most frequent first.

    A run whose first word also stands alone ('Trump Tower', 'Russia Today') is a person's name only where the text
    treats it as one: a title or description stands in front, or an age, a description or a verb of saying behind. One
    that only ever opens a sentence ('Praises Trump') is none where another gives the last word a first name.
    """
    counts = Counter(mention.name for mention in mentions)
    single = {name_tokens(name)[0] for name in counts if len(name_tokens(name)) == 1}
    treated = {mention.name for mention in mentions if _is_treated_as_person(text, mention)}
    sure = treated | {
        mention.name for mention in mentions if _IN_PROSE.search(text[max(0, mention.lead - 4) : mention.lead])
    }
    names = [
        name
        for name in counts
        if 2 <= len(tokens := name_tokens(name)) <= 4
        and (tokens[0] not in single or name in treated)
        and tokens[-1] not in DEMONYMS
        and not is_organisation(name)
    ]
    borne = {name_tokens(name)[-1] for name in names if name in sure}
    names = [name for name in names if name in sure or name_tokens(name)[-1] not in borne]
    return sorted(names, key=lambda each: (-counts[each], len(each)))


def _is_treated_as_person(text: str, mention: Mention) -> bool:
    introduced = _INTRODUCED.search(text, max(0, mention.lead - 80), mention.lead)
    return mention.titled or bool(_TREATED.match(text, mention.end) or introduced)


_IN_PROSE = re.compile(r"(?:^|[\w,;]\s|[^\s]\n+|[.!?…][”\"’')]*\s)$")
"""In front of a name in mid-sentence, or at the start of a sentence that is no item of a list."""
_TREATED = re.compile(
    r"\s*,\s+(?:\d\d\b|who\b|whose\b|(?:the|an?|his|her|their)\s+[a-z])|\s+(?:said|says|told|added|wrote|argued|asked)\b"
)
_INTRODUCED = re.compile(r"(?:\b(?:the|an?|his|her|their|its|our|my)|[’']s?)\s[^.;:,\n]{2,60},\s+$", re.I)
