"""The registers behind the report, in their order (rulebook of registers; 条例第50条)."""

from tracker.domain.register.follow_up import FOLLOW_UPS
from tracker.domain.register.normative import DECISIONS, DOCUMENTS
from tracker.domain.register.personal_request import PERSONAL_REQUESTS
from tracker.domain.register.publication import MEDIA, PUBLICATIONS
from tracker.domain.register.reanswer import REANSWERS
from tracker.domain.register.remedy import REMEDIES
from tracker.domain.register.respondent import RESPONSES
from tracker.domain.register.supervision import ACCOUNTABILITIES, ASSESSMENTS, TRAININGS

REGISTERS = (
    PUBLICATIONS, MEDIA, DOCUMENTS, DECISIONS, REMEDIES, RESPONSES, REANSWERS,
    *FOLLOW_UPS, PERSONAL_REQUESTS, TRAININGS, ASSESSMENTS, ACCOUNTABILITIES,
)  # fmt: skip
BY_NAME = {register.name: register for register in REGISTERS}
