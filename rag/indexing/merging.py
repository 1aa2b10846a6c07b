"""Merging segments, so that an index that was updated a thousand times is read as fast as one made at once.

Small ones are merged when there are too many, those of like size together, as in a log-structured merge tree (O'Neil
and others, 1996): a document is rewritten a number of times that grows with the logarithm of their number. A segment
of which much was deleted is written again without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from rag.catalog import Place, RegisterDraft, draft_segment
from rag.generations import FileEntry, SegmentEntry, carry_over, remove
from rag.index_reader import CATALOG, SEGMENTS, OpenIndex, StoredSegment
from rag.indexing.keeping import LARGE, Keeper
from rag.indexing.segments import new_name

MOST_SEGMENTS = 8
WORN = 0.25
"""Share of deleted chunks beyond which a segment is written again."""


def segments_to_merge(live: Mapping[int, int], written: Mapping[int, int], large: int = LARGE) -> list[int]:
    """Return which segments are to become one, given how many chunks of each count and were written, by number.

    One of `large` and more is not merged because there are many, and does not count among them.
    """
    worn = {number for number, count in live.items() if written[number] - count > WORN * written[number]}
    small = sorted((count, number) for number, count in live.items() if number not in worn and count < large)
    group: list[int] = []
    if len(small) + bool(worn) > MOST_SEGMENTS:
        together = 0
        for count, number in small:
            if len(group) > 1 and count > together:
                break
            group.append(number)
            together += count
    return sorted(worn | set(group))


def settle_segments(
    register: RegisterDraft, new: Mapping[int, SegmentEntry], base: OpenIndex | None, working: Path, keeper: Keeper
) -> tuple[tuple[SegmentEntry, ...], dict[str, FileEntry]]:
    """Merge what is to be merged, drop what is empty and take the rest over from `base`.

    `new` are the segments that were just written into `working`, by number. Returns all segments of the generation, in
    the order of their numbers, and the hashes of the files that were taken over. Raises OSError when something cannot
    be written, IndexDamagedError when something that is taken over is not what was written.
    """
    old: dict[int, StoredSegment] = {segment.number: segment for segment in base.segments} if base else {}
    entries = {**{number: segment.entry for number, segment in old.items()}, **new}
    live = {number: chunks for number, (_, chunks, _) in register.live().items()}
    chosen = segments_to_merge(live, {number: entry.chunks for number, entry in entries.items()}, keeper.large)
    if chosen:
        with ExitStack() as stack:
            segments = [old.get(number) or _opened(stack, working, number, new[number], keeper) for number in chosen]
            merged = max(entries) + 1
            entries[merged] = merge(register, segments, working, merged, keeper)
        live = {**{number: count for number, count in live.items() if number not in chosen}, merged: 0}
    for number in entries.keys() - live.keys():
        remove(working / SEGMENTS / entries.pop(number).name)
    register.put_segments({number: entry.name for number, entry in entries.items()})
    carried: dict[str, FileEntry] = {}
    if base is not None:
        folders = [old[number].folder for number in sorted(entries.keys() & old.keys())]
        carried = carry_over(base.made, folders, working)
    return tuple(entries[number] for number in sorted(entries)), carried


def _opened(stack: ExitStack, working: Path, number: int, entry: SegmentEntry, keeper: Keeper) -> StoredSegment:
    segment = keeper.open(working, number, entry)
    stack.callback(segment.catalog.close)
    return segment


def merge(
    register: RegisterDraft, segments: Sequence[StoredSegment], working: Path, number: int, keeper: Keeper
) -> SegmentEntry:
    """Write what counts in `segments` into one new segment, number `number`, and put down where it stands now.

    Nothing is read or embedded again. Raises OSError when it cannot be written, IndexDamagedError when something that
    is taken over is not what was written.
    """
    name = new_name()
    folder = working / SEGMENTS / name
    folder.mkdir(parents=True)
    homes = {segment.number: segment for segment in segments}
    records = register.documents_in(sorted(homes))
    moved = {each.number: np.full(each.entry.chunks, -1, dtype=np.int64) for each in segments}
    places: list[tuple[str, Place]] = []
    with draft_segment(folder / CATALOG, name) as draft:
        for record in records:
            home = homes[record.place.segment]
            place = draft.add(home.catalog.indexed(record), number)
            before = record.place
            moved[home.number][before.first : before.first + before.chunks] = np.arange(
                place.first, place.first + place.chunks
            )
            places.append((record.source, place))
        documents, chunks = draft.documents, draft.chunks
    documents_of_rows = np.repeat([place.number for _, place in places], [place.chunks for _, place in places])
    keeper.merge(name, folder, documents_of_rows, [(segment, moved[segment.number]) for segment in segments])
    register.move_documents(places)
    return SegmentEntry(name, documents, chunks)
