"""Recognises the numbered lines of Chinese official documents: 第一章, 第 1 条, 一、, （一）, 1., （1）, ①."""

import re
import unicodedata
from dataclasses import dataclass

from corpus.numerals import read_numeral

_CN = "一二三四五六七八九十百零〇"
_NUMBER = rf"(?:[{_CN}]|\d)(?:\s*(?:[{_CN}]|\d))*"
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("章", re.compile(rf"第\s*({_NUMBER})\s*[章编]")),
    ("节", re.compile(rf"第\s*({_NUMBER})\s*节")),
    ("条", re.compile(rf"第\s*({_NUMBER})\s*条(?!第|款|规定|政策|、|和)")),
    ("一、", re.compile(rf"([{_CN}]+)\s*、")),
    ("（一）", re.compile(rf"[(（]\s*([{_CN}]+)\s*[)）]")),
    ("1.", re.compile(r"(\d{1,3})\s*(?:[.．](?!\s*\d)|、)")),
    ("（1）", re.compile(r"[(（]\s*(\d{1,3})\s*[)）]")),
    ("①", re.compile(r"([①-⑳])")),
)


@dataclass(frozen=True, slots=True)
class Numbering:
    """The number at the head of a line: its style, value, and where the words after it begin."""

    style: str
    value: int
    end: int


def numbering_of(line: str) -> Numbering | None:
    """The numbering of a line, leading white space apart; None for running text."""
    indent = len(line) - len(line.lstrip())
    for style, pattern in _STYLES:
        match = pattern.match(line, indent)
        if match:
            value = _value(match[1])
            if value is not None:
                return Numbering(style, value, match.end())
    return None


def _value(text: str) -> int | None:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    value = read_numeral(plain)
    return int(value) if value is not None and value.denominator == 1 else None
