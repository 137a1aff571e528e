"""The forms of the file: rows and no sentences, no document number of their own (rulebook 6.3)."""

from tracker.domain.case.basis import Ask
from tracker.domain.letter.fact import SIGN
from tracker.domain.letter.kind import Addressee, LetterKind

_NUMBER = ("受理编号", "{{受理编号}}")
_ASKED = ("申请内容", "{{申请内容}}")
_WHO = ("申请人", "{{收件人}}")
_RECEIVED = ("收到申请之日", "{{收到日期}}")


TRACKING = Ask("tracking", "邮政企业的业务（邮寄不得交快递企业）、邮件号", "邮政法第55条", needed=False)
HANDED_ON = Ask("handed_on", "交付、交邮、发出的日期", "国办公开办函〔2016〕235号", needed=False)


def _form(key: str, label: str, law: str, *rows: tuple[str, str], asks: tuple[Ask, ...] = ()) -> LetterKind:
    return LetterKind(key=key, label=label, law=law, to=Addressee.FILE, rows=rows, asks=asks)


FORM_KINDS = (
    _form(
        "application",
        "政府信息公开申请表",
        "条例第29条",
        ("申请人姓名或者名称", "{{收件人}}"),
        ("身份证明（种类；号码由申请人填写）", "{{证件种类}}"),
        ("联系方式（电话、地址、邮箱）", ""),
        ("代理人、监护人和授权（没有的不填）", "{{代理人}}"),
        ("申请公开的政府信息：名称、文号或者便于行政机关查询的其他特征性描述", "{{申请内容}}"),
        ("形式要求", "{{申请形式}}"),
        ("获取信息的方式、途径", "{{申请获取方式}}"),
        ("代为填写、读给申请人确认（口头申请）", "{{代为填写}}"),
        ("申请人签名或者盖章", SIGN),
    ),
    _form(
        "registration",
        "政府信息公开申请登记表",
        "条例第45条",
        _NUMBER,
        _WHO,
        ("代理人、监护人", "{{代理人}}"),
        ("申请渠道", "{{申请渠道}}"),
        _RECEIVED,
        _ASKED,
        ("所需形式、获取方式", "{{申请形式}}；{{申请获取方式}}"),
        ("答复期限", "{{答复期限}}"),
        ("承办单位", "{{承办单位}}"),
        ("办理情况", ""),
        ("登记人", SIGN),
        asks=(Ask("unit", "承办单位", "条例第45条", needed=False),),
    ),
    _form(
        "approval",
        "政府信息公开审批单",
        "条例第17、45条",
        _NUMBER,
        _WHO,
        _RECEIVED,
        _ASKED,
        ("答复期限", "{{答复期限}}"),
        ("拟办意见", "{{理由}}"),
        ("送审", "{{送审情况}}"),
        ("承办科室意见", "{{承办科室意见}}"),
        ("政府信息公开工作机构意见", SIGN),
        ("法制审核意见", "{{法制审核意见}}"),
        ("保密审查意见", "{{保密审查意见}}"),
        ("负责人意见", "{{负责人意见}}"),
        asks=(Ask("reason", "拟办意见（拟作出的文书、依据和理由）", "条例第45条", needed=False, long=True),),
    ),
    _form(
        "secrecy",
        "政府信息公开保密审查表",
        "条例第17条、保守国家秘密法",
        _NUMBER,
        ("拟公开的信息", "{{涉及信息}}"),
        ("来源、文号和原定密级", ""),
        ("审查依据", "条例第十四条至第十七条、保守国家秘密法"),
        ("承办单位意见", SIGN),
        ("保密审查意见（可以公开、部分公开、不予公开）", "{{保密审查意见}}"),
        ("负责人意见", "{{负责人意见}}"),
        asks=(Ask("concerned", "拟公开的信息", "条例第17条", needed=False, long=True),),
    ),
    _form(
        "service",
        "送达回证",
        "国办公开办函〔2016〕235号",
        _NUMBER,
        ("送达的文书和文号", "{{涉及信息}}"),
        ("受送达人", "{{对象名称}}"),
        ("送达方式", "{{送达方式}}"),
        ("送达地址", ""),
        ("邮件号", "{{邮件号}}"),
        ("交付、交邮、发出的日期", "{{交付日期}}"),
        ("签收、收到的日期", "{{签收日期}}"),
        ("受送达人签名或者盖章", SIGN),
        ("代收人、代收理由", ""),
        ("受委托送达的行政机关", "{{受委托机关}}"),
        ("送达人", SIGN),
        ("备注", "{{备注}}"),
        asks=(
            Ask("concerned", "送达的文书名称和文号", "国办公开办函〔2016〕235号"),
            Ask("name", "受送达人", "国办公开办函〔2016〕235号"),
            Ask("service_way", "送达方式", "国办公开办函〔2016〕235号", needed=False),
            TRACKING,
            HANDED_ON,
            Ask("signed_on", "签收、收到的日期", "国办公开办函〔2016〕235号", needed=False),
            Ask("through", "受委托送达的行政机关", "国办公开办函〔2016〕235号", needed=False),
            Ask("remark", "备注（退件等）", "国办公开办函〔2016〕235号", needed=False),
        ),
    ),
    _form(
        "posting",
        "邮寄登记单",
        "国办公开办函〔2016〕235号第二条、邮政法第55条",
        _NUMBER,
        ("邮寄的文书和文号", "{{涉及信息}}"),
        ("收件人", "{{对象名称}}"),
        ("收件地址", ""),
        ("邮政企业业务、邮件号（不得交快递企业）", "{{邮件号}}"),
        ("交邮日期", "{{交付日期}}"),
        ("经办人", SIGN),
        asks=(
            Ask("concerned", "邮寄的文书名称和文号", "国办公开办函〔2016〕235号"),
            Ask("name", "收件人", "国办公开办函〔2016〕235号"),
            TRACKING,
            HANDED_ON,
        ),
    ),
)
