"""Words in the cells of offices: for who applied, how, and how the answer was served."""

from tracker.domain.case import applicant
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import RULES, Channel

KINDS = {kind.value: applicant.LABELS[kind] for kind in ApplicantKind}
# 民法典第54条: a natural person in business. No text says in which column of table 3 it stands; some offices
# count it with businesses, so it is told each time.
TRADER = "个体工商户 个体户 个体经营户 个体工商业者"
KIND_WORDS = {
    ApplicantKind.NATURAL_PERSON: (
        "公民 个人 公民个人 公民（自然人） 自然人（公民） 群众 市民 村民 学生 农民 居民 " + TRADER
    ),
    ApplicantKind.BUSINESS: (
        "企业 公司 工商企业 合伙企业 个人独资企业 有限公司 商业公司 企业法人 国有企业 民营企业 私营企业"
    ),
    ApplicantKind.RESEARCH: "科研院所 高校 高等学校 科研单位 科研教育机构",
    ApplicantKind.NGO: "公益组织 社会组织 社会团体 社团 基金会 民办非企业单位 社会公益机构 公益机构 慈善组织",
    ApplicantKind.LEGAL_SERVICE: "律师事务所 律所 法律服务所 法律服务组织 法律机构",
    ApplicantKind.OTHER: (
        "其它 机关 事业单位 村委会 居委会 村民委员会 居民委员会 业主委员会 业委会 媒体 新闻媒体"
    ),
}

CHANNELS = {way.value: RULES[way].label for way in Channel}
# 第31条第（二）项 has two kinds of post: signed for, the rule; 平常信函, the exception: it must be told.
LETTER = "信函 邮寄 来信 信件 书信 寄信 邮递 函件 邮政 邮寄信函 信函邮寄 邮寄申请 信函申请 书面邮寄 邮寄方式"
CHANNEL_WORDS = {
    Channel.IN_PERSON: (
        "当面 现场 窗口 现场提交 现场申请 当面申请 当面递交 当面提交 直接提交 直接递交 来访 到场 柜台 上门 "
        "现场窗口 现场递交"
    ),
    Channel.ORAL: "口头 口头申请 代为填写 当面口头",
    Channel.REGISTERED_MAIL: (
        "挂号 挂号信 挂号信函 邮政挂号 挂号邮寄 EMS 快递 邮政快递 特快专递 邮政特快专递 邮政EMS EMS邮寄 "
        "EMS快递 快递邮寄 "
        "信函（挂号） 信函（挂号信） 信函（EMS） 邮寄（挂号） 邮寄（挂号信） 邮寄（EMS） 邮寄（快递） "
        "信函（快递） 邮寄（挂号信、EMS） 顺丰 顺丰快递 中通 中通快递 顺丰/中通 "
        "圆通快递 申通快递 韵达快递 京东快递 " + LETTER
    ),
    Channel.ORDINARY_MAIL: (
        "平信 平常信函 普通信函 普通信件 平邮 信函（平信） 邮寄（平信） 信函（平邮） 邮寄（平邮）"
    ),
    Channel.ONLINE: (
        "网上 在线 网络 互联网 网站 平台 网上申请 在线申请 网络申请 网站申请 网上提交 在线提交 网上平台 "
        "网络平台 申请平台 政府网站 "
        "门户网站 网页 政务服务网 依申请公开平台 依申请公开系统 网上系统 线上 线上申请 网上渠道 系统 小程序"
    ),
    Channel.EMAIL: "邮箱 电邮 电子邮箱 电子信箱 e-mail email 电子邮件申请",
    Channel.FAX: "传真申请 传真件",
    Channel.OTHER: "其他 其它 其他方式 其它方式 电话 微信 局长信箱 12345 12345热线 转办",
}
METHOD_WORDS = {
    "in_person": "当面 直接 当面领取 现场领取 自取 当面送达 领取",
    "post": "邮寄 信函 EMS 挂号信 挂号 邮政 快递 邮政快递 特快专递",
    "online": "网上 在线 平台 网络 网站",
    "email": "邮箱 邮件 电子邮箱",
    "delegated": "委托送达 代为送达",
    "on_the_spot": "当场 当场答复",
    "none": "无需送达",
}
