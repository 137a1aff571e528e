"""The working states. The final states of a case are the outcomes (outcome.py).

A state says who must act next. Overdue, extended or in consultation are facts of the clock.
"""

from tracker.domain.message import labels

RECEIVED = "received"
SUPPLEMENT = "supplement"
PROCESSING = "processing"
AWAITING_PAYMENT = "awaiting_payment"

WORKING = (RECEIVED, SUPPLEMENT, PROCESSING, AWAITING_PAYMENT)

CARRIED_FORWARD = "carried_forward"  # the final state of a year, never of a case
VOID = "void"  # 作废: a slip of the clerk, counted nowhere (rulebook: duplicate entry)

LABELS = labels(
    {
        RECEIVED: "已收到",
        SUPPLEMENT: "待补正",
        PROCESSING: "办理中",
        AWAITING_PAYMENT: "待缴费",
        CARRIED_FORWARD: "结转下年度继续办理",
        VOID: "已作废",
    }
)

WHO_ACTS = labels(
    {
        RECEIVED: "本机关审查申请",
        SUPPLEMENT: "申请人补正",
        PROCESSING: "本机关作出答复",
        AWAITING_PAYMENT: "申请人缴费",
    }
)
