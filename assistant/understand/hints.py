"""What stands around a figure and changes what it means: prices, hopes, bounds, increments, other years, currencies."""

import re
from typing import Literal

from assistant.language import language
from corpus.figures import Figure

Doubt = Literal["unit", "currency", "several", "increment", "share", "target"]
_SENTENCE_MARKS = "。！？!?；;\n"
_YEAR_WORD = re.compile(r"(?:19|20)\d\d年?|去年|前年|上年|上一年|今年|本年|明年")


def before(text: str, figure: Figure, reach: int) -> str:
    """The characters before a figure, within its sentence."""
    start = max(text.rfind(mark, 0, figure.start) for mark in _SENTENCE_MARKS) + 1
    return text[max(start, figure.start - reach) : figure.start]


def after(text: str, figure: Figure, reach: int) -> str:
    """The characters behind a figure."""
    return text[figure.end : figure.end + reach]


def is_price(text: str, figure: Figure) -> bool:
    """每家10万 and 每培育1家 are prices; 另外一种, 每一种 and 这一家 point. None of them counts or sums."""
    words = before(text, figure, 6)
    priced = "每" in words and not any(mark in words[words.rindex("每") :] for mark in "，,。；;年")
    pointed = figure.kind == "count" and bool(language().speech["other_one"].search(words[-4:]))
    return priced or pointed or (figure.kind == "money" and words.endswith(("单价", "单价是", "单价为")))


def is_hoped_for(text: str, figure: Figure) -> bool:
    """Whether a figure is a sum that the asker expects or heard of: 上限是150万, 补1000万, 500万到手."""
    speech = language().speech
    hoped = speech["award_before"].search(before(text, figure, 10)) or speech["award_after"].search(after(text, figure, 6))
    return figure.kind == "money" and bool(hoped)


def is_threshold(text: str, figure: Figure) -> bool:
    """Whether a figure is a line to reach, not what was reached: 门槛300万, 还差20万."""
    return figure.kind == "money" and bool(language().speech["threshold_before"].search(before(text, figure, 10)))


def is_shared(text: str, figure: Figure) -> bool:
    """Whether one figure is said of several things: 甲和乙都是400万."""
    return bool(re.search(r"(?:都|(?<![亩人平户年月日])均)(?:是|为|有)?$", before(text, figure, 4)))


def is_part(text: str, figure: Figure) -> bool:
    """不良贷款1000万，其中本金800万: the part counts, not the whole."""
    return "其中" in before(text, figure, 8)


def bound(text: str, figure: Figure) -> Literal["below", "above", ""]:
    """Whether a figure only bounds what is meant: 不到500万, 300万以下, 超过2亿."""
    speech = language().speech
    lead, tail = before(text, figure, 5), after(text, figure, 4)
    if speech["below_before"].search(lead) or speech["below_after"].search(tail):
        return "below"
    return "above" if speech["above_before"].search(lead) or speech["above_after"].search(tail) else ""


def is_increment(text: str, figure: Figure) -> bool:
    """研发投入比去年多了300万 is an increase, not a level."""
    return bool(language().speech["increment"].search(before(text, figure, 8)))


def is_new_level(text: str, figure: Figure) -> bool:
    """由1亿增长到1.3亿: the second figure is a level, not an increase."""
    return bool(language().speech["new_level"].search(before(text, figure, 8)))


def is_old_level(text: str, figure: Figure) -> bool:
    """从600万涨到900万, 去年500万今年700万: the first figure is past."""
    return bool(language().speech["old_level"].search(before(text, figure, 8)))


def is_relative(text: str, rate: Figure) -> bool:
    """Whether a rate is a share or a growth of the asker's, not the text's: 占比4%, 增长20%."""
    return bool(language().speech["relative"].search(before(text, rate, 8)))


def is_whole(text: str, figure: Figure) -> bool:
    """Whether a sum is said to be the whole of several: 开发和服务总共8000万."""
    return bool(re.search(r"(?:总共|一共|合计|总计|共)(?:是|为|有)?$", before(text, figure, 5)))


def is_foreign(text: str, figure: Figure) -> bool:
    """Whether a sum is in another currency."""
    speech = language().speech["foreign"]
    return figure.kind == "money" and bool(speech.match(after(text, figure, 5)) or speech.search(before(text, figure, 4)))


def year_of(text: str, figure: Figure) -> str:
    """The year that a figure is said of; empty where none is near."""
    found = _YEAR_WORD.findall(before(text, figure, 14))
    return str(found[-1]) if found else ""
