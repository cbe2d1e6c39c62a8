"""The gate: no fast set may fall below the committed baseline; the baseline moves only with a reason.

`baseline.json` holds, by set and category, how many cases passed of how many, the ids known to fail, the tolerance in
cases a category, and why it was moved. With the built-in engine, which always answers alike, the tolerance is 0.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from assistant.desk import today
from evals.library import SetError
from evals.run import Result, Run

BASELINE = Path(__file__).parent / "baseline.json"
_HISTORY = 50


def measured(run: Run) -> dict[str, Any]:
    """Passed and total by set and category, with the ids that fail."""
    found: dict[str, Any] = {}
    for result in run.results:
        entry = found.setdefault(result.set_name, {"categories": {}, "failing": []})
        count = entry["categories"].setdefault(result.case.category, [0, 0])
        count[0] += result.verdict.passed
        count[1] += 1
        if not result.verdict.passed:
            entry["failing"].append(result.case.id)
    for entry in found.values():
        entry["categories"] = dict(sorted(entry["categories"].items()))
        entry["failing"].sort()
    return found


def load_baseline(path: Path = BASELINE) -> dict[str, Any]:
    """The committed baseline; raises SetError where there is none or it cannot be read."""
    if not path.is_file():
        raise SetError(f"没有基线 {path.name}；先运行 mingce eval baseline --why 理由")
    try:
        baseline: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise SetError(f"{path.name} 第 {error.lineno} 行：不是有效的 JSON") from None
    if not isinstance(baseline, dict) or not {"tolerance_cases", "sets", "history"} <= baseline.keys() or not baseline["sets"]:
        raise SetError(f"{path.name} 应有 tolerance_cases、sets（不空）、history；请用 mingce eval baseline 重写")
    return baseline


def breaches(run: Run, baseline: dict[str, Any]) -> list[str]:
    """Why the gate refuses a run, a line each; empty where it passes.

    Every set of the baseline must have been run, with at least as many cases; in a category no more cases may break
    than the tolerance allows, whatever was mended beside them.
    """
    now, tolerance = measured(run), int(baseline["tolerance_cases"])
    failed = _failed(run)
    found = []
    for set_name, entry in baseline["sets"].items():
        if set_name not in now:
            found.append(f"{set_name}：没有运行")
            continue
        for category, (passed, total) in entry["categories"].items():
            got, of = now[set_name]["categories"].get(category, (0, 0))
            if of < total:
                found.append(f"{set_name} {category}：基线有 {total} 例，现在只有 {of} 例")
            broken = [r for r in failed[set_name] if r.case.category == category and r.case.id not in entry["failing"]]
            if len(broken) > tolerance:
                details = "；".join(f"{r.case.id} {r.verdict.faults[0]}" for r in broken[:5])
                allowance = f"，容差 {tolerance} 例" if tolerance else ""
                found.append(
                    f"{set_name} {category}：{got}/{of}，基线 {passed}/{total}{allowance}；弄坏 {len(broken)} 例：{details}"
                )
    for set_name, entry in now.items():
        known = baseline["sets"].get(set_name, {"categories": {}})["categories"]
        fresh = [name for name, (passed, total) in entry["categories"].items() if name not in known and passed < total]
        if fresh:
            found.append(f"{set_name}：{'、'.join(fresh)} 不在基线里，且有题未通过；先修好，或移动基线")
    return found


def _failed(run: Run) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in run.results:
        if not result.verdict.passed:
            found[result.set_name].append(result)
    return found


def move_baseline(run: Run, why: str, path: Path = BASELINE) -> None:
    """Make a complete run the baseline and note the reason; raises SetError without one."""
    if len(why.strip()) < 6:
        raise SetError("请用 --why 写明为什么移动基线（至少六个字）")
    if not run.complete:
        raise SetError("这次运行没有跑完，不能作为基线")
    known: dict[str, Any] = load_baseline(path) if path.is_file() else {"tolerance_cases": 0, "history": []}
    passed = sum(result.verdict.passed for result in run.results)
    entry = {"date": today(), "why": why.strip(), "passed": passed, "total": len(run.results)}
    moved = {
        "tolerance_cases": known["tolerance_cases"],
        "sets": measured(run),
        "history": [*known["history"], entry][-_HISTORY:],
    }
    path.write_text(json.dumps(moved, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
