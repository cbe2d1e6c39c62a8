"""The command line: 命令行入口 `mingce`."""

import json
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from corpus.errors import MingceError
from ui.eval_cli import eval_app

# typer carries its own copy of click; the base of its public error is the usage error
_T = TypeVar("_T")
_UsageError: Any = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="mingce",
    help="明策：依据政策原文回答“能申领什么、能拿多少”。每个数字都来自条文或由条文算出。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(eval_app)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="要问的话；不含空格时可不加引号")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON 而不是文字")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读 JSON 问题，逐行输出答案")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="附上经过：各步用时、模型和工具的调用、词元、核对结果")] = False,
) -> None:
    """问一个问题；或用 --jsonl 批量作答。"""
    if jsonl == (question is not None):
        raise typer.BadParameter("给出一个问题，或者用 --jsonl 从标准输入读问题（二选一）", param_hint="问题")
    from assistant.batch import as_object, run_batch
    from assistant.desk import open_desk

    desk = open_desk()
    if jsonl:
        broken = False
        for reply in _progress(run_batch(_lines(), desk, trace=trace), "作答"):
            broken = broken or "error" in reply
            _say(json.dumps(reply, ensure_ascii=False))
        raise typer.Exit(1 if broken else 0)
    from assistant.pipeline import answer
    from assistant.trace import Trace
    from ui.traces import trace_lines

    assert question is not None
    seen = Trace()
    reply_, _ = answer(question, desk, watch=seen)
    if as_json:
        found = {**as_object(reply_), **({"trace": seen.as_object()} if trace else {})}
        _say(json.dumps(found, ensure_ascii=False, indent=2))
        return
    _say(reply_.text.replace("**", ""))
    for line in trace_lines(seen) if trace else ():
        _complain(line)


@app.command()
def doctor() -> None:
    """检查设置：政策、索引、语言模型（是否应答、多快、会不会用工具）、什么会离开本机。"""
    from assistant.settings import load_settings
    from ui.doctor import report

    healthy = True
    for line, sound in report(load_settings()):
        healthy = healthy and sound
        _say(line)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def clause(
    number: Annotated[str, typer.Argument(help="条款号，如 16，或带章节的编号")],
    policy: Annotated[str, typer.Option("--policy", help="政策包名称；默认取设置")] = "",
) -> None:
    """显示一条原文、标题路径和责任单位。"""
    from assistant.understand.topics import resolve_clause
    from corpus.errors import UnknownClause

    pack = _pack(policy)
    found = resolve_clause(pack, number.strip().removeprefix("第").removesuffix("条"))
    item = pack.document.clause(found) if found else None
    if item is None:
        ids = "、".join(c.id for c in pack.document.clauses)
        raise UnknownClause(f"《{pack.meta.name}》里没有第 {number} 条；可用的条款号：{ids}")
    _say(f"{item.id}  {' > '.join((*item.path, item.title))}")
    if item.units:
        _say(f"责任单位：{'、'.join(item.units)}")
    _say(f"\n{item.text}")


@app.command()
def benefits(policy: Annotated[str, typer.Option("--policy", help="政策包名称；默认取设置")] = "") -> None:
    """列出一份政策的全部补助及算法。"""
    from assistant.compose.wording import Wording
    from assistant.compose.words import rule_text

    pack = _pack(policy)
    _say(f"《{pack.meta.name}》共 {len(pack.benefits)} 项，状态：{pack.meta.status_text}\n")
    for benefit in pack.benefits.values():
        _say(f"{benefit.id:10} {benefit.name}：{rule_text(benefit, Wording(pack))}（给{benefit.to}）")


@app.command()
def check(
    policy: Annotated[str, typer.Argument(help="政策包名称；不写则检查全部")] = "",
    reviewed: Annotated[bool, typer.Option("--reviewed", help="记下现在的原文为“已复核”；以后条文有变，规则自动停用")] = False,
) -> None:
    """检查政策包：引文、数目、条件、覆盖；逐项说明错处。"""
    from corpus.loader import PACKS, load_pack, lock_text, pack_ids

    faulty = False
    for pack_id in [policy] if policy else pack_ids():
        _known(pack_id)
        try:
            pack = load_pack(PACKS / pack_id)
            for lazy in (pack.english, pack.english_glossary, pack.phrases):
                len(lazy)  # read here, so that its faults show here
        except MingceError as error:
            faulty = True
            _complain(str(error))
            continue
        note = ""
        if reviewed:
            (PACKS / pack_id / "clauses.lock").write_text(lock_text(pack.document), encoding="utf-8")
            note = "，已记下复核版本"
        if pack.withdrawn:
            note += f"；条文已变、停用的规则：{'、'.join(sorted(pack.withdrawn))}"
        _say(f"{pack_id}：{len(pack.document.clauses)} 条条文，{len(pack.benefits)} 项补助，没有错{note}")
    raise typer.Exit(1 if faulty else 0)


@app.command()
def index() -> None:
    """建检索索引；已有且完好的不重建。"""
    from assistant.adapters.chroma import ChromaVectors
    from assistant.settings import load_settings
    from corpus.loader import PACKS, load_pack, pack_ids

    vectors = ChromaVectors(load_settings())
    for pack_id in _progress(pack_ids(), "建索引"):
        made = vectors.build(load_pack(PACKS / pack_id), wait_seconds=0)
        _say(f"{pack_id}：{'已建好' if made else '已是最新'}")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 7860,
) -> None:
    """打开网页对话。"""
    if not 1 <= port <= 65535:
        raise typer.BadParameter(f"端口是 {port}，应在 1 到 65535 之间", param_hint="--port")
    from ui.web import serve as run

    run(host, port)


@app.command()
def recall(
    calibrate: Annotated[bool, typer.Option("--calibrate", help="测出最合适的融合权重并保存")] = False,
) -> None:
    """测检索的召回率。"""
    from evals.recall import report

    for line in report(calibrate=calibrate):
        _say(line)


@app.command("train-embedder")
def train_embedder(
    out: Annotated[Path | None, typer.Option(help="写到哪个目录；默认写回程序自带的模型")] = None,
) -> None:
    """用政策包的文字重新训练自带的向量模型（需要 embed 组件，约十几秒）。"""
    from rich.console import Console

    from assistant.adapters.embedders import MODEL
    from assistant.adapters.training import train
    from corpus.loader import PACKS, load_pack, pack_ids

    with Console(stderr=True).status("训练中，约十几秒"):
        made = train([load_pack(PACKS / pack_id) for pack_id in pack_ids()], out or MODEL)
    _say(f"训练完成：{made['pairs']} 对文本，词表 {made['vocabulary']}，{made['dimensions']} 维")


@app.command()
def version() -> None:
    """显示版本。"""
    _say(f"mingce {installed_version('mingce')}")


def _pack(policy: str) -> Any:
    from assistant.settings import load_settings
    from corpus.loader import PACKS, load_pack

    chosen = policy or load_settings().policy
    _known(chosen)
    return load_pack(PACKS / chosen)


def _known(policy: str) -> None:
    from corpus.errors import PackError
    from corpus.loader import pack_ids

    if policy not in pack_ids():
        raise PackError(f"没有政策包“{policy}”；可用：{'、'.join(pack_ids())}")


def _lines() -> Iterator[bytes]:
    yield from sys.stdin.buffer


def _progress(items: Iterable[_T], label: str) -> Iterable[_T]:
    """The items, under a progress bar where errors go to a terminal and answers do not."""
    from rich.console import Console
    from rich.progress import track

    return track(items, description=label, console=Console(stderr=True), disable=not _watched(), transient=True)


def _watched() -> bool:
    return sys.stderr.isatty() and not (sys.stdin.isatty() and sys.stdout.isatty())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> NoReturn:
    """Run the command line; expected errors become one Chinese message and exit status 1."""
    from dotenv import load_dotenv

    load_dotenv(Path(".env"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        status = app(standalone_mode=False)
    except _UsageError as error:
        _complain(f"用法不对：{error.format_message()}\n请看 mingce --help，或在命令后加 --help")
        sys.exit(2)
    except MingceError as error:
        _complain(f"出错：{error}")
        sys.exit(1)
    except (PermissionError, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        _complain(f"出错：{error.filename}：没有这个位置、没有权限或不是可写的文件（{error.strerror}）")
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        _complain("已中断")
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
