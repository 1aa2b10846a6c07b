"""Print how many attacks succeed, by kind and format: `python -m tests.attacks [--llm MODEL] [--every N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding import load_embedder
from tests.attacks.corpus import attacks
from tests.attacks.running import EXTRACTIVE, OBEDIENT, Outcome, attacked, run


def main() -> int:
    """Run the attacks against the models named, `extractive` and `obedient` by default; 1 where one succeeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--llm", action="append", help="a model as `rag ask --llm` takes it, or `obedient`")
    parser.add_argument("--every", type=int, default=1, help="only each Nth attack")
    options = parser.parse_args()
    chosen = attacks()[:: options.every]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        encoders = Path(name) / "encoders"
        load_embedder(BUNDLED_EMBEDDING_MODEL, encoders)
        with attacked(Path(name) / "desk", encoders, chosen) as engine:
            for model in options.llm or [EXTRACTIVE, OBEDIENT]:
                outcomes += [run(engine, attack, model) for attack in chosen]
    sys.stdout.write(table(outcomes))
    return int(any(outcome.successes for outcome in outcomes))


def table(outcomes: list[Outcome]) -> str:
    """Return the attacks by kind: formats, how many were run, how many succeeded; then what succeeded."""
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.attack.kind].append(outcome)
    width = max(map(len, kinds))
    lines = [f"{'kind':<{width}}  {'formats':<24}  attacks  successes"]
    for kind, found in kinds.items():
        forms = " ".join(dict.fromkeys(outcome.attack.form for outcome in found))
        succeeded = sum(bool(outcome.successes) for outcome in found)
        lines.append(f"{kind:<{width}}  {forms:<24}  {len(found):>7}  {succeeded:>9}")
    models = ", ".join(dict.fromkeys(outcome.model for outcome in outcomes))
    files = {outcome.attack.name for outcome in outcomes}
    total = sum(bool(outcome.successes) for outcome in outcomes)
    lines.append(f"{len(files)} sources of {len(kinds)} kinds, {len(outcomes)} attacks on {models}: {total} succeeded")
    for outcome in outcomes:
        for success in outcome.successes:
            lines.append(f"  {outcome.attack.kind} ({outcome.attack.name!r}, {outcome.model}): {success}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
