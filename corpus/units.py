"""Reads the responsible units at the end of a clause."""

import re

_BRACKETS = re.compile(r"[(（]([^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*)[)）]\s*$")
_LEAD = re.compile(r"^\s*(?:责任|牵头|配合|主办|承办|实施)?(?:单位|部门)?\s*[:：]\s*")
_TAIL = re.compile(r"按(?:照)?(?:职责|各自职责)?分工.*$")
_OFFICE = re.compile(
    r"(?:局|委|办|厅|部|中心|支行|总行|营管部|管委会|政府|区县|功能区|街道|乡镇|银行|院|公司|处|署|社|联合会|协会)$"
)


def responsible_units(text: str) -> tuple[str, ...]:
    """The offices named in a clause's closing bracket; empty where it has none.

    Reads （责任单位：…）, （市科技局、…） and （…按职责分工负责）.
    """
    match = _BRACKETS.search(text.rstrip().rstrip("。"))
    if not match:
        return ()
    inside = match[1]
    labelled = bool(_LEAD.match(inside))
    names = [name.strip() for name in re.split(r"[、，,；;]", _TAIL.sub("", _LEAD.sub("", inside))) if name.strip()]
    if names and (labelled or all(_OFFICE.search(name) for name in names)):
        return tuple(re.sub(r"\s+", "", name) for name in names)
    return ()
