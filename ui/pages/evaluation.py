"""评测: runs with their scores, two runs compared, a set run anew, the queue of questions from use."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.desk import ZONE
from assistant.state import Desk
from corpus.errors import MingceError
from evals.candidates import drop, join, label, label_one, load, write_sheet
from evals.diff import compare
from evals.library import QuestionSet, SetError, find_sets, index
from evals.report import write_report
from evals.run import RESULTS, SPEC, Run, jobs_of, load_run, start_run
from ui.export.place import place_for
from ui.pages.panel import acted, panel
from ui.render.evaluation import diff_html, empty_html, queue_html, run_caption, run_html
from ui.words import Words

_NEWEST = 30
_STEP = 25  # results between two lines of progress


@lru_cache(maxsize=6)
def _graded(folder: Path, _changed_ns: int) -> Run:
    """A run as it is graded now; read again when its results changed."""
    return load_run(folder)


@dataclass(frozen=True, slots=True)
class EvaluationDesk:
    """What the desk's events do; gradio apart. A run is named by its folder under the data folder."""

    data: Path
    words: Words
    clauses: frozenset[str] = frozenset()

    def runs(self) -> list[tuple[str, str]]:
        """Caption and name of the newest runs."""
        folders = sorted((path.parent for path in (self.data / "evals").glob(f"*/{SPEC}")), reverse=True)[:_NEWEST]
        found = []
        for folder in folders:
            try:
                caption = run_caption(folder.name, json.loads((folder / SPEC).read_text(encoding="utf-8")))
            except (ValueError, KeyError, TypeError):
                caption = f"{folder.name} · {self.words('记录已损坏')}"
            found.append((caption, folder.name))
        return found

    def run(self, name: str) -> Run:
        """A run of the list; raises SetError for any other name."""
        if name not in {known for _, known in self.runs()}:
            raise SetError(f"没有运行“{name}”")
        folder = self.data / "evals" / name
        results = folder / RESULTS
        return _graded(folder, results.stat().st_mtime_ns if results.is_file() else 0)

    def show(self, name: str, against: str) -> tuple[str, str]:
        """The HTML of a run and of its comparison."""
        if not name:
            return empty_html(self.words("还没有运行。选一个题集，点“运行”。"), self.words), ""
        chosen = self.run(name)
        if not against or against == name:
            return run_html(chosen, self.words), ""
        before = self.run(against)
        found = compare(before, chosen)
        if not found.shared:
            return run_html(chosen, self.words), empty_html(self.words("两次运行没有相同的题，无从比较"), self.words)
        return run_html(chosen, self.words), diff_html(found, self.words)

    def start(self, set_name: str) -> Iterator[tuple[int, int, str]]:
        """Run a set in this process: how many of how many are done, and at the end the run's name."""
        chosen = find_sets([set_name])
        folder = self.data / "evals" / datetime.now(ZONE).strftime("%Y%m%d-%H%M%S")
        total = len(jobs_of(chosen, 1, "answers"))
        for number, _ in enumerate(start_run(chosen, folder, workers=1), 1):
            if number % _STEP == 0:
                yield number, total, ""
        write_report(load_run(folder))
        yield total, total, folder.name

    def queue(self) -> str:
        """The queue's HTML."""
        return queue_html(load(self.data), self.words)

    def changed(self, said: dict[str, str]) -> None:
        """Label a candidate or take it out; raises SetError for a faulty label."""
        if said.get("do") == "drop":
            drop(self.data, said.get("id", ""))
        elif said.get("do") == "label":
            fields = {name: said.get(name, "") for name in ("outcome", "clauses", "amounts", "why")}
            label_one(self.data, said.get("id", ""), fields, self.clauses)

    def sheet(self) -> Path:
        """The queue as a sheet to label."""
        path = place_for(f"{self.words('候选题')}.xlsx")
        write_sheet(path, load(self.data))
        return path

    def joined(self, set_name: str) -> int:
        """Move what is labelled into a set; how many."""
        (target,) = find_sets([set_name])
        return join(self.data, target)


def question_sets() -> list[QuestionSet]:
    """The sets that a page may run."""
    return [found for found in index().values() if found.card.kind == "questions"]


def build_evaluation(desk: Desk, data: Path, words: Words) -> Any:
    """Lay out and wire the desk inside the open gradio Blocks; returns what a page load must call."""
    import gradio as gr

    clauses = frozenset(clause.id for pack in desk.packs.values() for clause in pack.document.clauses)
    room = EvaluationDesk(data, words, clauses)
    known = question_sets()
    sets = [(f"{found.name}（{len(found.cases)}）", found.name) for found in known]
    open_sets = [found.name for found in known if not found.card.kept]
    with gr.Row(elem_id="evaluation-head", equal_height=True):
        chosen = gr.Dropdown(choices=[], label=words("运行"), elem_id="evaluation-run", min_width=260)
        against = gr.Dropdown(choices=[], label=words("与这次比较"), elem_id="evaluation-against", min_width=260)
        question_set = gr.Dropdown(
            choices=sets, value=sets[0][1] if sets else None, label=words("题集"), elem_id="evaluation-set"
        )
        go = gr.Button(words("运行题集"), variant="primary", elem_id="evaluation-go", min_width=120)
    compared = panel("", "evaluation-diff")
    shown = panel(room.show("", "")[0], "evaluation-shown")
    with gr.Row(elem_id="queue-head", equal_height=True):
        gr.HTML(f"<h2>{words('候选题')}</h2>", apply_default_css=False)
        sheet = gr.Button(words("导出标注表"), elem_id="queue-sheet", size="sm")
        download = gr.DownloadButton(visible="hidden", elem_id="queue-file")
        taken = gr.UploadButton(words("读回标注表"), file_types=[".xlsx", ".csv"], elem_id="queue-taken", size="sm")
        into = gr.Dropdown(choices=open_sets, label=words("并入题集"), elem_id="queue-into")
        add = gr.Button(words("并入"), elem_id="queue-join", size="sm")
    queue = panel(queue_html([], words), "queue")
    wiring: dict[str, Any] = {"api_visibility": "private", "concurrency_limit": 4, "show_progress": "hidden"}

    def view(name: str | None, other: str | None) -> Any:
        try:
            first, second = room.show(name or "", other or "")
        except MingceError as error:
            return empty_html(str(error), words), ""
        return first, second

    def reload() -> Any:
        runs = room.runs()
        newest = runs[0][1] if runs else None
        first, _ = view(newest, None)
        lists = gr.update(choices=runs, value=newest), gr.update(choices=runs, value=None)
        return *lists, first, "", room.queue()

    def start(name: str) -> Any:
        try:
            for done, total, run_name in room.start(name):
                text = words("已跑 {done}/{total}", done=done, total=total)
                if not run_name:
                    yield gr.skip(), gr.skip(), empty_html(text, words), gr.skip()
                    continue
                runs = room.runs()
                lists = gr.update(choices=runs, value=run_name), gr.update(choices=runs)
                yield *lists, *view(run_name, None)
        except MingceError as error:
            gr.Warning(str(error))
            yield gr.skip(), gr.skip(), empty_html(str(error), words), gr.skip()

    def act(event: gr.EventData) -> Any:
        try:
            room.changed(acted(event))
        except MingceError as error:
            gr.Warning(str(error))
        return room.queue()

    def take(file: Any) -> Any:
        try:
            count, unknown = label(data, Path(file))
            gr.Info(words("标注 {count} 题", count=count) + (f"；{'、'.join(unknown)}" if unknown else ""))
        except MingceError as error:
            gr.Warning(str(error))
        return room.queue()

    def put(name: str | None) -> Any:
        try:
            gr.Info(words("并入 {count} 题", count=room.joined(name or "")))
        except MingceError as error:
            gr.Warning(str(error))
        return room.queue()

    gr.on([chosen.input, against.input], view, [chosen, against], [shown, compared], **wiring)
    go.click(start, question_set, [chosen, against, shown, compared], **{**wiring, "concurrency_limit": 1})
    queue.act(act, None, queue, **wiring)
    taken.upload(take, taken, queue, **wiring)
    add.click(put, into, queue, **wiring)
    sheet.click(lambda: str(room.sheet()), None, download, **wiring).success(
        fn=None, js="() => window.mingce.download('#queue-file')"
    )
    return {"fn": reload, "inputs": None, "outputs": [chosen, against, shown, compared, queue]}
