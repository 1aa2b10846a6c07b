"""The left side of the page: the conversation, and the line to ask on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from rag.errors import LanguageModelError, UsageError
from rag.types import SourceFilter
from rag.ui import components, visit
from rag.ui.certificate import answers_of, check_turns, conversation_summary, kept_check
from rag.ui.conversations import Conversation, Draft, Scope, Turn, TurnState
from rag.ui.exporting import conversation_file
from rag.ui.intake import Intake
from rag.ui.polling import draw_again
from rag.ui.service import Service
from rag.ui.tracing import kept_trace, trace_turn
from rag.ui.turn_view import citation_at, view_turn
from rag.ui.wording import plain

POLL_SECONDS = 0.2
QUICK_SECONDS = 0.3
"""How long a page waits for an answer before it draws: most extractive answers are whole by then."""
BUILT_IN = "extractive"


def chosen_model(service: Service) -> str:
    """Return the language model picked in the sidebar of this tab."""
    return str(st.session_state.get("model") or service.settings.llm)


def ask(
    service: Service,
    question: str,
    llm: str | None = None,
    scope: Scope | None = None,
    after: Intake | None = None,
    *,
    meant: str = "",
) -> None:
    """Ask a question in the conversation of this tab, which begins with its first question.

    It is asked of the sources that are picked in this tab, unless `scope` says otherwise; `meant` is how it is to be
    understood, where that is known already.
    """
    conversation = service.conversations.find(visit.conversation_id()) or service.conversations.create()
    visit.enter_conversation(conversation.id)
    scope = scope or Scope(visit.source_filter())
    turn = service.ask(conversation, question, llm or chosen_model(service), scope, after, meant=meant)
    st.session_state["arriving"] = turn.number
    turn.wait(QUICK_SECONDS)


def ask_anew(service: Service, questions: Sequence[str]) -> None:
    """Ask questions one after the other in a conversation of their own, of all sources."""
    visit.enter_conversation(service.conversations.create().id)
    for question in questions:
        ask(service, question, scope=Scope())


def draw_conversation(service: Service, conversation: Conversation) -> None:
    """Draw all turns, those under way in fragments that draw themselves again until they have ended."""
    newest = conversation.turns[-1].number
    arriving = st.session_state.setdefault("arriving", newest if newest > 1 else None)
    for turn in conversation.turns:
        live = not turn.has_ended()
        every = POLL_SECONDS if live else None
        is_arriving = turn.number == arriving
        draw_again(draw_turn, service, conversation, turn, every=every, arriving=is_arriving, newest=newest, live=live)


def turn_key(conversation: Conversation, number: int) -> str:
    """Return under which key a turn is drawn, and what was asked about it is kept; another once it was put right."""
    turn = conversation.turn(number)
    return f"turn-{conversation.id}-{number}" + (f"-{turn.take}" if turn and turn.take else "")


def draw_conversation_actions(service: Service, conversation: Conversation) -> None:
    """Offer to check every answer of the conversation against the files, and to download it."""
    answered = answers_of(conversation)
    if not answered or any(not turn.has_ended() for turn in conversation.turns):
        return
    keyed = [(turn_key(conversation, number), answer) for number, _, answer in answered]
    with st.container(key="conversation-actions", horizontal=True):
        st.button(
            "Check the whole conversation",
            key="check-conversation",
            on_click=partial(check_turns, service, keyed),
            help="Looks every citation up in the files as they are now",
        )
        st.download_button(
            "Download the conversation",
            data=conversation_file([answer for _, _, answer in answered]),
            file_name="conversation.md",
            mime="text/markdown",
            key="download-conversation",
            help="For reading, and for checking again: rag verify conversation.md",
        )
    if (found := conversation_summary([key for key, _ in keyed])) is not None:
        st.caption(plain(found))


def draw_turn(
    service: Service, conversation: Conversation, turn: Turn, *, arriving: bool, newest: int, live: bool
) -> None:
    """Draw one turn.

    The whole page is drawn once more when the turn has ended, which ends the polling, and when a click in it opened a
    source, asked again or put its question right; `newest` was the last turn when the whole page was drawn.
    """
    draft = turn.draft
    place, visits = visit.place(), visit.visits()
    opened = citation_at(draft.citations, place.source, place.start, place.end) if place else None
    here = place is not None and place.turn == turn.number
    data = view_turn(draft, opened=opened if here else None, titles=service.titles())
    key = turn_key(conversation, turn.number)
    data |= {"number": turn.number, "last": turn.number == newest, "arriving": arriving, "offers": offers(draft)}
    components.turn(
        {**data, "trace": kept_trace(key), "certificate": kept_check(key)},
        key=key,
        open=partial(visit.go_to, turn=turn.number),
        stop=lambda _: turn.stop(),
        mean=partial(_put_right, service, conversation, turn),
        again=partial(_ask_again, service, draft),
        trace=lambda _: trace_turn(service, draft, key),
        check=lambda _: check_turns(service, [(key, draft.answer)] if draft.answer else []),
    )
    seen = st.session_state.get("drawn_visits", visits)
    replaced = conversation.turn(turn.number) is not turn
    if (live and not draft.under_way) or seen != visits or replaced or conversation.turns[-1].number != newest:
        st.rerun()


def offers(draft: Draft) -> list[dict[str, str | None]]:
    """Return what can be done about a turn that has no whole answer; nothing where the question itself is wrong."""
    asked_wrongly = isinstance(draft.error, UsageError) and draft.llm == BUILT_IN
    if draft.state not in {TurnState.FAILED, TurnState.STOPPED} or asked_wrongly:
        return []
    again: list[dict[str, str | None]] = [{"label": "Ask again", "llm": None}]
    if isinstance(draft.error, LanguageModelError | UsageError):
        again.append({"label": "Answer without a language model", "llm": BUILT_IN})
    return again


def _ask_again(service: Service, draft: Draft, value: dict[str, Any]) -> None:
    """Ask the same again: of the same sources, unless the button said that it is without a filter."""
    scope = draft.scope if value.get("narrowed", True) else replace(draft.scope, chosen=SourceFilter())
    scope = replace(scope, understand=bool(value.get("understand", True)))
    ask(service, draft.question, value.get("llm"), scope, meant=draft.standalone_question)


def _put_right(service: Service, conversation: Conversation, turn: Turn, value: dict[str, Any]) -> None:
    """Answer a turn again as a person says that its question is meant."""
    meant = " ".join(str(value.get("text") or "").split())
    if meant and meant != turn.draft.standalone_question:
        service.put_right(conversation, turn, meant).wait(QUICK_SECONDS)
