"""Runs sets through an engine: in parallel, resumable after a kill, every reply kept with its verdict.

A run is a folder: `run.json` says what was run, `results.jsonl` holds one line a case and repeat. Lines are written as
they come and put in the order of the sets at the end; a line that a kill cut off is run again.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from assistant.adapters.chroma import ChromaVectors
from assistant.desk import today
from assistant.settings import load_settings
from corpus.errors import MingceError
from corpus.loader import PACKS, load_pack
from evals.cases import KINDS, AnyCase, Case
from evals.engines import MODEL, Engine, open_engine
from evals.library import QuestionSet, SetError, plain
from evals.score import Verdict, grade, grade_hits

SPEC, RESULTS, LOCK = "run.json", "results.jsonl", ".lock"

_SPEC_NAMES = {"engine": "引擎", "stage": "阶段", "repeat": "次数", "jobs": "例数", "sets": "题集", "packs": "政策包"}
_SPEC_NAMES |= {"model": "模型", "version": "版本", "code": "代码"}
_FIELDS = frozenset({"set", "id", "repeat", "elapsed_ms", "tokens", "cost_yuan", "case", "reply"})


class Job(NamedTuple):
    """One case of a set, asked for the `repeat`-th time."""

    set_name: str
    pack: str
    case: AnyCase
    repeat: int

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells jobs apart."""
        return self.set_name, self.case.id, self.repeat


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job: the reply, how long it took, the verdict; tokens and cost where a model was asked."""

    set_name: str
    case: AnyCase
    repeat: int
    reply: dict[str, Any]
    verdict: Verdict
    elapsed_ms: float
    tokens: int = 0
    cost_yuan: float = 0.0

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells results apart."""
        return self.set_name, self.case.id, self.repeat


@dataclass(frozen=True, slots=True)
class Run:
    """A finished or broken-off run: what was run and the results so far, in the order of the sets."""

    folder: Path
    spec: dict[str, Any]
    results: list[Result]

    @property
    def complete(self) -> bool:
        """Whether every case was run."""
        return len(self.results) == int(self.spec["jobs"])

    @property
    def kept(self) -> frozenset[str]:
        """The sets whose questions are not to be read."""
        return frozenset(entry["name"] for entry in self.spec["sets"] if entry["kept"])


def jobs_of(sets: Sequence[QuestionSet], repeat: int, stage: str) -> list[Job]:
    """Every case of the sets, `repeat` times; for the retrieval stage only those that can be searched for."""
    chosen = []
    for question_set in sets:
        for case in question_set.cases:
            if stage == "retrieval" and not _searchable(case):
                continue
            chosen += [Job(question_set.name, question_set.card.pack, case, number) for number in range(1, repeat + 1)]
    return chosen


def _searchable(case: AnyCase) -> bool:
    return bool(getattr(case, "clauses", ())) and (not isinstance(case, Case) or len(case.turns) == 1)


def start_run(
    sets: Sequence[QuestionSet],
    folder: Path,
    *,
    engine: str = "builtin",
    stage: str = "answers",
    repeat: int = 1,
    workers: int = 2,
) -> Iterator[Result]:
    """Run what is not yet in the folder; yields each result as it comes.

    Raises SetError where the folder holds a run of something else.
    """
    jobs = jobs_of(sets, repeat, stage)
    if not jobs:
        raise SetError("题集里没有可运行的例子")
    spec = _settled_spec(folder, _spec(sets, engine=engine, stage=stage, repeat=repeat, jobs=len(jobs)))
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise SetError(f"目录 {folder.name} 里正有一次运行；等它结束，或换一个 --out") from None
    try:
        yield from _resume(folder, jobs, spec, workers)
    finally:
        lock.release()


def _resume(folder: Path, jobs: Sequence[Job], spec: dict[str, Any], workers: int) -> Iterator[Result]:
    if (folder / RESULTS).is_file():
        _tidy(folder, jobs)  # drops a line that a kill cut off, or the next one would be glued to it
    done = {result.key for result in load_run(folder).results}
    left = [job for job in jobs if job.key not in done]
    vectors = ChromaVectors(load_settings())
    for pack in dict.fromkeys(job.pack for job in left):
        vectors.build(load_pack(PACKS / pack))  # once, not in every worker
    with (folder / RESULTS).open("a", encoding="utf-8") as out:
        for result in _execute(left, spec, workers):
            out.write(json.dumps(_line(result), ensure_ascii=False) + "\n")
            out.flush()
            yield result
    _tidy(folder, jobs)


def _spec(sets: Sequence[QuestionSet], *, engine: str, stage: str, repeat: int, jobs: int) -> dict[str, Any]:
    packs = {question_set.card.pack for question_set in sets}
    return {
        "engine": engine,
        "model": settings.name if engine == MODEL and (settings := load_settings().model) else None,
        "stage": stage,
        "repeat": repeat,
        "jobs": jobs,
        "sets": [
            {"name": s.name, "hash": s.content_hash, "pack": s.card.pack, "kind": s.card.kind, "kept": s.card.kept} for s in sets
        ],
        "packs": {pack: load_pack(PACKS / pack).content_hash for pack in sorted(packs)},
        "version": installed_version("mingce"),
        "code": code_hash(),
        "commit": _commit(),
        "as_of": today(),
    }


def code_hash() -> str:
    """A hash of what makes an answer beside the packs: the engine's code and language data; not the graders."""
    root = PACKS.parents[1]
    files = [
        path
        for package in ("assistant", "calculators", "corpus", "evals/engines.py")
        for path in sorted((root / package).rglob("*") if (root / package).is_dir() else [root / package])
        if path.suffix in (".py", ".yaml", ".md", ".txt", ".tsv", ".json", ".safetensors") and "packs" not in path.parts
    ]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _commit() -> str:
    """The short commit of the checkout; empty where there is none."""
    try:
        command = ["git", "describe", "--always", "--dirty"]
        done = subprocess.run(command, cwd=PACKS.parents[1], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def _settled_spec(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    """The spec of the folder's own run where it is the same, so that a resumed run keeps its day; else the new one, saved."""
    path = folder / SPEC
    if path.is_file():
        known = _read_spec(folder)
        same = ("engine", "model", "stage", "repeat", "jobs", "sets", "packs", "version", "code")
        changed = [name for name in same if known.get(name) != spec[name]]
        if changed:
            names = "、".join(_SPEC_NAMES.get(name, name) for name in changed)
            raise SetError(f"目录 {folder.name} 里是另一次运行（{names} 不同）；请换一个 --out")
        return known
    if (folder / RESULTS).is_file():
        raise SetError(f"目录 {folder.name} 里有结果却没有 {SPEC}；请换一个 --out")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(spec, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return spec


_engines: dict[str, Engine] = {}
_spec_here: dict[str, Any] = {}


def _open_worker(spec: dict[str, Any], parent: int) -> None:
    _spec_here.update(spec)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    """End this worker when the runner was killed; a worker that waits for work would stay behind."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _work(job: Job) -> Result:
    return perform(job, _spec_here, _engines)


def perform(job: Job, spec: dict[str, Any], engines: dict[str, Engine]) -> Result:
    """Ask one case and grade the reply; engines are opened once a pack."""
    if job.pack not in engines:
        engines[job.pack] = open_engine(spec["engine"], job.pack, spec["as_of"], spec["stage"])
    started = time.perf_counter()
    try:
        reply = engines[job.pack].reply(job.case)
    except MingceError as error:
        reply = {"error": str(error)}
    elapsed_ms = (time.perf_counter() - started) * 1000
    tokens, cost = int(reply.pop("tokens", 0)), float(reply.pop("cost_yuan", 0.0))
    return Result(job.set_name, job.case, job.repeat, reply, judge(job.case, reply, job.pack), elapsed_ms, tokens, cost)


def judge(case: AnyCase, reply: dict[str, Any], pack: str) -> Verdict:
    """The verdict on a reply; a conversation's search alone is graded as a search."""
    if isinstance(case, Case) and "hits" in reply:
        return grade_hits(case.clauses, reply["hits"])
    return grade(case, reply, load_pack(PACKS / pack))


def _execute(jobs: Sequence[Job], spec: dict[str, Any], workers: int) -> Iterator[Result]:
    if workers < 2 or len(jobs) < 2 * workers:
        engines: dict[str, Engine] = {}
        yield from (perform(job, spec, engines) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")  # Chroma's threads do not survive a fork
    with ProcessPoolExecutor(workers, context, _open_worker, (spec, os.getpid())) as pool:
        for future in as_completed([pool.submit(_work, job) for job in jobs]):
            yield future.result()


def _line(result: Result) -> dict[str, Any]:
    return {
        "set": result.set_name,
        "id": result.case.id,
        "repeat": result.repeat,
        "elapsed_ms": round(result.elapsed_ms, 2),
        "tokens": result.tokens,
        "cost_yuan": result.cost_yuan,
        "case": plain(result.case),
        "reply": result.reply,
        "verdict": {"checks": dict(result.verdict.checks), "measures": dict(result.verdict.measures)},
    }


def _tidy(folder: Path, jobs: Sequence[Job]) -> None:
    """Put the lines in the order of the sets, through a file beside, so that a kill loses nothing."""
    order = {job.key: number for number, job in enumerate(jobs)}
    lines = {(row["set"], row["id"], row["repeat"]): json.dumps(row, ensure_ascii=False) for row in _rows(folder)}
    aside = folder / f"{RESULTS}.new"
    aside.write_text("".join(lines[key] + "\n" for key in sorted(lines, key=lambda key: order[key])), encoding="utf-8")
    aside.replace(folder / RESULTS)


def _rows(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of the results, the last of each key; a line that was cut off is left out."""
    found = {}
    for line in (folder / RESULTS).read_text(encoding="utf-8", errors="replace").split("\n"):  # U+2028 ends no line
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue  # a kill in mid-line: this case is run again
        if isinstance(row, dict) and row.keys() >= _FIELDS:
            found[(row["set"], row["id"], row["repeat"])] = row
    return list(found.values())


def _read_spec(folder: Path) -> dict[str, Any]:
    try:
        spec: Any = json.loads((folder / SPEC).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        spec = None
    if not isinstance(spec, dict) or not {"sets", "packs", "jobs"} <= spec.keys():
        raise SetError(f"{folder.name}/{SPEC} 已损坏；请换一个 --out 重新运行")
    return spec


def load_run(folder: Path) -> Run:
    """A run with its saved replies graded anew: a changed grader needs no second run.

    A reply that was given from another state of its pack keeps the verdict of its own day: today's text and rules would
    judge it by what it could not know. Raises SetError where the folder holds no run.
    """
    if not (folder / SPEC).is_file():
        raise SetError(f"“{folder}”里没有运行记录（缺 {SPEC}）")
    spec = _read_spec(folder)
    about = {entry["name"]: entry for entry in spec["sets"]}
    now = {pack: load_pack(PACKS / pack).content_hash for pack in spec["packs"]}
    results = []
    for row in _rows(folder) if (folder / RESULTS).is_file() else []:
        case = KINDS[about[row["set"]]["kind"]].model_validate(row["case"])
        pack = about[row["set"]]["pack"]
        if now[pack] == spec["packs"][pack] or "verdict" not in row:
            verdict = judge(case, row["reply"], pack)
        else:
            verdict = Verdict(row["verdict"]["checks"], row["verdict"]["measures"])
        results.append(
            Result(row["set"], case, row["repeat"], row["reply"], verdict, row["elapsed_ms"], row["tokens"], row["cost_yuan"])
        )
    return Run(folder, spec, results)
