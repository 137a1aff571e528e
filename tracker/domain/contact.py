"""Letters, visits and calls: their forms and what triage (甄别) may find.

Basis: 条例第45条 (登记、审核、办理、答复、归档); practice of local registers (rulebook 7.2).
"""

FORMS = {
    "letter": "来信",
    "visit": "来访",
    "call": "来电",
    "online": "网络",
    "hotline": "热线转办",
    "other": "其他",
}

TRIAGE = {
    "request": "政府信息公开申请",
    "petition": "信访事项",
    "consultation": "咨询",
    "complaint": "投诉举报",
    "suggestion": "建议",
    "other": "其他",
}

ACTS = {
    "log": "登记",
    "triage": "甄别",
    "refer": "转办",
    "tell": "告知",
    "close": "办结",
    "convert": "转为依申请公开",
}
