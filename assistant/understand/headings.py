"""The headings that a question names: “主要措施”分哪几块, “主要措施”的（二）."""

import re

from corpus.numerals import read_numeral
from corpus.schema import Heading, Pack

_MIN_CHARS = 4
_CHAPTER = re.compile(
    r"第\s*([一二三四五六七八九十\d]{1,2})\s*(?:部分|章|大块|大部分)"
    r"(?:的|里|中|下面?)?(?:[(（]\s*([一二三四五六七八九十\d]{1,2})\s*[)）]|第\s*([一二三四五六七八九十\d]{1,2})\s*(?:部分|节|大?点|小节|块))?"
)
_DENIED = re.compile("(?:不是|并非|不问|别是)[^，,。；;)）]{0,16}")
_ITEM = re.compile(r"[^，,。；;]{0,3}?[第(（]?\s*([一二三四五六七八九十\d]{1,2})\s*[)）条项点款节]")


def named_heading(pack: Pack, text: str) -> Heading | None:
    """The heading whose title, or a part of it between commas, stands in a normalised text; the longest, then the last, wins."""
    chapter = _CHAPTER.search(text)
    number = read_numeral(chapter[1]) if chapter else None
    told = (chapter[2] or chapter[3]) if chapter else None
    section = read_numeral(told) if told else None
    wanted = [f"{number}.{section}"] if section is not None else []
    for name in (*wanted, f"{number}"):
        numbered = next((h for h in pack.document.headings if number is not None and h.id == name), None)
        if numbered is not None:
            return numbered
    text = _DENIED.sub(lambda match: " " * len(match[0]), text)
    found = [(len(part), text.rfind(part), h) for h in pack.document.headings for part in _parts(h) if part in text]
    return max(found, key=lambda entry: entry[:2])[2] if found else None  # 总体要求里的主要目标: the one said last


def clause_under_heading(pack: Pack, text: str) -> str | None:
    """The clause that a heading and a number together name."""
    heading = named_heading(pack, text)
    if heading is None:
        return None
    part = max((part for part in _parts(heading) if part in text), key=len, default="")
    if not part:
        return None
    item = _ITEM.match(text[text.index(part) + len(part) :].lstrip("”’\"'》的中里"))
    number = read_numeral(item[1]) if item else None
    clause = pack.document.clause(f"{heading.id}.{int(number)}") if number is not None else None
    return clause.id if clause is not None else None


def _parts(heading: Heading) -> list[str]:
    parts = [part.strip() for part in re.split("[，,、；;]", heading.title.lower())]
    bare = [re.sub("^(?:聚焦|强化|加强|完善|推进|推动)", "", part) for part in parts]
    return [part for part in dict.fromkeys([*parts, *bare]) if len(part) >= _MIN_CHARS]
