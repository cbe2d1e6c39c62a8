"""What the loader refuses: each test breaks one thing and reads the message."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import PackError
from corpus.loader import PACKS, load_pack, lock_text

Breaker = Callable[[str, str, str], Path]


@pytest.fixture
def broken(tmp_path: Path) -> Breaker:
    """Copy the Jinan pack with one text of one file replaced."""

    def make(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "jinan-2023-2025"
        if not folder.exists():
            shutil.copytree(PACKS / "jinan-2023-2025", folder)
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return make


def refusal(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    return str(caught.value)


def test_引文不在条文里(broken: Breaker) -> None:
    assert "2.2.8.d：引文在第 2.2.8 条里没有" in refusal(
        broken("rules.yaml", "企业复审的企业一次性给予", "企业复审的企业每年给予")
    )


def test_引文出现多次(broken: Breaker) -> None:
    message = refusal(
        broken("rules.yaml", "quote: 对新增国家级技术转移转化服务机构，一次性给予100万元补助", "quote: 技术转移转化")
    )
    assert "2.5.17.b：引文在第 2.5.17 条里有 2 处" in message


def test_数目不是完整的数目(broken: Breaker) -> None:
    message = refusal(broken("rules.yaml", "at_most: 2.5%", "at_most: 5%"))
    assert "“5%”不是引文里的完整数目（引文里是：2.5%）" in message


def test_数目照原文的写法(broken: Breaker) -> None:
    assert "“0.15%”不是引文里的完整数目" in refusal(broken("rules.yaml", "at_most: 1.5‰", "at_most: 0.15%"))


def test_数目的写法不完整(broken: Breaker) -> None:
    assert "“若干万元”不是一个完整的数目" in refusal(broken("rules.yaml", "cap: 80万元", "cap: 若干万元"))


def test_分别的数目次序颠倒(broken: Breaker) -> None:
    message = refusal(broken("rules.yaml", "range: 100-500万元", "range: 80-100万元"))
    assert "2.1.1.a：nth 为 1，但并列的第 1 个数目是“100-500万元”，不是“80-100万元”" in message


def test_分别的对象次序颠倒(broken: Breaker) -> None:
    folder = broken(
        "rules.yaml",
        "item: 国家级\n    when: [级别 = 国家级]\n    premises: [创新",
        "item: 省级\n    when: [级别 = 国家级]\n    premises: [创新",
    )
    broken("rules.yaml", "item: 省级\n    when: [级别 = 省级]", "item: 国家级\n    when: [级别 = 省级]")
    assert "2.3.11.a：与 rules.yaml 2.3.11.b 的先后颠倒" in refusal(folder)


def test_分别的数目没有写明第几个(broken: Breaker) -> None:
    message = refusal(broken("rules.yaml", "    nth: 1\n    item: 科技企业孵化器\n", ""))
    assert "2.1.1.a：“100-500万元”在并列的 2 个数目里，要用 nth 写明是第几个" in message


def test_数目没有规则认领(broken: Breaker) -> None:
    message = refusal(broken("rules.yaml", "  - {clause: 1.2.2, figure: 60%, reason: 产值占比目标，不是补助}\n", ""))
    assert "第 1.2.2 条的“60%”" in message
    assert "没有规则认领" in message


def test_不认领的数目不存在(broken: Breaker) -> None:
    assert "1.2.2 条里没有“61%”这个数目" in refusal(broken("rules.yaml", "figure: 60%", "figure: 61%"))


def test_不认识的键(broken: Breaker) -> None:
    assert "benefits.0.rate：不认识的键" in refusal(
        broken("rules.yaml", "    range: 100-500万元", "    range: 100-500万元\n    rate: 1%")
    )


def test_键重复(broken: Breaker) -> None:
    message = refusal(broken("rules.yaml", "    range: 100-500万元", "    range: 100-500万元\n    range: 80-100万元"))
    assert "rules.yaml 第" in message
    assert "键“range”重复" in message


def test_编号重复(broken: Breaker) -> None:
    assert "2.1.1.a：编号重复" in refusal(broken("rules.yaml", "- id: 2.1.1.b", "- id: 2.1.1.a"))


def test_两种金额写法(broken: Breaker) -> None:
    message = refusal(broken("rules.yaml", "    range: 100-500万元", "    range: 100-500万元\n    at_most: 100-500万元"))
    assert "金额写法须恰好一种" in message


def test_比例没有基数(broken: Breaker) -> None:
    assert "比例须用 of 写明基数" in refusal(broken("rules.yaml", "    of: 备案贷款不良本金\n", ""))


def test_条件读不懂(broken: Breaker) -> None:
    assert "facts.yaml 里没有“档次”" in refusal(
        broken("rules.yaml", "级别 = 国家级]\n    premises: [新备案", "档次 = 国家级]\n    premises: [新备案")
    )


def test_选项不存在(broken: Breaker) -> None:
    assert "级别 没有选项 世界级" in refusal(broken("rules.yaml", "when: [级别 = 国家级]", "when: [级别 = 世界级]"))


def test_门槛的数目不在引文里(broken: Breaker) -> None:
    assert "“200万元”不是引文里的完整数目" in refusal(broken("rules.yaml", "成交额 >= 300万元", "成交额 >= 200万元"))


def test_没有主题通向规则(broken: Breaker) -> None:
    assert "没有主题通向 2.5.16.a" in refusal(
        broken("topics.yaml", "    clause: 2.5.16\n", "    clause: 2.5.16\n    benefits: []\n")
    )


def test_条款号不存在(broken: Breaker) -> None:
    assert "没有第 2.5.26 条" in refusal(broken("topics.yaml", "clause: 2.5.16", "clause: 2.5.26"))


def test_缺少文件(broken: Breaker) -> None:
    folder = broken("rules.yaml", "benefits:", "benefits:")
    (folder / "topics.yaml").unlink()
    assert "缺少文件 topics.yaml" in refusal(folder)


def test_原文不是_utf8(broken: Breaker) -> None:
    folder = broken("rules.yaml", "benefits:", "benefits:")
    (folder / "source.txt").write_bytes("一、总则".encode("gbk"))
    assert "须是 UTF-8 文本" in refusal(folder)


def test_条文变了规则就停用(broken: Breaker) -> None:
    folder = broken("source.txt", "一次性给予每家10万元奖补资金支持", "一次性给予每家10万元奖补资金支持")
    (folder / "clauses.lock").write_text(lock_text(load_pack(folder).document), encoding="utf-8")
    load_pack.cache_clear()
    broken("source.txt", "复审的企业一次性给予每家10万元", "复审的企业一次性给予每家8万元")
    pack = load_pack(folder)
    assert "2.2.8.d" in pack.withdrawn
    assert "2.2.8.a" in pack.withdrawn
    assert "2.1.1.a" not in pack.withdrawn


def test_旧的锁文件不会关掉覆盖检查(broken: Breaker) -> None:
    folder = broken("rules.yaml", "  - {clause: 1.2.2, figure: 60%, reason: 产值占比目标，不是补助}\n", "")
    with (folder / "clauses.lock").open("a", encoding="utf-8") as lock:
        lock.write("zzz 0\n")
    assert "第 1.2.2 条的“60%”" in refusal(folder)


def test_锁文件写坏(broken: Breaker) -> None:
    folder = broken("rules.yaml", "benefits:", "benefits:")
    (folder / "clauses.lock").write_text("a b c\n", encoding="utf-8")
    assert "clauses.lock 的每行应为" in refusal(folder)


def test_上限须是金额(broken: Breaker) -> None:
    assert "cap 的“10%”应是金额" in refusal(broken("rules.yaml", "cap: 200万元", "cap: 10%"))


def test_基数须是金额事实(broken: Breaker) -> None:
    assert "of 指的“企业资质”应是 money" in refusal(broken("rules.yaml", "of: 首次购买合同金额", "of: 企业资质"))


def test_文件应是名称和内容(broken: Breaker) -> None:
    folder = broken("rules.yaml", "benefits:", "benefits:")
    (folder / "glossary.yaml").write_text("- 一个词\n", encoding="utf-8")
    assert "glossary.yaml：应为“名称: 内容”的写法" in refusal(folder)


def test_分别的第二项换成第一项的数目会被查出(broken: Breaker) -> None:
    assert "2.3.11.b：nth 为 2" in refusal(broken("rules.yaml", "at_most: 100万元", "at_most: 500万元"))
