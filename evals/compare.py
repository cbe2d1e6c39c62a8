"""Side by side on the same questions in one process: `make compare`.

The built-in engine; a naive RAG (langchain's recursive splitter, Chroma, the four best chunks, an extracted answer); and,
where MINGCE_MODEL is set, the model in the pipeline and the same model with the whole policy in its prompt and nothing else.
Every row is graded alike. The naive row says what such systems can say: it always answers, cites what its sentences touch,
and offers the first sum of its sentences as the result.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from assistant.adapters.agent import open_agent
from assistant.adapters.embedders import StaticEmbedder
from assistant.desk import today
from assistant.settings import load_settings
from corpus.loader import PACKS, default_pack_id, load_pack
from corpus.schema import Pack
from evals.cases import Case
from evals.engines import BUILTIN, MODEL, open_engine
from evals.figures import read_figures
from evals.library import find_sets, index
from evals.peers.fulltext import FullText
from evals.peers.naive import NaivePeer
from evals.score import Verdict, grade
from evals.stats import wilson

_ROWS = 4
_UPPER = re.compile("最高|不超过|不高于")


class Row(NamedTuple):
    """One line of the table; None where it does not apply."""

    name: str
    verdicts: list[Verdict]
    times_ms: list[float]
    cost_yuan: float


def naive_reply(peer: NaivePeer, pack: Pack, question: str) -> dict[str, Any]:
    """The naive peer's answer in the shape of the batch contract."""
    text = peer.answer(question)
    cited = []
    for sentence in re.split(r"(?<=[。；])", text):
        start = pack.document.source.find(sentence) if sentence else -1
        clause = next((c for c in pack.document.clauses if c.start <= start < c.end), None)
        if clause is not None:
            end = min(start + len(sentence), clause.end)
            quote = pack.document.source[start:end]
            cited.append({"policy": pack.id, "clause": clause.id, "quote": quote, "start": start, "end": end})
    sums = sorted(value for kind, value in read_figures(text) if kind == "yuan")
    kind = "upper_bound" if _UPPER.search(text) else "exact"
    low = None if kind == "upper_bound" else str(sums[0]) if sums else None
    amounts = [
        {"clause": c["clause"], "kind": kind, "low_yuan": low, "high_yuan": str(sums[0]), "steps": []} for c in cited[:1] if sums
    ]
    return {"outcome": "answer", "status": "extracted", "text": text, "citations": cited, "amounts": amounts, "asks": []}


def measure(name: str, cases: Sequence[Case], pack: Pack, ask: Callable[[Case], dict[str, Any]]) -> Row:
    """Ask and grade every case."""
    verdicts, times, cost = [], [], 0.0
    for case in cases:
        started = time.perf_counter()
        reply = ask(case)
        times.append((time.perf_counter() - started) * 1000)
        cost += float(reply.pop("cost_yuan", 0.0))
        verdicts.append(grade(case, reply, pack))
    return Row(name, verdicts, times, cost)


def rows(cases: Sequence[Case], pack: Pack) -> list[Row]:
    """The systems that can be asked here."""
    builtin = open_engine(BUILTIN, pack.id, today())
    peer = NaivePeer(pack, StaticEmbedder())
    found = [
        measure("内置引擎", cases, pack, builtin.reply),
        measure("朴素 RAG", cases, pack, lambda case: naive_reply(peer, pack, case.turns[-1])),
    ]
    settings = load_settings()
    if settings.model is not None:
        alone = FullText(open_agent(settings.model), pack, settings.model)
        found.append(measure("模型，经本系统核对", cases, pack, open_engine(MODEL, pack.id, today()).reply))
        found.append(measure("模型，全文在提示里", cases, pack, alone.reply))
    return found


def table(measured: Sequence[Row]) -> Table:
    """The rows as a table, with a line for a model where none is configured."""
    found = Table(title=f"同样的 {len(measured[0].verdicts)} 题")
    for title in ("", "全对", "95% 区间", "结果对", "条款对", "金额对", "没有来处的数", "中位 ms", "费用 元"):
        found.add_column(title, justify="left" if not title else "right")
    for row in measured:
        interval = wilson(sum(v.passed for v in row.verdicts), len(row.verdicts))
        shares = [
            statistics.fmean(not (v.checks.get(name) or v.checks.get("error")) for v in row.verdicts)
            for name in ("outcome", "clauses", "amounts")
        ]
        stray = sum(bool(v.measures.get("unsupported")) for v in row.verdicts)
        found.add_row(
            row.name,
            f"{interval.share:.1%}",
            f"{interval.low:.1%}–{interval.high:.1%}",
            *(f"{share:.1%}" for share in shares),
            str(stray),
            f"{statistics.median(row.times_ms):.1f}",
            f"{row.cost_yuan:.2f}",
        )
    if len(measured) < _ROWS:
        found.add_row("模型，全文在提示里", *["未配置", *[""] * 7])
    return found


def main() -> None:
    """Print the table for the sets named on the command line, else for the sets that nobody mended the engine by."""
    pack = load_pack(PACKS / default_pack_id())
    sets = find_sets(sys.argv[1:]) if sys.argv[1:] else [found for found in index().values() if found.card.kept]
    cases = [case for found in sets for case in found.cases if isinstance(case, Case) and found.card.pack == pack.id]
    Console(width=120).print(table(rows(cases, pack)))


if __name__ == "__main__":
    main()
