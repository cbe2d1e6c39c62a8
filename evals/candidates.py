"""From use to sets: questions that went wrong wait in a queue, are labelled, and join a set.

The queue is a JSONL file in the data folder. It is filled from a spreadsheet, or by whatever calls `add`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.desk import today
from corpus.models import explain
from evals.cases import Case
from evals.library import QuestionSet, SetError, write_set
from evals.sheets import COLUMNS, Row, fields_of, read_rows, row_of, write_rows

QUEUE = "candidates.jsonl"
MAX_QUEUE = 5000  # what a public page collects must not fill the disk
_ASKED = {"id": "编号", "turns": "问题", "given": "当时的答案", "wrong": "哪里不对"}
SHEET = {**_ASKED, **{field: title for field, title in COLUMNS.items() if field not in _ASKED}}
_ID_CHARS = 8
_REASONS = 2000  # characters of reasons that are kept of one question


class Candidate(BaseModel):
    """A question from use: the turns, the answer that was given, what was wrong with it, and the label once it has one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    turns: list[str] = Field(min_length=1)
    given: str = ""
    wrong: str = ""
    source: str = "表格"
    day: str = ""
    label: Case | None = None


def candidate(turns: Sequence[str], given: str = "", wrong: str = "", source: str = "表格") -> Candidate:
    """A candidate of today; the same turns always get the same id."""
    digest = hashlib.sha256("\n".join(turns).encode("utf-8", "replace")).hexdigest()
    return Candidate(id=f"use-{digest[:_ID_CHARS]}", turns=list(turns), given=given, wrong=wrong, source=source, day=today())


def load(data: Path) -> list[Candidate]:
    """The queue in the order of arrival; raises SetError for a line that is no candidate."""
    path = data / QUEUE
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line:
            continue
        try:
            found.append(Candidate.model_validate_json(line))
        except ValidationError as error:
            raise SetError("\n".join(f"{QUEUE} 第 {number} 行 {fault}" for fault in explain(error))) from None
    return found


def save(data: Path, queue: Sequence[Candidate]) -> None:
    """Write the queue through a file beside, so that it is never half there."""
    data.mkdir(parents=True, exist_ok=True)
    aside = data / f"{QUEUE}.new"
    aside.write_text("".join(entry.model_dump_json() + "\n" for entry in queue), encoding="utf-8")
    aside.replace(data / QUEUE)


def _locked(data: Path) -> FileLock:
    """Held while the queue is read and written: several users of a page report at once."""
    data.mkdir(parents=True, exist_ok=True)
    return FileLock(data / f"{QUEUE}.lock", timeout=10)


def add(data: Path, new: Sequence[Candidate]) -> int:
    """Put candidates into the queue; how many are new there or bring a new reason. A full queue takes no new ones."""
    with _locked(data):
        queue = {entry.id: entry for entry in load(data)}
        changed = 0
        for entry in new:
            known = queue.get(entry.id)
            if known is None and len(queue) < MAX_QUEUE:
                queue[entry.id] = entry
            elif known is not None and entry.wrong and entry.wrong not in known.wrong and len(known.wrong) < _REASONS:
                queue[entry.id] = known.model_copy(update={"wrong": "；".join(filter(None, (known.wrong, entry.wrong)))})
            else:
                continue
            changed += 1
        save(data, list(queue.values()))
    return changed


def drop(data: Path, candidate_id: str) -> None:
    """Take a candidate out of the queue."""
    with _locked(data):
        save(data, [entry for entry in load(data) if entry.id != candidate_id])


def label_one(data: Path, candidate_id: str, row: Row, known: AbstractSet[str]) -> bool:
    """Label one candidate with the fields of a sheet's row; whether the queue has it.

    Raises SetError for a faulty label, and for a clause that is not among the `known`.
    """
    with _locked(data):
        queue = load(data)
        entry = next((entry for entry in queue if entry.id == candidate_id), None)
        if entry is None:
            return False
        try:
            before = row_of(entry.label) if entry.label else {}
            labelled = entry.model_copy(update={"label": _label(entry, {**before, **row})})
            strange = [clause for clause in labelled.label.clauses if clause not in known] if labelled.label else []
            if strange:
                raise SetError(f"条款：没有第 {'、'.join(strange)} 条")
        except ValidationError as error:
            raise SetError("；".join(explain(error))) from None
        except ValueError as error:
            raise SetError(str(error)) from None
        save(data, [labelled if other.id == candidate_id else other for other in queue])
    return True


def read_sheet(path: Path) -> list[Candidate]:
    """Candidates of a sheet with the columns 问题, 当时的答案, 哪里不对; labels where they are filled in.

    Raises SetError naming row, column, what was found and what is valid.
    """
    found, faults = [], []
    for number, row in read_rows(path, SHEET, required=("问题",)):
        turns = [line.strip() for line in row.get("turns", "").splitlines() if line.strip()]
        if not turns:
            faults.append(f"{path.name} 第 {number} 行 问题：是空的")
            continue
        entry = candidate(turns, row.get("given", ""), row.get("wrong", ""))
        if row.get("outcome"):
            try:
                entry = entry.model_copy(update={"label": _label(entry, row)})
            except ValidationError as error:
                faults += [f"{path.name} 第 {number} 行 {fault}" for fault in explain(error)]
            except ValueError as error:
                faults.append(f"{path.name} 第 {number} 行 {error}")
        found.append(entry)
    if faults:
        raise SetError("\n".join(faults))
    return found


def _label(entry: Candidate, row: Row) -> Case:
    return Case.model_validate({**fields_of({**row, "id": entry.id}), "turns": entry.turns})


def write_sheet(path: Path, queue: Sequence[Candidate]) -> None:
    """The queue as a sheet to label; an empty one is the template."""
    rows = []
    for entry in queue:
        label = row_of(entry.label) if entry.label else {}
        asked = {"id": entry.id, "turns": "\n".join(entry.turns), "given": entry.given, "wrong": entry.wrong}
        rows.append({**label, **asked})
    write_rows(path, rows, SHEET)


def label(data: Path, sheet: Path) -> tuple[int, list[str]]:
    """Take the labels of a sheet over; how many, and the ids that the queue does not have."""
    labels = {entry.id: entry.label for entry in read_sheet(sheet) if entry.label}
    with _locked(data):
        queue = load(data)
        save(data, [entry.model_copy(update={"label": labels.get(entry.id, entry.label)}) for entry in queue])
    known = {entry.id for entry in queue}
    return len(labels.keys() & known), sorted(labels.keys() - known)


def join(data: Path, target: QuestionSet) -> int:
    """Move the labelled candidates to the end of a set; how many. Raises SetError where the set already asks one of them."""
    if target.card.kind != "questions":
        raise SetError(f"题集 {target.name} 不是问答题（{target.card.kind}），候选题不能并入")
    with _locked(data):
        return _join(data, target)


def _join(data: Path, target: QuestionSet) -> int:
    queue = load(data)
    ready = [entry.label for entry in queue if entry.label]
    cases = [case for case in target.cases if isinstance(case, Case)]
    asked = {tuple(case.turns): case.id for case in cases}
    for case in ready:
        if tuple(case.turns) in asked:
            raise SetError(f"{case.id}：题集 {target.name} 里已有同样的问题（{asked[tuple(case.turns)]}）")
    if target.path.suffix != ".jsonl":
        raise SetError(f"题集 {target.name} 不是 .jsonl，不能续写")
    if not ready:
        return 0
    write_set(target.path, [*cases, *ready])
    save(data, [entry for entry in queue if not entry.label])
    return len(ready)
