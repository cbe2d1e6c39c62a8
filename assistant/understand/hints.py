"""What stands around a figure and changes what it means: prices, hopes, bounds, increments, other years, currencies."""

import re
from itertools import takewhile
from typing import Literal

from assistant.language import language
from corpus.figures import Figure

Doubt = Literal["unit", "currency", "several", "increment", "share", "target", "mixed", "kinds"]
_SENTENCE_MARKS = "。！？!?；;\n"
_NOT_SETTLED = re.compile("市?(?:落地|转化|设|销|卖|有|找|买|谈|办展|参|看|开会|碰)")
_YEAR_WORD = re.compile(r"(?:19|20)\d\d年?|(?<!\d)2\d年(?!期|间|以)|去年|前年|上一年|上年|今年|本年|当年|明年")


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
    pointed = figure.kind == "count" and figure.value == 1 and bool(language().speech["other_one"].search(words[-4:]))
    rule = (
        figure.kind == "count"
        and figure.value == 1
        and re.match("(?:券)?(?:一年|每年|全年|的?(?:上限|封顶|最高|限额|顶))", text[figure.end :])
    )
    priced = (
        priced
        or bool(rule)
        or _awarded_each(text, figure)
        or bool(re.search(r"各[^，,。；;]{1,6}$", words) and figure.kind == "count" and figure.value == 1)
    )
    return priced or pointed or (figure.kind == "money" and words.endswith(("单价", "单价是", "单价为")))


def _awarded_each(text: str, figure: Figure) -> bool:
    """Whether one of a kind is told with what it gets: 一家5万，所以是75万."""
    one = figure.kind == "count" and figure.value == 1
    return one and bool(
        re.match(r"(?:券)?(?:就|能|可|各)?(?:给|补|奖|是)?(?:\d[\d.]*|[一二两三四五六七八九十百]+)[万千]", text[figure.end :])
    )


def is_hoped_for(text: str, figure: Figure) -> bool:
    """Whether a figure is a sum that the asker expects or heard of: 上限是150万, 补1000万, 500万到手."""
    speech = language().speech
    lead, tail = before(text, figure, 10), after(text, figure, 6)
    if speech["just_at"].search(lead):
        return False
    told = speech["told"].search(lead) and not speech["correction"].search(text)
    hoped = speech["award_before"].search(lead) or speech["award_after"].search(tail) or told
    alternative = speech["either"].search(tail) or speech["or_else"].search(lead)
    return figure.kind == "money" and bool(hoped or alternative)


def is_threshold(text: str, figure: Figure) -> bool:
    """Whether a figure is a line to reach, not what was reached: 门槛300万, 还差20万."""
    speech, lead = language().speech, before(text, figure, 10)
    if figure.kind != "money" or speech["just_at"].search(lead):
        return False
    return bool(speech["threshold_before"].search(lead) or speech["threshold_after"].search(after(text, figure, 10)))


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
    if figure.kind == "money" and re.search("超(?:了|出)?$", lead):
        return "above"
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
    return bool(language().speech["whole_said"].search(before(text, figure, 10)))


def is_taken_off(text: str, figure: Figure) -> bool:
    """Whether a figure is to be left out: 有两家是隔壁的，得刨出去; 有一单720万的黄了."""
    speech = language().speech
    if not figure.value:
        return False
    tail = re.sub(r"\([^()]*\)", "", text[figure.end :])  # an aside says nothing of the figure
    if speech["less_after"].search(re.split("[，,。；;(]", tail)[0]):
        return True
    stop = min((at for mark in _SENTENCE_MARKS if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    parts = re.split("[，,]", re.sub(r"\([^()]*\)", "", text[figure.end : stop]))
    told = list(takewhile(lambda part: not re.search(r"\d", part), parts[1:3]))  # 有2家是别人的，挂错名了，得去掉
    reach = "，".join([parts[0], *told])
    lead = re.split("[，,]", before(text, figure, 12))[-1]
    return bool(speech["deduction"].search(reach) or speech["deduction"].search(lead))


def is_net(text: str, figure: Figure) -> bool:
    """Whether a figure is what it comes to after all: 实际是8家, 全年只剩260万, 加起来是12家."""
    speech = language().speech
    whole = speech["whole_now"].search(before(text, figure, 14)) and is_new_level(text, figure)  # 又进来一单，全年变成410万
    lead = re.split("[，,。；;]", before(text, figure, 18))[-1]
    if re.search("(?:按|照|以)[^，,。；;\\d]{0,5}(?:这|那)?$", lead) and re.match(
        "元?(?:去|来)?(?:算|计|申|为准|走)", text[figure.end :]
    ):
        return True  # 按去年这528万去申
    return bool(whole or (speech["net"].search(before(text, figure, 18)) and not speech["received"].search(lead)))


def is_others(text: str, figure: Figure) -> bool:
    """Whether a figure is said of another firm: 隔壁培育了8家，我们培育了3家."""
    speech = language().speech
    lead = before(text, figure, 40)
    others = [match.end() for match in speech["others"].finditer(lead)]
    own = [match.end() for match in speech["first_person"].finditer(lead)]
    return bool(others) and max(others) > max(own, default=-1)


def is_denied(text: str, figure: Figure) -> bool:
    """Whether a figure is said not to be: 是14家，不是7家."""
    return bool(re.search(r"(?:而?不是|并非|而非)(?:那|这)?$", before(text, figure, 5)))


def is_short(text: str, figure: Figure) -> bool:
    """Whether a figure is what is missing: 差两家."""
    return bool(language().speech["short_of"].search(before(text, figure, 4)))


def is_foreign(text: str, figure: Figure) -> bool:
    """Whether a sum is in another currency."""
    speech = language().speech["foreign"]
    named = speech.search(figure.text.lower()) or figure.text[:1] in "$€£"  # USD stands in the figure itself
    return figure.kind == "money" and bool(
        named or speech.match(after(text, figure, 5)) or speech.search(before(text, figure, 4))
    )


def year_of(text: str, figure: Figure) -> str:
    """The year that a figure is said of; empty where none is near."""
    found = _YEAR_WORD.findall(before(text, figure, 14))
    return str(found[-1]) if found else ""


def is_of_years(text: str, figure: Figure) -> bool:
    """Whether a sum is of several years: 两年捏一块370万."""
    return bool(language().speech["of_years"].search(before(text, figure, 12)))


def based_in(text: str, place: str) -> bool:
    """Whether someone is said to be in a place: 研发单位在苏州; not 在苏州落地, nor a customer there."""
    at = text.find(place)
    lead = re.split("[，,。；;]", text[:at])[-1]
    settled = re.search("(?:在|位于|注册地?是?在?)$", lead) and not _NOT_SETTLED.match(text[at + len(place) :])
    return bool(settled) and not language().speech["counterparty"].search(lead)
