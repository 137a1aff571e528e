"""Several clerks at the same moment: no number twice, no entry lost, one chain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import select

from tracker.domain.applicant import ApplicantKind
from tracker.domain.channel import Channel
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services import inspection, intake

CLERKS, EACH = 6, 5


def test_clerks_who_register_at_the_same_moment_get_numbers_of_their_own(app, actor, clock):
    registrar, today, moment = actor(Role.REGISTRAR), clock.today, clock()
    db.session.remove()

    def register(clerk: int) -> list[str]:
        numbers = []
        with app.app_context():
            for place in range(EACH):
                applicant = intake.ApplicantData(kind=ApplicantKind.OTHER, name=f"申请人{clerk}")
                arrival = intake.Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 2))
                request = intake.RequestData(
                    applicant=applicant, arrival=arrival, subject=f"事项{clerk}-{place}"
                )
                case = intake.register(request, actor=registrar, today=today, now=moment)
                numbers.append(case.number)
        return numbers

    with ThreadPoolExecutor(CLERKS) as clerks:
        given = [number for numbers in clerks.map(register, range(CLERKS)) for number in numbers]

    assert sorted(given) == [f"YSQ-2026-{n:04d}" for n in range(1, CLERKS * EACH + 1)]
    assert sorted(db.session.scalars(select(Case.number))) == sorted(given)
    assert list(inspection.inspect(today=clock.today)) == []
