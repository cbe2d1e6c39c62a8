"""Turns the text of a policy into clauses with stable ids and exact offsets.

The level of a numbering style is learnt from the document: a style that was open above stays above, a new one goes
below. So （一） groups the articles of one document and itemises an article of another.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from corpus.errors import SourceError
from corpus.numbering import Numbering, numbering_of
from corpus.schema import Clause, Document, Heading
from corpus.units import responsible_units

_SENTENCE_END = re.compile(r"[。；;！？]")
_TITLE_MAX = 40
_ITEM_STYLES = ("1.", "（1）", "①")
_SHORT_TITLE = 20  # a longer sentence that is all there is on its line is body
MAX_SOURCE = 5_000_000


@dataclass(slots=True)
class _Node:
    style: str
    value: int
    id: str
    path: tuple[str, ...]
    start: int
    head_end: int
    line_end: int
    end: int = 0
    children: int = 0
    title: str = ""
    body_start: int = 0


@dataclass(slots=True)
class _Builder:
    source: str
    nodes: list[_Node] = field(default_factory=list)
    stack: list[_Node] = field(default_factory=list)
    last: dict[tuple[str, ...], int] = field(default_factory=dict)

    def add(self, mark: Numbering, start: int, line_end: int) -> bool:
        """Open a node for a numbered line; False where the number does not continue any series."""
        depth = next((i for i, node in enumerate(self.stack) if node.style == mark.style), None)
        if depth is not None:
            if mark.style != "条" and mark.value not in (self.stack[depth].value + 1, 1):
                return False
            parents = self.stack[:depth]
        else:
            # items inside an article belong to it; anywhere else a new series starts with 1 or goes on from the last
            if self.stack and self.stack[-1].style == "条":
                return False
            parents = list(self.stack)
        styles = (*(node.style for node in parents), mark.style)
        if mark.value not in (1, self.last.get(styles, 0) + 1) and mark.style not in ("章", "节", "条"):
            return False
        self.last[styles] = mark.value
        node = _Node(
            style=mark.style,
            value=mark.value,
            id=self._id(parents, mark),
            path=tuple(parent.title for parent in parents),
            start=start,
            head_end=start + mark.end,
            line_end=line_end,
        )
        node.title, node.body_start = _title(self.source, node)
        for parent in parents[-1:]:
            parent.children += 1
        self.nodes.append(node)
        self.stack = [*parents, node]
        return True

    def _id(self, parents: list[_Node], mark: Numbering) -> str:
        return str(mark.value) if mark.style == "条" else ".".join([*(str(p.value) for p in parents), str(mark.value)])


def parse(source: str) -> Document:
    """Clauses and headings of a policy's text.

    Raises SourceError where the text is empty or too long.
    """
    if not source.strip():
        raise SourceError("政策原文是空的：请检查文件是否有内容")
    if len(source) > MAX_SOURCE:
        raise SourceError(f"政策原文有 {len(source)} 字，超过上限 {MAX_SOURCE} 字：请拆成几份")
    builder = _Builder(source)
    offset = 0
    for line in source.splitlines(keepends=True):
        mark = numbering_of(line)
        if mark is not None:
            indent = len(line) - len(line.lstrip())
            builder.add(Numbering(mark.style, mark.value, mark.end - indent), offset + indent, offset + len(line.rstrip()))
        offset += len(line)
    nodes = builder.nodes
    for node, stop in zip(nodes, [*(n.start for n in nodes[1:]), len(source)], strict=False):
        node.end = _trim(source, node.start, stop)
    return _document(source, nodes)


def _document(source: str, nodes: list[_Node]) -> Document:
    clauses: list[Clause] = []
    headings: list[Heading] = []
    first = nodes[0].start if nodes else len(source)
    start = len(source) - len(source.lstrip())
    if start < first:
        end = _trim(source, start, first)
        clauses.append(Clause("0", "0", (), "标题与导语", source[start:end], start, end))
    seen: Counter[str] = Counter()
    for node in nodes:
        if node.children and not source[node.body_start : node.end].strip():
            headings.append(Heading(node.id, node.title, node.start, node.end))
            continue
        seen[node.id] += 1
        clause_id = node.id if seen[node.id] == 1 else f"{node.id}-{seen[node.id]}"
        text = source[node.start : node.end]
        title = node.title or (node.path[-1] if node.path else "")
        clauses.append(Clause(clause_id, str(node.value), node.path, title, text, node.start, node.end, responsible_units(text)))
    return Document(source, tuple(clauses), tuple(headings))


def _trim(source: str, start: int, end: int) -> int:
    return start + len(source[start:end].rstrip())


def _title(source: str, node: _Node) -> tuple[str, int]:
    """The words of a heading line up to its first full stop, and where the body begins.

    A first sentence that is long or has a comma is body, not title (such as 1.到2025年，力争实现……).
    """
    line = source[node.head_end : node.line_end]
    stop = _SENTENCE_END.search(line)
    title = line[: stop.start()] if stop else line
    plain = re.sub(r"\s+", "", title)
    alone = stop is None
    if not plain or len(plain) > _TITLE_MAX or (not alone and re.search(r"[，,：:]", plain)):
        return "", node.head_end
    if stop and not line[stop.end() :].strip() and len(plain) > _SHORT_TITLE:
        return "", node.head_end
    if stop and node.style in _ITEM_STYLES and not line[stop.end() :].strip():
        return plain, node.head_end  # a whole sentence is text even where items follow
    return plain, node.head_end + (stop.end() if stop else len(line))
