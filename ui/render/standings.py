"""What comes of a benefit, in words."""

STANDINGS = {
    "computed": "可测算",
    "ceiling": "上限",
    "average": "平均",
    "missing": "缺少信息",
    "not_eligible": "不符合",
    "not_stated": "文中未规定",
    "changed": "条款已变",
}
SHOWN = ("computed", "ceiling", "average")  # the standings that come with an amount
