"""Finds a pack's terms in a message: exact words, aliases, and near misses by sound (高薪企业, 孵花器)."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.language import language
from corpus.schema import Pack

_ASCII = re.compile(r"[a-z0-9&' -]+")
_CLAUSE_BREAK = re.compile(r"[，。！？；,!?;\n:：、()（）]|\.(?!\d)")
_SENTENCE_BREAK = re.compile(r"[，。！？；,!?;\n—]")
_UNSAID_REACH = 14
_NEGATION_REACH = 6
_FAR_NEGATION_REACH = 16
_CONFUSED = ("jq", "zj", "nl", "fh")
_DENIERS = frozenset("没未不无懒忘")
_OF_MODIFIERS = ("没", "没有", "未", "未曾", "未能", "没能", "没被", "没过", "无", "非", "不")
_FUNCTION_WORDS = frozenset("是的了在有和与我你他她这那就也都要会能可不没到去来说个吗呢吧啊")
_NASALS = (("in", "ing"), ("en", "eng"), ("an", "ang"), ("uan", "uang"), ("ian", "iang"))


@dataclass(frozen=True, slots=True)
class Mention:
    """A term of the pack at [start, end) of a message.

    `negated` where the speaker denies it, `unsaid` where it only names what was left open: 没讲是孵化器还是众创空间.
    """

    term: str
    start: int
    end: int
    fuzzy: bool = False
    negated: bool = False
    unsaid: bool = False


@dataclass(slots=True)
class Vocabulary:
    """A pack's words: surface → term, indexed for longest match and for near misses."""

    terms: dict[str, str]
    by_first: dict[str, list[str]] = field(default_factory=dict)
    halves: dict[tuple[int, int, str], list[str]] = field(default_factory=dict)
    sounds: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def find(self, text: str) -> tuple[Mention, ...]:
        """All mentions in a normalised text, longest first at each place, with near misses where nothing else is."""
        exact = self._exact(text)
        near = self._near(text, exact)
        if near:
            exact = [
                m
                for m in exact
                if not any(n.start <= m.start and m.end <= n.end and n.end - n.start > m.end - m.start for n in near)
            ]
        plain = text
        for m in exact:  # 未达规模 is a name, and denies nothing of what follows
            if m.term in self.names and text[m.start] in _DENIERS:
                plain = plain[: m.start] + " " * (m.end - m.start) + plain[m.end :]
        return tuple(
            Mention(
                m.term,
                m.start,
                m.end,
                m.fuzzy,
                _negated(plain, m.start, m.end, denies=text[m.start] in _DENIERS),
                _unsaid(text, m.start, m.end),
            )
            for m in sorted([*exact, *near], key=lambda mention: mention.start)
        )

    def _exact(self, text: str) -> list[Mention]:
        found, at = [], 0
        while at < len(text):
            word = next((w for w in self.by_first.get(text[at], ()) if text.startswith(w, at) and _whole(text, at, w)), None)
            if word is None:
                at += 1
                continue
            found.append(Mention(self.terms[word], at, at + len(word)))
            at += len(word)
        return found

    def _near(self, text: str, exact: list[Mention]) -> list[Mention]:
        found: list[Mention] = []
        plain = [match.span() for match in language().speech["plain_words"].finditer(text)]
        spoken = [_sound(char) for char in text]
        for size in (8, 7, 6, 5, 4, 3, 2):
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                if window in self.terms or any(m.start < start + size and start < m.end for m in found):
                    continue
                if any(_holds(m, start, start + size) for m in exact) or any(a < start + size and start < b for a, b in plain):
                    continue
                half = size // 2
                alike = self.sounds.get(tuple(spoken[start : start + size]), ())
                candidates = [*self.halves.get((size, 0, window[:half]), ()), *self.halves.get((size, 1, window[half:]), ())]
                word = next((w for w in alike if _mostly_same(window, w)), None) or next(
                    (w for w in candidates if _sounds_alike(window, w, strict=size == 2)), None
                )
                if word is not None:
                    found.append(Mention(self.terms[word], start, start + size, fuzzy=True))
        return found


def _holds(mention: Mention, start: int, end: int) -> bool:
    """Whether an exact word rules a near miss out: it holds the window, or a long one reaches across its edge."""
    if mention.start <= start and end <= mention.end:
        return True
    across = mention.start < end and start < mention.end and not (start <= mention.start and mention.end <= end)
    return across and mention.end - mention.start >= 2


_CACHE: dict[tuple[str, str, bool], Vocabulary] = {}
_ENGLISH_WORD = re.compile("[a-z]{2}")


def find_terms(pack: Pack, text: str) -> tuple[Mention, ...]:
    """The pack's terms in a normalised text; English ones are looked for where it has Latin words.

    The steps of one question read the same text again and again: the last texts are remembered.
    """
    english = bool(_ENGLISH_WORD.search(text))
    vocabulary(pack, english=english)
    return _found((pack.id, pack.content_hash, english), text)


@lru_cache(maxsize=256)
def _found(key: tuple[str, str, bool], text: str) -> tuple[Mention, ...]:
    return _CACHE[key].find(text)


def vocabulary(pack: Pack, *, english: bool = False) -> Vocabulary:
    """The words of a pack: glossary, topics, facts and cues; all lower case. `english` adds its English words."""
    key = (pack.id, pack.content_hash, english)
    if key not in _CACHE:
        strong = frozenset(word for topic in pack.topics for word in topic.strong if " + " not in word)
        options = {word for fact in pack.facts.values() for words in fact.options.values() for word in words}
        denials = frozenset(word for fact in pack.facts.values() for word in fact.denied) - options
        _CACHE[key] = _build(_surfaces(pack, english=english), strong, denials, frozenset(options))
    return _CACHE[key]


def _build(terms: dict[str, str], strong: frozenset[str], denials: frozenset[str], names: frozenset[str]) -> Vocabulary:
    by_first: dict[str, list[str]] = defaultdict(list)
    # a near miss never denies: 万登记 is not 忘登记
    halves: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    sounds: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in sorted(terms, key=len, reverse=True):
        by_first[word[0]].append(word)
        if (terms[word] in denials and terms[word] not in strong) or word[0] in _DENIERS:
            continue
        if (3 <= len(word) <= 8 or (len(word) == 2 and terms[word] in strong)) and not _ASCII.search(word):
            half = len(word) // 2
            halves[(len(word), 0, word[:half])].append(word)
            halves[(len(word), 1, word[half:])].append(word)
            if len(word) > 2:
                sounds[tuple(_sound(char) for char in word)].append(word)
    return Vocabulary(terms, dict(by_first), dict(halves), dict(sounds), names)


def _surfaces(pack: Pack, *, english: bool) -> dict[str, str]:
    surfaces: dict[str, str] = {}
    for words in (_topic_words(pack), _fact_words(pack), (cue for b in pack.benefits.values() for cue in b.cues)):
        for phrase in words:
            for word in phrase.split(" + "):
                if not word.startswith("@"):
                    surfaces.setdefault(word.strip().lower(), word.strip())
    for term, aliases in (pack.english_glossary if english else {}).items():
        for alias in aliases:
            surfaces.setdefault(alias.lower(), term)
    for term, aliases in pack.glossary.items():
        surfaces[term.lower()] = term
        for alias in aliases:
            surfaces.setdefault(alias.lower(), term)
    for term, aliases in pack.glossary.items():
        for alias in aliases:
            surfaces[alias.lower()] = term
    for term in pack.glossary:
        surfaces[term.lower()] = term
    surfaces.pop("", None)
    return surfaces


def _topic_words(pack: Pack) -> Iterable[str]:
    for topic in pack.topics:
        yield from topic.strong
        yield from topic.weak
        for gap in topic.gaps:
            for words in gap.words:
                yield from words


def _fact_words(pack: Pack) -> Iterable[str]:
    for fact in pack.facts.values():
        yield from fact.words
        yield from fact.denied
        for words in (*fact.options.values(), *fact.fallback.values()):
            yield from words


def _whole(text: str, at: int, word: str) -> bool:
    """Latin words match whole words only: IC is not in topic; a denial is none inside 有没有 or A不A."""
    if at > 0 and ((word.startswith("没有") and text[at - 1] == "有") or (word[0] in "不没" and text[at - 1] == word[1:2])):
        return False  # 有没有备案, 算不算规上 ask
    if not word[0].isascii() or not word[0].isalnum():
        return True
    before = at > 0 and text[at - 1].isascii() and text[at - 1].isalnum()
    end = at + len(word)
    after = (
        end < len(text)
        and text[end].isascii()
        and text[end].isalpha()
        and not (text[end] == "s" and not text[end + 1 : end + 2].isalpha())
    )
    if before or after:
        return False
    return not (word.isdigit() and end < len(text) and (text[end].isdigit() or text[end] in ".万亿千百元%‰家个w"))


@lru_cache(maxsize=8192)
def _syllables(char: str) -> frozenset[tuple[str, str]]:
    """(initial, final) of the common reading of a character, tones apart."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # single characters need no phrase table, which takes 0.2 s
    from pypinyin import Style, pinyin

    readings = pinyin(char, style=Style.NORMAL, errors="ignore")
    return frozenset(_split(reading) for reading in (readings[0] if readings else ()))


def _split(syllable: str) -> tuple[str, str]:
    match = re.match(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(.*)", syllable)
    assert match is not None
    return match[1] or "", match[2]


@lru_cache(maxsize=8192)
def _sound(char: str) -> str:
    """A character's reading, tones apart; what has none stands for itself."""
    return next(("".join(syllable) for syllable in _syllables(char)), char)


def _mostly_same(window: str, word: str) -> bool:
    """Whether a window that sounds like a word shares enough of its characters: 坏涨本斤 for 坏账本金."""
    same = sum(a == b for a, b in zip(window, word, strict=True))
    return same < len(word) and same >= (2 if len(word) == 3 else len(word) // 2)


def _sounds_alike(window: str, word: str, *, strict: bool) -> bool:
    """Whether one character differs and the two sound alike (薪/新) or, unless `strict`, nearly so (卷/券, 兴/新)."""
    pairs = [(a, b) for a, b in zip(window, word, strict=True) if a != b]
    if len(pairs) != 1 or (strict and pairs[0][0] in _FUNCTION_WORDS):
        return False  # 发票上是75万 does not mean 上市
    mine, theirs = _syllables(pairs[0][0]), _syllables(pairs[0][1])
    if mine & theirs or strict:
        return bool(mine & theirs)
    if any(a == c and tuple(sorted((b, d), key=len)) in _NASALS for a, b in mine for c, d in theirs):
        return True
    return any(
        final == other_final and any(initial[:1] in group and other[:1] in group for group in _CONFUSED if initial and other)
        for initial, final in mine
        for other, other_final in theirs
    )


def _unsaid(text: str, start: int, end: int) -> bool:
    """Whether a word only names what was not said: 规上规下一概没说, 没讲是孵化器还是众创空间."""
    begin = max((m.end() for m in _SENTENCE_BREAK.finditer(text, 0, start)), default=0)
    if language().speech["unsaid_before"].search(text[begin:start]):
        return True
    stop = _SENTENCE_BREAK.search(text, end)
    after = text[end : stop.start() if stop else len(text)][:_UNSAID_REACH]
    return bool(language().speech["unsaid"].search(after))


def _negated(text: str, start: int, end: int, *, denies: bool = False) -> bool:
    """Whether a mention is denied: 不是高企, 没有纳入……备案, 跟芯片无关.

    A word that `denies` by itself (没备案) is not denied again by what follows (也没认定过).
    """
    speech = language().speech
    begin = max((m.end() for m in _CLAUSE_BREAK.finditer(text, 0, start)), default=0)
    before = text[begin:start]
    stop = _CLAUSE_BREAK.search(text, end)
    after = text[end : stop.start() if stop else len(text)][:8]
    if not denies and speech["unrelated"].search(after):
        return True
    if speech["past_denial"].search(before):
        return False  # 往年都没备过国家级 tells of the past
    cleaned = speech["false_negators"].blank(before)
    for match in speech["negators"].finditer(cleaned):
        word = match[0].strip()
        gap = len(cleaned) - match.end()
        if "是" in cleaned[match.end() :]:
            continue  # 不是服务是开发 denies the first, not the second
        if word == "跟" or ("的" in cleaned[match.end() : match.end() + 4] and word in _OF_MODIFIERS):
            continue  # 没注册的创业团队 denies the registration, not the team
        reach = _FAR_NEGATION_REACH if word in ("没", "没有", "没把", "压根没", "从来没", "未") else _NEGATION_REACH
        if gap <= (2 if word in ("非", "不", "无") else reach):
            return True
    return False
