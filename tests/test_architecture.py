"""Who may import whom; every module alone; no policy in code."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.loader import PACKS, load_pack, pack_ids

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("assistant", "calculators", "corpus", "evals", "ui")
MAY = {
    "corpus": set(),
    "calculators": {"corpus"},
    "assistant": {"corpus", "calculators"},
    "evals": {"assistant", "corpus", "calculators"},
    "ui": {"assistant", "corpus", "calculators", "evals"},
}
ONLY = {
    "gradio": ("ui/",),
    "fastapi": ("ui/",),
    "langchain": ("assistant/adapters/", "evals/peers/"),
    "langchain_core": ("assistant/adapters/", "evals/peers/"),
    "opentelemetry": ("assistant/adapters/",),
    "langchain_chroma": ("assistant/adapters/", "evals/peers/"),
    "langchain_text_splitters": ("assistant/adapters/", "evals/peers/"),
    "chromadb": ("assistant/adapters/",),
    "sentence_transformers": ("assistant/adapters/",),
    "torch": ("assistant/adapters/",),
}
HEAVY = set(ONLY)
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imports(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_table(path: Path) -> None:
    relative = path.relative_to(ROOT).as_posix()
    package = relative.split("/")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in imports(tree):
        top = name.split(".")[0]
        if top in PACKAGES and top != package:
            assert top in MAY[package], f"{relative} may not import {name}"
        if top in ONLY:
            assert relative.startswith(ONLY[top]), f"{relative} may not import {name}"
        assert top != "tests", f"{relative} imports tests"
    top_level = {name.split(".")[0] for name in imports(ast.Module(_imports_of(tree), []))}
    if not relative.startswith("evals/peers/"):
        assert not top_level & HEAVY, f"{relative} imports {top_level & HEAVY} at start-up"


def _imports_of(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def test_every_module_can_be_imported_alone() -> None:
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES if path.name != "__init__.py"]
    code = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        f"    for loaded in [m for m in sys.modules if m.split('.')[0] in {PACKAGES!r}]:\n"
        "        del sys.modules[loaded]\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-800:]


def test_asking_on_the_command_line_loads_neither_torch_nor_gradio(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom ui.cli import app\nsys.argv = ['mingce', 'ask', '第16条大意']\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', sorted({'torch', 'gradio', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", "MINGCE_DATA": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )
    assert "LOADED []" in done.stdout


def policy_words() -> set[str]:
    """Words that only a policy can bring: places, ids, fact names, clause titles, long terms of the glossary."""
    words: set[str] = set()
    for pack_id in pack_ids():
        pack = load_pack(PACKS / pack_id)
        words |= {pack_id, *pack.meta.selects, *pack.facts, *(c.title for c in pack.document.clauses if c.id != "0")}
        words |= {b for b in pack.benefits if not b.isdigit()} | {c.id for c in pack.document.clauses if c.id.count(".") == 2}
        words |= {option for fact in pack.facts.values() for option in fact.options}
        words |= {term for term in pack.glossary if len(term) >= 4}
    general = {"其他", "级别", "国家级", "省级", "市级", "优秀", "主板", "标准", "合同金额", "合同", "标题与导语"}
    return {word for word in words if len(word) >= 2} - general


def test_no_line_of_python_knows_a_policy() -> None:
    words = policy_words()
    assert len(words) > 150
    patterns = {
        word: re.compile(rf"(?<![\w.]){re.escape(word)}(?![\w.])" if word[0].isascii() else re.escape(word)) for word in words
    }
    offences = []
    for path in MODULES:
        code = _without_comments(path.read_text(encoding="utf-8"))
        offences += [f"{path.relative_to(ROOT)}: {word}" for word, pattern in patterns.items() if pattern.search(code)]
    assert offences == []


def _without_comments(source: str) -> str:
    """Code without docstrings and comments, where a policy may stand as the example that forced a branch."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        documented = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if documented and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
