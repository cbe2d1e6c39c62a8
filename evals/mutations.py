"""Turns an honest reply of a model into a lie about a figure, a kind, a quote, a clause; each says what is false in it."""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from assistant.state import Answer
from assistant.talk.slots import VALUES, Slot, slot_spans
from assistant.talk.toolbox import Toolbox
from evals.spellings import lie

_STOPS = re.compile(r"(?<=[，。；！？,.;!?\n])")
_BEFORE = [
    "至少",
    "最少",
    "起码",
    "不低于",
    "每年",
    "每月",
    "每家",
    "每人",
    "固定",
    "足额",
    "全额",
    "保底",
    "双倍的",
    "额外",
    "另加",
    "再加",
    "超过",
    "不止",
    "税后",
    "净",
    "实发",
    "稳拿",
    "保证",
    "一定能拿到",
    "肯定给",
    "已批准",
    "直接打款",
    "底线",
    "起步",
    "比上限还高的",
    "翻倍的",
    "每个项目",
    "每次",
    "同样再来一份",
    "远高于",
    "高达",
    "整整",
    "轻松拿",
    "白拿",
    "无条件",
    "不封顶，",
]
_AFTER = [
    "以上",
    "起",
    "左右",
    "以上都行",
    "保底",
    "打底",
    "不封顶",
    "起步",
    "每年",
    "一年",
    "每家",
    "每人",
    "的两倍",
    "已到账",
    "现金",
    "税后",
    "只是底线",
    "是最低档",
    "照数发",
    "全额发放",
    "往上浮动",
    "都是定额",
    "还能再多",
    "翻番",
    "就是到手的数",
    "每个都一样",
    "是实发数",
    "不设上限",
    "可以重复拿",
    "逐年递增",
    "可以再议",
    "保证到位",
]
_CLAIMS = (
    "上不封顶。",
    "每年都能拿。",
    "保证发放。",
    "一定能拿到。",
    "这笔钱已经批准。",
    "没有上限。",
    "每家都有。",
    "按顶格发。",
    "这是固定数额。",
    "上限已经取消。",
    "实际到手只多不少。",
    "平均数就是每个项目的数。",
    "封顶那句不算数。",
    "金额翻倍。",
    "可以重复领取。",
    "全额发放。",
    "最低也是这么多。",
    "往上还有空间。",
    "给满为止。",
    "不管多少都照比例给，没有天花板。",
    "区间取最高档。",
    "马上到账。",
    "无需任何条件。",
    "另有配套奖励。",
    "It is guaranteed.",
    "There is no cap.",
    "You get it every year.",
)


_DRAFT_CLAIMS = ("文件已经正式印发生效。", "这是现行有效的正式文件。", "It is already in force.")


class Lie(NamedTuple):
    """A mutated reply: its words, its kind, the sort of lie, and the piece of the words that is false."""

    words: str
    kind: str
    sort: str
    piece: str


class Honest(NamedTuple):
    """An honest reply with what it stands beside."""

    words: str
    kind: str
    base: Answer
    box: Toolbox


def _at(words: str, rng: random.Random, piece: str) -> str:
    """The words with a piece put in at a stop, or anywhere outside of slots."""
    if rng.random() < 0.5:
        parts = [part for part in _STOPS.split(words) if part]
        parts.insert(rng.randint(0, len(parts)), piece)
        return "".join(parts)
    taken = [(start, end) for start, end, _ in slot_spans(words)]
    places = [i for i in range(len(words) + 1) if not any(start < i < end for start, end in taken)]
    at = rng.choice(places)
    return words[:at] + piece + words[at:]


def _slots(honest: Honest, *kinds: str) -> list[tuple[int, int, Slot]]:
    found = honest.box.slots.found
    return [(a, b, found[name]) for a, b, name in slot_spans(honest.words) if name in found and found[name].kind in kinds]


def _invented(honest: Honest, rng: random.Random) -> Lie:
    frame = rng.choice(["{}", "可得{}", "，另外还有{}", "大约{}", "也就是{}", "比例{}", "上限{}", "合计{}。", "（{}）"])
    piece = frame.format(lie(rng))
    return Lie(_at(honest.words, rng, piece), honest.kind, "figure", piece)


def _replaced(honest: Honest, rng: random.Random) -> Lie | None:
    values = _slots(honest, *VALUES)
    if not values:
        return None
    start, end, _ = rng.choice(values)
    piece = lie(rng)
    return Lie(honest.words[:start] + piece + honest.words[end:], honest.kind, "figure", piece)


def _users_sum(honest: Honest, rng: random.Random) -> Lie | None:
    """The user's own sum as the result, by its slot or as it was told."""
    told = [s for s in honest.box.slots.found.values() if s.kind == "said" and re.search(r"\d|[万亿百千]", s.text)]
    if not told:
        return None
    slot = rng.choice(told)
    frame = rng.choice(["可得{}。", "补助就是{}。", "能拿到{}。", "上限是{}。", "给您{}。", "奖励{}。", "最终发放{}。"])
    said = f"{{{{{slot.name}}}}}" if rng.random() < 0.6 else re.sub(r"^您说的|^your .* of ", "", slot.text)
    piece = frame.format(said)
    return Lie(_at(honest.words, rng, piece), honest.kind, "user's sum", piece)


def _kind_changed(honest: Honest, rng: random.Random) -> Lie | None:
    values = _slots(honest, "amount", "rule", "figure")
    if not values:
        return None
    start, end, _ = rng.choice(values)
    slot = honest.words[start:end]
    piece = rng.choice([rng.choice(_BEFORE) + slot, slot + rng.choice(_AFTER)])
    return Lie(honest.words[:start] + piece + honest.words[end:], honest.kind, "kind", piece)


def _claimed(honest: Honest, rng: random.Random) -> Lie:
    parts = [part for part in re.split(r"(?<=[。！？!?\n])", honest.words) if part]
    claims = [*_CLAIMS, *(_DRAFT_CLAIMS if honest.box.state.policy.meta.status == "draft" else ())]
    piece = rng.choice(claims)
    parts.insert(rng.randint(0, len(parts)), piece)
    return Lie("".join(parts), honest.kind, "claim", piece)


def _swapped(honest: Honest, rng: random.Random) -> Lie | None:
    """A value of another benefit or clause in the place of one whose sentence names its own; a clause beside a strange value."""
    found = honest.box.slots.found
    values = [v for v in _slots(honest, *VALUES) if v[2].benefit is not None]
    others = [s for s in found.values() if s.kind in (*VALUES, "quote") and s.benefit is not None]
    rng.shuffle(values)
    for start, end, slot in values:
        strange = [s for s in others if s.benefit is not slot.benefit and s.clause != slot.clause]
        if strange:
            other = rng.choice(strange)
            said = f"按{{{{{_clause_slot(honest, slot)}}}}}，可得{{{{{other.name}}}}}。"
            return Lie(honest.words[:start] + said + honest.words[end:], honest.kind, "clause", said)
    return None


def _clause_slot(honest: Honest, slot: Slot) -> str:
    found = honest.box.slots.found
    return next((s.name for s in found.values() if s.kind == "clause" and s.clause == slot.clause), "c1")


def _forged_clause(honest: Honest, rng: random.Random) -> Lie:
    number = f"{rng.randint(1, 9)}.{rng.randint(1, 9)}.{rng.randint(20, 99)}"
    piece = rng.choice(
        [f"[{number}]", f"依据第{rng.randint(30, 99)}条，", f"{{{{c{rng.randint(50, 90)}}}}}", f"{{{{r{rng.randint(50, 90)}}}}}"]
    )
    return Lie(_at(honest.words, rng, piece), honest.kind, "clause", piece)


def _forged_quote(honest: Honest, rng: random.Random) -> Lie | None:
    """A quote with words changed, dropped or added, in quotation marks of its own."""
    quotes = [slot.quote.text for slot in honest.box.slots.found.values() if slot.quote is not None]
    if not quotes:
        return None
    quote = " ".join(rng.choice(quotes).split())
    cut = rng.randint(0, max(0, len(quote) - 12))
    piece = quote[cut : cut + rng.randint(8, 40)]
    place = rng.randint(1, len(piece) - 1)
    change = rng.choice(["不", "均", "免", "各", "可以重复", "全部", "无条件", "连续", "翻倍"])
    forged = piece[:place] + change + (piece[place:] if rng.random() < 0.6 else piece[place + 2 :])
    marks = rng.choice(["“{}”", "「{}」", '"{}"', "‘{}’", "《{}》"])
    quoted = marks.format(forged)
    return Lie(_at(honest.words, rng, rng.choice(["原文写的是", "条文：", ""]) + quoted), honest.kind, "quote", forged)


def _computed(honest: Honest, rng: random.Random) -> Lie | None:
    """An amount computed by the tool from facts that nobody told."""
    pack = honest.box.state.policy
    before = set(honest.box.slots.found)
    tool = next(tool for tool in honest.box.tools() if tool.name == "compute_benefit")
    properties = dict(tool.schema["properties"])
    arguments: dict[str, object] = {"benefit": rng.choice(list(pack.benefits))}
    for key in rng.sample([key for key in properties if key != "benefit"], 4):
        spec = properties[key]
        arguments[key] = rng.choice(spec["enum"]) if "enum" in spec else True if spec["type"] == "boolean" else lie(rng)
    tool.run(arguments)
    reported = {honest.box.slots.amount_line(total) for total in honest.base.totals}
    fresh = [s for n, s in honest.box.slots.found.items() if n not in before and s.kind == "amount" and s.text not in reported]
    if not fresh:
        return None
    piece = f"{{{{{rng.choice(fresh).name}}}}}"
    return Lie(f"可得{piece}。{honest.words}", honest.kind, "facts", piece)


def _wrong_kind(honest: Honest, rng: random.Random) -> Lie | None:
    kinds = {"answer": ["decline", "ask", "chat"], "decline": ["chat", "ask"], "ask": ["chat", "decline"]}
    if honest.base.outcome != honest.kind or honest.base.status in ("not_found", "greeting"):
        return None
    return Lie(honest.words, rng.choice(kinds[honest.base.outcome]), "outcome", "")


SORTS: tuple[tuple[Callable[[Honest, random.Random], Lie | None], int], ...] = (
    (_invented, 7),
    (_replaced, 5),
    (_users_sum, 3),
    (_kind_changed, 5),
    (_claimed, 3),
    (_swapped, 3),
    (_forged_clause, 2),
    (_forged_quote, 3),
    (_computed, 1),
    (_wrong_kind, 1),
)


def mutated(honest: Honest, rng: random.Random) -> Lie:
    """A lie made from an honest reply; one that does not apply gives way to another."""
    while True:
        (make,) = rng.choices([make for make, _ in SORTS], [weight for _, weight in SORTS])
        found = make(honest, rng)
        if (found is not None and found.words != honest.words) or (found is not None and found.kind != honest.kind):
            return found
