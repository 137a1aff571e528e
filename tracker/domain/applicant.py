"""Who asks: the columns of table 3 (国办公开办函〔2021〕30号)."""

from enum import StrEnum


class ApplicantKind(StrEnum):
    """Value: stored code. Order: the columns of table 3, left to right."""

    NATURAL_PERSON = "natural_person"
    BUSINESS = "business"
    RESEARCH = "research"
    NGO = "ngo"
    LEGAL_SERVICE = "legal_service"
    OTHER = "other"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    ApplicantKind.NATURAL_PERSON: "自然人",
    ApplicantKind.BUSINESS: "商业企业",
    ApplicantKind.RESEARCH: "科研机构",
    ApplicantKind.NGO: "社会公益组织",
    ApplicantKind.LEGAL_SERVICE: "法律服务机构",
    ApplicantKind.OTHER: "其他",
}

# No official definition was found: practice, shown as such in the handbook.
HINTS = {
    ApplicantKind.NATURAL_PERSON: "公民，含个体工商户（民法典第54条）",
    ApplicantKind.BUSINESS: "公司、合伙企业、个人独资企业、营利性合作社",
    ApplicantKind.RESEARCH: "科研院所、高等学校",
    ApplicantKind.NGO: "基金会、慈善组织、社会团体、民办非企业单位",
    ApplicantKind.LEGAL_SERVICE: "以自己名义申请的律师事务所、法律服务所",
    ApplicantKind.OTHER: "机关、其他事业单位、村（居）委会、业主委员会、媒体",
}
