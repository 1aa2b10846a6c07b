"""Broken files by the thousand: each must be read, or be refused with a reason that its format's reader gives.

usage: python -m tests.benchmarks.fuzz [--minutes N] [--seed S] [--only ENDING] [--keep DIR] [--samples DIR]
       python -m tests.benchmarks.fuzz --again S-N [--keep DIR]

Sample files (of RAG_EVAL_DATA, of --samples, and a few that are made here) are cut, spliced, and have bytes changed,
those in archives too, and go through the reading processes. A finding is a reader that fails instead of refusing,
crashes, hangs, takes too much memory, or gives a document that breaks the rules of offsets. Each kind of finding is
printed once, with the number that makes the same file again (from the same samples); --keep writes the file. `--again`
makes one file and reads it in this process, for the traceback. Exit status 1 when there was a finding.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path
from random import Random

from rag.config import evaluation_data
from rag.errors import SourceError
from rag.sources import RawFile, SourceFile, SourceReader
from rag.sources.formats import FORMATS, format_reader
from rag.sources.reading import ending_to_read_as
from rag.sources.soundness import require_sound
from tests.benchmarks.provenance import provenance

LARGEST_SAMPLE = 400_000
SECONDS = 20.0
MEMORY = 3 << 30
BUNDLE = 64
INTERESTING = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\0",
    b"-1",
    b"1e999",
)
FAULT = re.compile(r"its reader (?:failed|crashed|made a mistake)|reading it took")
MADE = {
    "made.md": "---\ntitle: T\ndate: 2024-05-01\n---\n# Head\n\n- item\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "made.csv": 'Year;Revenue\n2022;"5,3"\n2023;6\n',
    "made.jsonl": '{"doc_id": "a", "title": "T", "text": "Mice sleep."}\n{"doc_id": "b", "text": "They do."}\n',
    "made.html": "<html><head><title>T</title></head><body><table><tr><th>a<td>b</table><p>Mice sleep.</body></html>",
    "made.eml": "From: a@b.c\nSubject: =?utf-8?q?x?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x--\n",
    "made.rtf": "{\\rtf1\\ansi{\\fonttbl\\f0 A;}\\f0 Mice \\b sleep\\b0\\par {\\field{\\*\\fldinst x}{\\fldrslt y}}}",
    "made.xml": "<?xml version='1.0'?><a><b c='d'>Mice sleep.</b></a>",
    "made.rst": "Title\n=====\n\n* item\n\n+---+---+\n| a | b |\n+---+---+\n\n.. note:: Mice\n",
    "made.txt": "The night enzyme\n\nBy Maria Keller\n\n“The enzyme fails,” Keller said.\n",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that is in order."""

    name: str
    data: bytes


def samples(folders: Sequence[Path], only: str | None) -> tuple[Sample, ...]:
    """Return the samples there are, by name; with `only`, those of one ending."""
    found = {name: text.encode() for name, text in MADE.items()}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix.lower() in FORMATS and 0 < path.stat().st_size <= LARGEST_SAMPLE:
                found[path.name] = path.read_bytes()
    chosen = (Sample(name, found[name]) for name in sorted(found))
    return tuple(sample for sample in chosen if only is None or sample.name.lower().endswith(only))


def damaged(random: Random, all_samples: Sequence[Sample]) -> tuple[str, bytes]:
    """Return the name and the bytes of a damaged file."""
    by_ending: dict[str, list[Sample]] = {}
    for sample in all_samples:
        by_ending.setdefault(Path(sample.name).suffix.lower(), []).append(sample)
    sample = random.choice(by_ending[random.choice(sorted(by_ending))])
    other = random.choice(all_samples).data
    if sample.data.startswith(b"PK") and random.random() < 0.8:
        return sample.name, damaged_inside(random, sample.data, other)
    return sample.name, changed(random, sample.data, other)


def damaged_inside(random: Random, data: bytes, other: bytes) -> bytes:
    """Return an archive with one of the files in it damaged: otherwise its checksums would end every reading."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        chosen = random.choice(entries).filename
        for entry in entries:
            content = archive.read(entry)
            if entry.filename == chosen:
                if random.random() < 0.1:
                    continue
                content = changed(random, content, other)
            made.writestr(zipfile.ZipInfo(entry.filename), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def changed(random: Random, data: bytes, other: bytes) -> bytes:
    """Return `data` after one to four changes; `other` is spliced in."""
    result = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        at, end = sorted(random.randrange(len(result) + 1) for _ in range(2))
        end = min(end, at + random.choice((1, 4, 50, 5000)))
        kind = random.randrange(8)
        if kind == 0:
            for place in random.sample(range(len(result)), min(len(result), random.choice((1, 3, 20)))):
                result[place] ^= 1 << random.randrange(8)
        elif kind == 1:
            del result[at:]
        elif kind == 2:
            del result[at:end]
        elif kind == 3:
            result[at:at] = result[at:end] * random.choice((1, 2, 100))
        elif kind == 4:
            start = random.randrange(len(other) + 1)
            result[at:end] = other[start : start + random.choice((4, 100, 5000))]
        elif kind == 5:
            result[at : at + 1] = random.choice(INTERESTING)
        elif kind == 6:
            result[at:end] = random.randbytes(end - at)
        else:
            changed_number(random, result)
        if not result:
            result += b"x"
    return bytes(result)


def changed_number(random: Random, data: bytearray) -> None:
    """Write another number in the place of one that stands in the text."""
    numbers = [match.span() for match in re.finditer(rb"\d+", data[:100_000])]
    if numbers:
        start, end = random.choice(numbers)
        data[start:end] = random.choice((b"0", b"-1", b"1", b"65536", b"4294967296", b"99999999999999999999", b"1.5"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one damaged file. `finding` says what was wrong, None where nothing was."""

    number: int
    name: str
    read: bool
    finding: str | None
    seconds: float


def attempt(reader: SourceReader, folder: Path, seed: int, all_samples: Sequence[Sample], number: int) -> Outcome:
    """Damage a file and read it."""
    name, data = damaged(Random(f"{seed}-{number}"), all_samples)
    path = folder / f"{number}-{name}"
    path.write_bytes(data)
    start = time.perf_counter()
    try:
        reading = reader.read(SourceFile(name, path, len(data), 0))
        read, reasons = bool(reading.documents), [part.reason for part in reading.skipped]
    except SourceError as error:
        read, reasons = False, [str(error)]
    finally:
        path.unlink()
    finding = next((reason for reason in reasons if FAULT.search(reason)), None)
    return Outcome(number, name, read, finding, time.perf_counter() - start)


def signature(outcome: Outcome) -> str:
    """Return what two findings of the same kind have in common."""
    return (
        Path(outcome.name).suffix.lower()
        + " "
        + re.sub(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"", "…", str(outcome.finding))
    )


def run(minutes: float, seed: int, all_samples: Sequence[Sample], keep: Path | None) -> int:
    """Go on until the time is up, print findings as they come and figures at the end; return the exit status."""
    until = time.monotonic() + minutes * 60
    findings: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    slowest = Outcome(0, "", True, None, 0.0)
    with (
        tempfile.TemporaryDirectory() as folder,
        SourceReader(seconds=SECONDS, memory_bytes=MEMORY) as reader,
        ThreadPoolExecutor(reader.workers) as threads,
    ):
        tried = partial(attempt, reader, Path(folder), seed, all_samples)
        for outcome in chain.from_iterable(threads.map(tried, numbers) for numbers in bundles(until)):
            counts["read" if outcome.read else "refused"] += 1
            slowest = max(slowest, outcome, key=lambda each: each.seconds)
            if outcome.finding:
                kind = signature(outcome)
                findings[kind] += 1
                if findings[kind] == 1:
                    print(f"{seed}-{outcome.number} {outcome.name}: {outcome.finding}", flush=True)
                    kept(keep, seed, outcome.number, all_samples)
    figures = {
        **provenance(),
        "seed": seed,
        "samples": len(all_samples),
        "files": counts.total(),
        **counts,
        "findings": dict(findings),
        "slowest": f"{seed}-{slowest.number} {slowest.name} {slowest.seconds:.1f} s",
    }
    print(json.dumps(figures, indent=2))
    return 1 if findings else 0


def bundles(until: float) -> Iterator[range]:
    """Yield the numbers of files, some at a time, until the time is up."""
    for first in count(0, BUNDLE):
        if time.monotonic() >= until:
            return
        yield range(first, first + BUNDLE)


def kept(folder: Path | None, seed: int, number: int, all_samples: Sequence[Sample]) -> None:
    """Write the file of a finding."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        name, data = damaged(Random(f"{seed}-{number}"), all_samples)
        (folder / f"{seed}-{number}-{name}").write_bytes(data)


def again(case: str, all_samples: Sequence[Sample], keep: Path | None) -> None:
    """Read one damaged file in this process; what its reader raises comes out."""
    seed, _, number = case.partition("-")
    kept(keep, int(seed), int(number), all_samples)
    name, data = damaged(Random(case), all_samples)
    raw = RawFile(name, data)
    try:
        reader = format_reader(ending_to_read_as(raw))
        print(require_sound(reader(raw)) if reader else "not read")
    except SourceError as error:
        print(f"refused: {error}")


def main() -> int:
    """Read the arguments and go."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="ENDING")
    parser.add_argument("--keep", type=Path, metavar="DIR")
    parser.add_argument("--samples", type=Path, metavar="DIR")
    parser.add_argument("--again", metavar="S-N")
    options = parser.parse_args()
    data = evaluation_data()
    folders = [folder for folder in (data and data / "files", options.samples) if folder]
    if data is None:
        print("RAG_EVAL_DATA is not set: only the samples made here, and those of --samples.", file=sys.stderr)
    found = samples(folders, options.only)
    if options.again:
        again(options.again, found, options.keep)
        return 0
    os.nice(5)
    return run(options.minutes, options.seed, found, options.keep)


if __name__ == "__main__":
    sys.exit(main())
