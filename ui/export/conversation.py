"""A conversation as Markdown or Word, with its sources, the date and what the documents are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.compose.notice import notice_text
from assistant.compose.wording import Wording
from corpus.schema import Pack
from evals.sheets import printable
from ui.export.word import document, paragraph
from ui.render.sources import sources_of
from ui.render.thread import Turn

_TITLE = "明策 · 政策问答记录"


def conversation_markdown(turns: Sequence[Turn], today: str) -> str:
    """The turns with the cited clauses in full; a user's words stand in a fence, so that they are no markup."""
    lines = [f"# {_TITLE}", "", f"导出日期：{today}", ""]
    lines += [f"- 《{pack.meta.name}》：{notice_text(pack.meta, today, Wording(pack))}" for pack in _packs(turns)]
    for number, turn in enumerate(turns, 1):
        fence = "`" * max(3, *(len(run) + 1 for run in _ticks(turn.question)))
        lines += ["", f"## {number}", "", f"{fence}text", turn.question, fence, "", turn.answer.text, ""]
        for source in sources_of(turn.answer, turn.pack, Wording(turn.pack)):
            text = " ".join("".join(piece.text for piece in source.pieces).split())
            lines += [f"> [{source.clause}] {source.title}：{text}", ">" if source.units else ""]
            lines += [f"> 责任单位：{'、'.join(source.units)}", ""] if source.units else []
    return "\n".join(lines).rstrip() + "\n"


def _ticks(text: str) -> list[str]:
    return ["".join(run) for run in "".join(c if c == "`" else " " for c in text).split()] or [""]


def conversation_word(path: Path, turns: Sequence[Turn], today: str) -> None:
    """Write the conversation as a Word document; quoted sentences are highlighted in their clauses."""
    file = document(_TITLE, f"导出日期：{today}")
    for pack in _packs(turns):
        paragraph(file, f"《{pack.meta.name}》：{notice_text(pack.meta, today, Wording(pack))}", style="List Bullet")
    for number, turn in enumerate(turns, 1):
        file.add_heading(printable(f"{number}. {_one_line(turn.question)}"), level=1)
        for line in turn.answer.text.splitlines():
            _answer_line(file, line)
        for source in sources_of(turn.answer, turn.pack, Wording(turn.pack)):
            entry = paragraph(file, f"[{source.clause}] {source.title}  ", style="Intense Quote")
            for piece in source.pieces:
                run = entry.add_run(printable(piece.text))
                run.bold = piece.marked
            if source.units:
                paragraph(file, f"责任单位：{'、'.join(source.units)}")
    file.save(str(path))


def _answer_line(file: Any, line: str) -> None:
    plain = line.strip()
    if not plain:
        return
    bold = plain.startswith("**")
    entry = paragraph(file, "", style="List Bullet" if plain.startswith("- ") else None)
    entry.add_run(printable(plain.removeprefix("- ").replace("**", ""))).bold = bold


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _packs(turns: Sequence[Turn]) -> list[Pack]:
    found: dict[str, Pack] = {}
    for turn in turns:
        found.setdefault(turn.pack.id, turn.pack)
    return list(found.values())
