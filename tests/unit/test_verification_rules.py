"""Each rule of the check, on pairs that differ in one thing: who, to whom, how many, how surely, when."""

from __future__ import annotations

import pytest

from rag.types import Evidence, Verdict
from rag.verification import check_statement


def piece(text: str, speaker: str | None = None, **other: str) -> Evidence:
    return Evidence("a.txt", 0, len(text), text, 1.0, speaker, **other)  # type: ignore[arg-type]


WAR = "Arvenia attacked Belmark in the spring, and Corland sent two ships to the harbour of Vik."
PASSIVE = "The mill was sold by Anna Li to Tom Reyes in 2019 for 40,000 euros."
BOARD = "The board sued the union after the strike."
BOTH = "Li praised the talks, while Reyes criticised the referee."
FEW = "Some critics said the levy may raise about 300 euros for the school if the council agrees."
PAID = "Of the 40 mice, 12 died; the study cost 4 million euros between 2014 and 2019."
DATED = "Keller met Reyes on Tuesday, 5 March, in Lund, before the vote."
SPOKE = "Keller said the bridge was closed in June, and that nobody had asked the mayor."
RISK = "The drug decreased the risk of pain but increased the risk of bleeding in children."
OWNER = "Li’s brother met Reyes’s lawyer in the old mill."


@pytest.mark.parametrize(
    ("text", "source"),
    [
        # who does what to whom
        ("Belmark attacked Arvenia in the spring.", WAR),
        ("Arvenia was attacked by Belmark in the spring.", WAR),
        ("Arvenia was attacked in the spring.", WAR),
        ("Arvenia sent two ships to the harbour of Vik.", WAR),
        ("Corland attacked Belmark in the spring.", WAR),
        ("Tom Reyes sold the mill to Anna Li in 2019 for 40,000 euros.", PASSIVE),
        ("The union sued the board after the strike.", BOARD),
        ("The board was sued by the union after the strike.", BOARD),
        ("Reyes praised the talks.", BOTH),
        ("Li criticised the referee.", BOTH),
        ("Reyes’s brother met Li’s lawyer in the old mill.", OWNER),
        ("Li met Reyes’s lawyer in the old mill.", OWNER),
        # numbers, with what they count, and years
        ("Of the 12 mice, 40 died.", PAID),
        ("Of the 40 cats, 12 died.", PAID),
        ("The study cost 12 million euros.", PAID),
        ("The study cost 4 euros.", PAID),
        ("The study cost 4 million dollars.", PAID),
        ("The study ran between 2019 and 2014.", PAID),
        ("The mill was sold by Anna Li for 40,000 dollars.", PASSIVE),
        # dates
        ("Keller met Reyes on Monday, 5 March, in Lund.", DATED),
        ("Keller met Reyes on Tuesday, 6 March, in Lund.", DATED),
        ("Keller met Reyes on Tuesday, 5 May, in Lund.", DATED),
        ("Keller met Reyes in Lund after the vote.", DATED),
        # how many, how surely, on what condition
        ("All critics said the levy may raise about 300 euros for the school if the council agrees.", FEW),
        ("Critics said the levy may raise about 300 euros for the school if the council agrees.", FEW),
        ("Some critics said the levy will raise about 300 euros for the school if the council agrees.", FEW),
        ("Some critics said the levy may raise 300 euros for the school if the council agrees.", FEW),
        ("The levy may raise about 300 euros for the school, some critics said.", FEW),
        ("Only some critics said the levy may raise about 300 euros for the school if the council agrees.", FEW),
        # whose words, and as what
        ("The bridge was closed in June.", SPOKE),
        ("Keller admitted the bridge was closed in June.", SPOKE),
        ("Keller said the bridge was closed in June, and that somebody had asked the mayor.", SPOKE),
        ("Keller said the bridge was open in June.", SPOKE),
        ("The drug increased the risk of pain in children.", RISK),
        ("The drug decreases the risk of bleeding in children.", RISK),
    ],
)
def test_one_thing_turned_is_refused(text: str, source: str) -> None:
    assert check_statement(text, [piece(source)]).verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Belmark was attacked by Arvenia in the spring.", WAR),
        ("In the spring, Arvenia attacked Belmark.", WAR),
        ("Corland sent 2 ships to the harbour of Vik.", WAR),
        ("Anna Li sold the mill to Tom Reyes in 2019.", PASSIVE),
        ("In 2019 the mill was sold by Anna Li for €40,000.", PASSIVE),
        ("The union was sued by the board after the strike.", BOARD),
        ("Reyes criticised the referee.", BOTH),
        ("12 of the 40 mice died.", PAID),
        ("Keller met Reyes in Lund on 5 March.", DATED),
        ("Some critics said that the levy might raise roughly 300 euros for the school, if the council agrees.", FEW),
        ("According to Keller, the bridge was closed in June.", SPOKE),
        ("The drug increased the risk of bleeding in children.", RISK),
        ("The brother of Li met Reyes’s lawyer in the old mill.", OWNER),
    ],
)
def test_honest_turns_are_kept(text: str, source: str) -> None:
    assert check_statement(text, [piece(source)]).reason is None


HE = "He criticised the referee after the match in Oslo."


@pytest.mark.parametrize(
    ("text", "cited", "kept"),
    [
        ("Tom Reyes criticised the referee after the match in Oslo.", piece(HE, refers_to="Tom Reyes"), True),
        ("Anna Li criticised the referee after the match in Oslo.", piece(HE, refers_to="Tom Reyes"), False),
        ("He criticised Tom Reyes after the match in Oslo.", piece(HE, refers_to="Tom Reyes"), False),
        ("Maria Keller said the mill burned in May.", piece("“The mill burned in May.”", "Maria Keller"), True),
        ("Maria Keller burned the mill in May.", piece("“The mill burned in May.”", "Maria Keller"), False),
        ("the old mill burned in May", piece("“Yes, the old mill burned in May.”", "Maria Keller"), True),
        ("In May the mill burned.", piece("“Yes, the old mill burned in May.”", "Maria Keller"), False),
        ("Senator Keller runs the mill in Lund.", piece("Maria Keller runs the mill in Lund."), False),
        ("Tom Keller runs the mill with Maria Reyes.", piece("Maria Keller runs the mill with Tom Reyes."), False),
    ],
)
def test_names_stand_for_pronouns_and_speakers_only(text: str, cited: Evidence, kept: bool) -> None:
    assert (check_statement(text, [cited]).verdict is not Verdict.UNSUPPORTED) is kept
