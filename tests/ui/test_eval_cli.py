"""The evaluator's commands from a sheet to a comparison, and clear Chinese for what goes wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.cases import Case
from evals.library import find_sets, write_set
from evals.sheets import export_cases

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str | Path, data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.cli", "eval", *map(str, args)]
    environment = {**os.environ, "MINGCE_DATA": str(data)}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert "Traceback" not in done.stderr
    return done


def some_cases(count: int) -> list[Case]:
    return [case for case in find_sets(["jinan-2023-2025"])[0].cases if isinstance(case, Case)][:count]


def test_from_a_sheet_to_what_broke(tmp_path: Path) -> None:
    export_cases(tmp_path / "mine.xlsx", some_cases(6))
    imported = run("import", tmp_path / "mine.xlsx", "--into", tmp_path / "mine.jsonl", data=tmp_path)
    assert "6 题写入" in imported.stdout
    assert "jinan-2023-2025" in (tmp_path / "sets.yaml").read_text(encoding="utf-8")
    before, after = tmp_path / "before", tmp_path / "after"
    first = run("run", tmp_path / "mine.jsonl", "--out", before, data=tmp_path)
    assert first.stdout.splitlines()[-1] == "6 通过，0 未通过"
    assert (before / "report.html").is_file()
    rows = [json.loads(line) for line in (before / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[0]["reply"].update(outcome="decline", amounts=[], text="文中未载明")
    after.mkdir()
    (after / "run.json").write_bytes((before / "run.json").read_bytes())
    (after / "results.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    scored = run("score", after, "--against", before, data=tmp_path)
    assert scored.stdout.splitlines()[-1] == "5 通过，1 未通过"
    diff = run("diff", before, after, data=tmp_path)
    assert diff.returncode == 1
    assert f"弄坏 mine {rows[0]['id']}：结果：应为 answer，给出 decline" in diff.stdout
    assert run("diff", before, after, "--allow-broken", data=tmp_path).returncode == 0
    assert run("diff", before, before, data=tmp_path).returncode == 0


def test_export_and_import_are_each_others_inverse(tmp_path: Path) -> None:
    write_set(tmp_path / "a.jsonl", some_cases(10))
    assert run("export", tmp_path / "a.jsonl", tmp_path / "a.csv", data=tmp_path).returncode == 0
    assert run("import", tmp_path / "a.csv", "--into", tmp_path / "b.jsonl", data=tmp_path).returncode == 0
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()


def test_candidates_are_added_and_listed(tmp_path: Path) -> None:
    assert run("candidates", "template", tmp_path / "use.csv", data=tmp_path).returncode == 0
    with (tmp_path / "use.csv").open("a", encoding="utf-8") as sheet:
        sheet.write(",高企复审给多少,20万,应为10万\n")
    assert "新增 1 题" in run("candidates", "add", tmp_path / "use.csv", data=tmp_path).stdout
    assert "应为10万" in run("candidates", "list", data=tmp_path).stdout


@pytest.mark.parametrize(
    ("args", "status", "message"),
    [
        (["run", "nowhere"], 1, "没有题集“nowhere”；可用：jinan-2023-2025"),
        (["run", "jinan-2023-2025", "--engine", "oracle"], 1, "没有引擎“oracle”；可用：builtin"),
        (["run", "jinan-2023-2025", "--stage", "guess"], 2, "应为 answers、retrieval"),
        (["diff", "no-run", "no-run"], 1, "没有运行记录"),
        (["baseline"], 2, "请写明为什么移动基线"),
        (["template", "/dev/null/x.csv"], 1, "没有权限或不是可写的文件"),
        (["template", "/nowhere/x.xlsx"], 1, "没有这个位置"),
        (["run", "jinan-2023-2025", "--out", "/dev/null/run"], 1, "没有权限或不是可写的文件"),
        (["template", "x.pdf"], 1, "只支持 .xlsx 和 .csv"),
        (["import", "missing.csv", "--into", "x.jsonl"], 1, "没有文件 missing.csv"),
    ],
)
def test_what_goes_wrong_is_said_in_chinese(tmp_path: Path, args: list[str], status: int, message: str) -> None:
    done = run(*args, data=tmp_path)
    assert done.returncode == status
    assert message in done.stderr


def test_a_clause_that_the_policy_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("编号,问题,应有结果,条款\nq,x,作答,9.9.9\n", encoding="utf-8")
    done = run("import", tmp_path / "x.csv", "--into", tmp_path / "x.jsonl", data=tmp_path)
    assert (done.returncode, "第 2 行 条款：政策里没有条款 9.9.9" in done.stderr) == (1, True)
