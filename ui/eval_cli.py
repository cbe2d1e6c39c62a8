"""The command line for evaluators: `mingce eval …`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

eval_app = typer.Typer(name="eval", help="评测：题集、运行、比较、报告、门槛、候选题。", no_args_is_help=True)
candidates_app = typer.Typer(name="candidates", help="候选题：从使用中收集，标注后并入题集。", no_args_is_help=True)
eval_app.add_typer(candidates_app)

_Sets = Annotated[list[str] | None, typer.Argument(help="题集名称或文件路径；不写则为全部公开的题集")]
_File = Annotated[Path, typer.Argument(help=".xlsx 或 .csv 文件")]
_BROKEN = 1


@eval_app.command("sets")
def list_sets() -> None:
    """列出题集。"""
    from evals.library import index

    for found in index().values():
        marks = "".join(mark for mark, on in ((" 快", found.card.fast), (" 留存", found.card.kept)) if on)
        _say(f"{found.name}（{found.card.pack}，{found.card.kind}{marks}）{len(found.cases)} 例：{found.card.about}")
        if found.outdated():
            _complain(found.outdated())


@eval_app.command("run")
def run(
    sets: _Sets = None,
    out: Annotated[Path | None, typer.Option("--out", help="结果目录；默认在数据目录的 evals/ 下按时间起名")] = None,
    engine: Annotated[str, typer.Option("--engine", help="引擎")] = "builtin",
    stage: Annotated[str, typer.Option("--stage", help="answers：完整作答；retrieval：只检索")] = "answers",
    repeat: Annotated[int, typer.Option("--repeat", min=1, max=100, help="每题问几次")] = 1,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="几个进程")] = 2,
    against: Annotated[Path | None, typer.Option("--against", help="与这次运行比较，写进报告")] = None,
) -> None:
    """运行题集，写出报告；中断后用同一 --out 再来一次，接着跑。"""
    from evals.engines import STAGES
    from evals.library import find_sets
    from evals.run import jobs_of, start_run

    if stage not in STAGES:
        raise typer.BadParameter(f"“{stage}”应为 {'、'.join(STAGES)}", param_hint="--stage")
    chosen = find_sets(sets or ())
    for question_set in chosen:
        if question_set.outdated():
            _complain(question_set.outdated())
    folder = out or _fresh_folder()
    count = len(jobs_of(chosen, repeat, stage))
    for _ in _watch(start_run(chosen, folder, engine=engine, stage=stage, repeat=repeat, workers=workers), count):
        pass
    _conclude(folder, against)


@eval_app.command("score")
def score(
    folder: Annotated[Path, typer.Argument(help="一次运行的目录")],
    against: Annotated[Path | None, typer.Option("--against", help="与这次运行比较，写进报告")] = None,
) -> None:
    """用现在的评分重评保存的答案，重写报告；不再作答。"""
    _conclude(folder, against)


@eval_app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="先前的运行目录")],
    after: Annotated[Path, typer.Argument(help="后来的运行目录")],
    allow_broken: Annotated[bool, typer.Option("--allow-broken", help="弄坏了题也以 0 退出")] = False,
) -> None:
    """逐题比较两次运行；弄坏了任何一题则以 1 退出。"""
    from evals.diff import STATES, compare
    from evals.library import SetError
    from evals.run import load_run

    found = compare(load_run(before), load_run(after))
    part = [run for run in (found.before, found.after) if not run.complete]
    for run in part:
        _complain(f"{run.folder} 没有跑完：{len(run.results)}/{run.spec['jobs']}")
    if not found.shared:
        raise SetError("两次运行没有相同的题，无从比较")
    kept = found.after.kept | found.before.kept
    _say("，".join(f"{title} {len(found.of(state))}" for state, title in STATES.items()) + f"（两次都有 {found.shared} 题）")
    _say(f"McNemar 精确检验 p = {found.p:.3f}")
    for category, counts in found.by_category.items():
        _say(f"  {category}：" + "，".join(f"{STATES[state]} {count}" for state, count in counts.items() if count))
    for state in ("broken", "fixed"):
        for change in found.of(state):
            if change.result.set_name not in kept:
                why = "；".join(change.result.verdict.faults)
                _say(f"{STATES[state]} {change.result.set_name} {change.result.case.id}{'：' + why if why else ''}")
    raise typer.Exit(_BROKEN if part or (found.of("broken") and not allow_broken) else 0)


@eval_app.command("gate")
def gate(
    out: Annotated[Path | None, typer.Option("--out", help="结果目录")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="几个进程")] = 2,
) -> None:
    """跑快题集，与提交的基线比较；低于基线则以 1 退出。"""
    from evals.gate import breaches, load_baseline

    baseline = load_baseline()
    finished = _run_fast(out, workers)
    found = breaches(finished, baseline)
    for line in found:
        _complain(f"低于基线：{line}")
    if found or out:
        from evals.report import write_report

        _say(f"报告 {write_report(finished)}")
    passed = sum(result.verdict.passed for result in finished.results)
    _say(f"门槛{'未过' if found else '通过'}：{passed}/{len(finished.results)}，容差每类 {baseline['tolerance_cases']} 例")
    raise typer.Exit(_BROKEN if found else 0)


@eval_app.command("baseline")
def baseline(
    why: Annotated[str, typer.Option("--why", help="为什么移动基线")] = "",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="几个进程")] = 2,
) -> None:
    """跑快题集并把结果记为基线；要写理由。"""
    from evals.gate import move_baseline

    if not why.strip():
        raise typer.BadParameter("请写明为什么移动基线", param_hint="--why")
    finished = _run_fast(None, workers)
    move_baseline(finished, why)
    _say(f"基线已移动：{sum(result.verdict.passed for result in finished.results)}/{len(finished.results)}，理由：{why}")


@eval_app.command("template")
def template(file: _File) -> None:
    """写一张空的题目表，带例题和填写说明。"""
    from assistant.settings import load_settings
    from evals.library import example_case
    from evals.sheets import write_template

    write_template(file, example_case(load_settings().policy))
    _say(f"已写 {file}")


@eval_app.command("import")
def import_(
    file: _File,
    into: Annotated[Path, typer.Option("--into", help="题集文件，如 my.jsonl；已有则换成表里的题")],
    policy: Annotated[str, typer.Option("--policy", help="题集属于哪个政策包；默认取设置")] = "",
) -> None:
    """把表里的题写成题集。"""
    from assistant.settings import load_settings
    from corpus.errors import PackError
    from corpus.loader import PACKS, load_pack, pack_ids
    from evals.library import Card, SetError, register, text_version, write_set
    from evals.sheets import import_cases

    if into.suffix != ".jsonl":
        raise SetError(f"{into.name}：题集文件应以 .jsonl 结尾")
    chosen = policy or load_settings().policy
    if chosen not in pack_ids():
        raise PackError(f"没有政策包“{chosen}”；可用：{'、'.join(pack_ids())}")
    pack = load_pack(PACKS / chosen)
    cases = import_cases(file, {clause.id for clause in pack.document.clauses})
    into.parent.mkdir(parents=True, exist_ok=True)
    register(into, Card(pack=chosen, version=text_version(pack), about=f"从 {file.name} 导入"))
    write_set(into, cases)
    _say(f"{len(cases)} 题写入 {into}，属于 {chosen} 的文本 {text_version(pack)}")


@eval_app.command("export")
def export(question_set: Annotated[str, typer.Argument(help="题集名称或文件路径")], file: _File) -> None:
    """把题集写成表。"""
    from evals.cases import Case
    from evals.library import SetError, find_sets
    from evals.sheets import export_cases

    (found,) = find_sets([question_set])
    if found.card.kept:
        raise SetError(f"题集 {found.name} 是留存题，不导出")
    cases = [case for case in found.cases if isinstance(case, Case)]
    if not cases:
        raise SetError(f"题集 {found.name} 不是问答题，不能写成表")
    export_cases(file, cases)
    _say(f"{len(cases)} 题写入 {file}")


@candidates_app.command("template")
def candidates_template(file: _File) -> None:
    """写一张空的候选题表：问题、当时的答案、哪里不对，右边是标注。"""
    from evals.candidates import write_sheet

    write_sheet(file, [])
    _say(f"已写 {file}")


@candidates_app.command("add")
def candidates_add(file: _File) -> None:
    """把表里的候选题放进队列。"""
    from evals.candidates import add, read_sheet

    _say(f"新增 {add(_data(), read_sheet(file))} 题")


@candidates_app.command("list")
def candidates_list() -> None:
    """列出队列。"""
    from evals.candidates import load

    queue = load(_data())
    for entry in queue:
        state = "已标注" if entry.label else "未标注"
        _say(f"{entry.id} {entry.day} {state}：{' || '.join(entry.turns)}{'（' + entry.wrong + '）' if entry.wrong else ''}")
    _say(f"共 {len(queue)} 题，已标注 {sum(entry.label is not None for entry in queue)} 题")


@candidates_app.command("export")
def candidates_export(file: _File) -> None:
    """把队列写成表，好在表里标注。"""
    from evals.candidates import load, write_sheet

    queue = load(_data())
    write_sheet(file, queue)
    _say(f"{len(queue)} 题写入 {file}")


@candidates_app.command("label")
def candidates_label(file: _File) -> None:
    """读回表里的标注。"""
    from evals.candidates import label

    count, unknown = label(_data(), file)
    _say(f"标注 {count} 题")
    if unknown:
        _complain(f"队列里没有：{'、'.join(unknown)}")
        raise typer.Exit(1)


@candidates_app.command("join")
def candidates_join(question_set: Annotated[str, typer.Argument(help="题集名称或文件路径")]) -> None:
    """已标注的候选题并入题集。"""
    from evals.candidates import join
    from evals.library import find_sets

    (found,) = find_sets([question_set])
    _say(f"{join(_data(), found)} 题并入 {found.name}")


def _data() -> Path:
    from assistant.settings import load_settings

    return load_settings().data


def _fresh_folder() -> Path:
    from datetime import datetime

    from assistant.desk import ZONE

    return _data() / "evals" / datetime.now(ZONE).strftime("%Y%m%d-%H%M%S")


def _run_fast(out: Path | None, workers: int) -> Any:
    from evals.library import find_sets
    from evals.run import jobs_of, load_run, start_run

    chosen = [found for found in find_sets() if found.card.fast]
    folder = out or _fresh_folder()
    for _ in _watch(start_run(chosen, folder, workers=workers), len(jobs_of(chosen, 1, "answers"))):
        pass
    return load_run(folder)


def _watch(results: Iterable[Any], total: int) -> Iterable[Any]:
    from rich.console import Console
    from rich.progress import track

    hidden = not sys.stderr.isatty()
    return track(results, description="评测", total=total, console=Console(stderr=True), disable=hidden, transient=True)


def _conclude(folder: Path, against: Path | None) -> None:
    from evals.diff import STATES, compare
    from evals.report import write_report
    from evals.run import load_run
    from evals.summary import summarise

    finished = load_run(folder)
    found = compare(load_run(against), finished) if against else None
    path = write_report(finished, found)
    summary = summarise(finished)
    for title in ("题集", "类别"):
        for group in summary.by.get(title, ()):
            share, low, high = group.interval
            _say(f"{share:7.1%}  {group.passed:4d}/{group.total:<4d} [{low:.1%}, {high:.1%}]  {title} {group.name}")
    if found:
        _say("与先前相比：" + "，".join(f"{name} {len(found.of(state))}" for state, name in STATES.items()))
    overall = summary.overall
    _say(f"没有来处的数 {summary.unsupported}，中位 {summary.median_ms:.1f} ms，p95 {summary.p95_ms:.1f} ms")
    _say(f"报告 {path}")
    if not finished.complete:
        _complain(f"没有跑完：{len(finished.results)}/{finished.spec['jobs']}；用同一 --out 再运行一次，接着跑")
    _say(f"{overall.passed} 通过，{overall.total - overall.passed} 未通过")
    if not finished.complete:
        raise typer.Exit(1)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
