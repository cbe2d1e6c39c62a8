"""Makes variants of cases whose gold follows by rule: other script, spelling, order of saying, noise, typos.

Every choice is drawn from a hash of the case's id, so that the same cases give the same variants.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pypinyin import lazy_pinyin

from assistant.understand.script import script_of, to_traditional
from corpus.schema import Pack
from evals.cases import Case
from evals.library import SETS, read_set, write_set

_WAN = re.compile(r"(?<![\d.,\-–—至到~])(\d{1,5}(?:\.\d{1,2})?)万(?!\d)(?:元)?(?![\-–—至到~多余来])")
_DIGITS = "零一二三四五六七八九"
_OPENINGS = ("您好，打扰一下，", "麻烦帮忙看看：", "不好意思又来问了，", "在吗？有个事儿请教，", "领导让我问的，")
_CLOSINGS = ("，谢谢！", "，麻烦了", "，在线等。", "（急）", "，辛苦您")
_RELAYS = ("来电人问：", "市民来电，说：", "企业会计打来的，原话是：")


def _draw(case: Case, kind: str, size: int) -> int:
    return int(hashlib.sha256(f"{case.id}/{kind}".encode()).hexdigest(), 16) % size


def traditional(case: Case) -> Case | None:
    """The same words in traditional characters; what must be said may be said in either script."""
    if any(script_of(turn) == "english" for turn in case.turns):
        return None
    says = [[*words, *(to_traditional(word) for word in words if to_traditional(word) != word)] for words in case.must_say]
    return case.model_copy(update={"turns": [to_traditional(turn) for turn in case.turns], "must_say": says})


def respelt(case: Case, kind: str = "figures") -> Case | None:
    """The sums of the case in another spelling: 320万 as 三百二十万, 3,200,000元, 320w or full-width digits."""
    spell = (_in_words, _in_yuan, _with_w, _full_width)[_draw(case, kind, 4)]
    turns = [_WAN.sub(lambda match: spell(match[1]), turn) for turn in case.turns]
    return case.model_copy(update={"turns": turns}) if turns != case.turns else None


def _in_words(number: str) -> str:
    return f"{_chinese(int(number))}万" if number.isdigit() and 0 < int(number) < 10_000 else f"{number}万"


def _in_yuan(number: str) -> str:
    return f"{round(float(number) * 10_000):,}元"


def _with_w(number: str) -> str:
    return f"{number}w"


def _full_width(number: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in number) + "万元"


def _chinese(number: int) -> str:
    """A number below ten thousand in Chinese numerals."""
    parts: list[str] = []
    zero = False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            parts.append(("零" if zero and parts else "") + _DIGITS[digit] + name)
            zero = False
        else:
            zero = True
    text = "".join(parts)
    return text.removeprefix("一") if text.startswith("一十") else text


def noisy(case: Case) -> Case | None:
    """A greeting before the first turn and a thank-you after the last."""
    if any(script_of(turn) != "simplified" for turn in case.turns) or case.category in ("keyword", "injection"):
        return None
    turns = [_OPENINGS[_draw(case, "opening", len(_OPENINGS))] + case.turns[0], *case.turns[1:]]
    turns[-1] = turns[-1].rstrip("。") + _CLOSINGS[_draw(case, "closing", len(_CLOSINGS))]
    return case.model_copy(update={"turns": turns})


def relayed(case: Case) -> Case | None:
    """The question as an operator passes it on."""
    if case.persona != "enterprise" or len(case.turns) > 1 or script_of(case.turns[0]) != "simplified":
        return None
    opening = _RELAYS[_draw(case, "relay", len(_RELAYS))]
    return case.model_copy(update={"turns": [f"{opening}“{case.turns[0]}”"], "persona": "hotline"})


def misspelt(case: Case, pack: Pack) -> Case | None:
    """One character of one of the policy's terms as a wrong choice of the input method, of the same sound."""
    text = case.turns[0]
    if len(case.turns) > 1 or script_of(text) != "simplified":
        return None
    terms = sorted((term for term in pack.glossary if len(term) >= 4 and term in text), key=len, reverse=True)
    for term in terms:
        at = _draw(case, "typo", len(term))
        others = [char for char in _same_sound(pack).get(lazy_pinyin(term[at])[0], ()) if char != term[at] and char not in term]
        if others:
            wrong = term[:at] + others[_draw(case, "char", len(others))] + term[at + 1 :]
            return case.model_copy(update={"turns": [text.replace(term, wrong, 1)]})
    return None


def _same_sound(pack: Pack) -> dict[str, list[str]]:
    chars = sorted({char for char in pack.document.source if "\u4e00" <= char <= "\u9fff"})
    found: dict[str, list[str]] = {}
    for char in chars:
        found.setdefault(lazy_pinyin(char)[0], []).append(char)
    return found


def split(case: Case) -> Case | None:
    """A single turn of two sentences said in two turns."""
    parts = re.split(r"(?<=[。！])(?=.{6,}$)", case.turns[0], maxsplit=1)
    if (
        len(case.turns) > 1
        or len(parts) != 2
        or case.category in ("injection", "rambling")
        or "？" in parts[0]
        or "?" in parts[0]
    ):
        return None
    return case.model_copy(update={"turns": parts})


def variants(cases: Sequence[Case], pack: Pack) -> Iterator[Case]:
    """One variant of each case: the first that applies, the order of kinds turning from case to case."""
    kinds: list[tuple[str, Callable[[Case], Case | None]]] = [
        ("t", traditional),
        ("f", respelt),
        ("n", noisy),
        ("m", lambda case: misspelt(case, pack)),
        ("r", relayed),
        ("s", split),
    ]
    for index, case in enumerate(cases):
        turn = index % len(kinds)
        for name, make in [kinds[turn], *kinds[1:], kinds[0]]:
            made = make(case)
            if made is not None:
                yield made.model_copy(update={"id": f"{case.id}-{name}", "variant_of": case.id})
                break


def write_variants(sources: Sequence[Path], target: Path, pack: Pack) -> int:
    """Write the variants of several sets as one set; the number of cases."""
    made = [variant for path in sources for variant in variants(read_set(path), pack)]
    write_set(target, made)
    return len(made)


__all__ = ["SETS", "misspelt", "noisy", "relayed", "respelt", "split", "traditional", "variants", "write_variants"]
