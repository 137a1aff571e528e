"""Files that must not be kept: sent by mistake, or found to be a state secret later (保密法第31条第（三）项).

What a served letter or an archived file rests on stays: 档案法第14条 forbids to take papers out of what was
archived, and what an answer rests on is what the organ proves it with (行政诉讼法第34条).
"""

from tracker.domain.message import labels, worded

MISTAKE, SECRET = "mistake", "secret"
REASONS = labels({MISTAKE: "误传（与本件无关、传错、重复）", SECRET: "发现属于国家秘密，不得存入非涉密系统"})
MASK = "（文件名已隐去）"
LONGEST_REASON = 1000
FREE = frozenset({"draft", "other"})  # purposes of files that no letter rests on
ADVICE = worded("确属国家秘密的，请立即停止使用，报告本机关保密工作机构，按其书面意见处理。")


def masked(name: str) -> str:
    """Return what stands for a name that is destroyed: the ending alone tells what it was."""
    _stem, dot, ending = name.rpartition(".")
    return f"{MASK}.{ending}" if dot else MASK


def stem(name: str) -> str:
    """Return a file's name without its ending."""
    return name.rpartition(".")[0] or name
