"""YAML that refuses double keys, with file and line in every message."""

from pathlib import Path
from typing import Any

import yaml

from corpus.errors import PackError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):  # type: ignore[misc]  # the C loader is chosen at run time
    """A safe loader whose mappings may name a key once."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, int] = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"键“{key}”重复（第 {seen[key]} 行已有）", key_node.start_mark)
        seen[key] = key_node.start_mark.line + 1
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# a date such as 2023-01-01 stays the words that were written
_StrictLoader.yaml_implicit_resolvers = {
    char: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for char, rules in _Base.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Any:
    """The content of a YAML file.

    Raises PackError naming file, line and fault where it is missing, not UTF-8, malformed, or has a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(f"缺少文件 {path.name}：政策包 {path.parent.name} 需要它") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"读不了 {path}：{error}。请检查权限和 UTF-8 编码") from error
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"第 {mark.line + 1} 行" if mark else "某处"
        raise PackError(f"{path.parent.name}/{path.name} {where}：{error.problem}") from error
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise PackError(f"{path.parent.name}/{path.name}：不是有效的 YAML（{str(error)[:80]}）") from error


def mapping(path: Path) -> dict[str, Any]:
    """The content of a YAML file that must be names with values; empty for an empty file.

    Raises PackError as read_yaml does, and where the content is a list or a word.
    """
    content = read_yaml(path)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise PackError(f"{path.parent.name}/{path.name}：应为“名称: 内容”的写法，现在是列表或单个词")
    return {str(key): value for key, value in content.items()}
