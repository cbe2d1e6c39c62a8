"""Folds a message to simplified, lower-case text of the same meaning, and tells its script and language."""

import re
from functools import lru_cache
from typing import Any, Literal

from corpus.text import fold

Script = Literal["simplified", "traditional", "english"]
MAX_CHARS = 2000
_HAN = re.compile(r"[\u3400-\u9fff]")
_SMALL = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_SMALL.split(" "), 2)}
_NUMBER_WORDS |= {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "a dozen": "12"}
_WORDED = re.compile(r"(?<![a-z-])(?:" + "|".join(_NUMBER_WORDS) + r")(?![a-z-])")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@lru_cache(maxsize=2)
def _converter(config: str) -> Any:
    from opencc import OpenCC

    return OpenCC(config)


_RARE_NUMBERS = (
    (re.compile("(?<=[万亿])([二两三四五六])块(?=构成|组成|加|合|都|一共|总共|全)"), r"，\1块"),  # 委外150万三块构成
    (re.compile(r"负的(?=[\d一二三四五六七八九两十])"), "负"),
    (
        re.compile(r"(?<![\d.])\d{1,3}(?: \d{3})+(?=\s*(?:元|块))"),
        lambda match: match[0].replace(" ", ""),
    ),  # in figures that every reader of numerals knows
    (re.compile("(?<![小大多])半个亿"), "0.5亿"),
    (re.compile("廿(?=[一二三四五六七八九家个万亿种])"), "二十"),
    (re.compile("卅(?=[一二三四五六七八九家个万亿种])"), "三十"),
    (re.compile("仨(?=[家个种项台件份笔款户条名位])"), "三"),
    (re.compile("仨(?=[^，,。；;都均一各])"), "三个"),
    (re.compile("俩(?=[百千万])"), "两"),
    (re.compile(r"(\d+(?:\.\d+)?)\s*[×x*]\s*10\s*(?:\^|的)?\s*(\d{1,2})(?:次方)?"), r"\1e\2"),
    (re.compile("(?<=[\\d一二三四五六七八九十点])万万"), "亿"),
    (re.compile("(?<=[万亿])一(?=[单笔份家个台款批])"), "，一"),
    (re.compile("(?<![我他她咱你们弟妹口])俩(?=[\u4e00-\u9fff])(?![都均一各加合人月钱的儿])"), "两个"),
)


def normalise(message: str) -> str:
    """A message as the engine reads it: compatibility forms and traditional characters folded, lower case."""
    digit = r"[\d\uff10-\uff19]"
    message = re.sub(rf"(?<!{digit})({digit}{{1,3}})，(?={digit}{{3}}(?!{digit}))", r"\1,", message)
    text = fold(re.sub(rf"(?<={digit})，(?={digit})", "， ", message))  # a pause is no thousands separator
    if _HAN.search(text):
        text = _converter("t2s").convert(text)
    text = re.sub(r"[ \t]+", " ", text.lower())
    text = re.sub(r"(?<=[a-z])[’‘](?=[a-z])", "'", text)
    text = re.sub(r"(?<=[a-z0-9%)])\.(?=\s+[a-z]|\s*$)", "。", text)  # an English full stop ends a sentence
    text = _WORDED.sub(lambda match: _NUMBER_WORDS[match[0]], text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    for pattern, plain in _RARE_NUMBERS:
        text = pattern.sub(plain, text)
    text = text.replace("木有", "没有").replace("肿么", "怎么").replace("神马", "什么")
    return text.replace("帐", "账").strip()


def script_of(message: str) -> Script:
    """The script that an answer should use."""
    message = fold(message)
    han = len(_HAN.findall(message))
    if len(_LATIN_WORD.findall(message)) >= 4 and han < 4:
        return "english"
    if han and _converter("t2s").convert(message) != message and _converter("s2t").convert(message) == message:
        return "traditional"
    return "simplified"


def to_simplified(text: str) -> str:
    """A text in simplified characters."""
    return str(_converter("t2s").convert(text))


def to_traditional(text: str) -> str:
    """A text in traditional characters."""
    return str(_converter("s2t").convert(text))
