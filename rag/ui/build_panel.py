"""Building the index from the page: the buttons, the progress, what came of it."""

from __future__ import annotations

import streamlit as st

from rag.types import IndexReport
from rag.ui.building import IndexBuild, describe_progress
from rag.ui.polling import draw_again
from rag.ui.service import Service
from rag.ui.wording import counted, plain

POLL_SECONDS = 0.4


def draw_build(service: Service, *, stale: bool = False, missing: bool = False, needed: bool = False) -> None:
    """Draw the buttons that build, or the progress of the build under way, and the outcome of the last one.

    `stale` and `missing` tell of the index that it is out of date or not there, `needed` that nothing goes without it.
    """
    build = service.build
    if build is not None and build.running:
        draw_again(_draw_progress, build, every=POLL_SECONDS)
        return
    if build is not None:
        _draw_outcome(build)
    if missing or stale:
        label = "Build the index" if missing else "Update the index"
        _draw_button(service, label, rebuild=False, primary=True)
    if not missing:
        _draw_button(service, "Rebuild index", rebuild=True, primary=needed)
        _draw_rollback(service)


def _draw_rollback(service: Service) -> None:
    """Offer the index as it was before the last change, and ask whether that is meant."""
    if service.problem:
        st.warning(plain(service.problem))
    with st.popover("Back to the previous index", type="tertiary", key="rollback"):
        st.write("Answers will come from the index as it was before the last build. Your documents stay as they are.")
        st.button("Go back", key="roll-back", on_click=service.roll_back)


def _draw_button(service: Service, label: str, *, rebuild: bool, primary: bool) -> None:
    key, kind = "rebuild-index" if rebuild else "update-index", "primary" if primary else "secondary"
    st.button(label, key=key, on_click=_start, args=(service, rebuild), type=kind)  # type: ignore[arg-type]


def _start(service: Service, rebuild: bool) -> None:
    service.start_build(rebuild=rebuild)


def _draw_progress(build: IndexBuild) -> None:
    if not build.running:
        st.rerun()
    done, words = describe_progress(build.progress)
    st.progress(done, text=plain(words))


def _draw_outcome(build: IndexBuild) -> None:
    if build.problem:
        st.error(plain(build.problem))
    elif build.report:
        st.caption(plain(describe_report(build.report)))


def describe_report(report: IndexReport) -> str:
    """Return what a build did, in a sentence."""
    took = f"{report.seconds:.1f} s"
    what = f"{counted(report.documents, 'document')}, {counted(report.chunks, 'passage')}"
    unread = f" {counted(len(report.skipped), 'file')} could not be read." if report.skipped else ""
    return f"Built in {took}: {what}, {counted(report.embedded, 'passage')} embedded.{unread}"
