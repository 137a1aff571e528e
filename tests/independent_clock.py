"""The clock a second time, from the law alone: every day is walked, over plain sets of dates.

Nothing here imports the program. It reads the events of one history as the exchange format writes them
and says what ``tracker due`` must say of it on a day. ``lawful_history`` makes such histories at random.
"""

import json
from datetime import date, timedelta
from pathlib import Path

DATA = json.loads((Path(__file__).parent / "data" / "workdays.json").read_text(encoding="utf-8"))
ONE = timedelta(days=1)


def the_day(text):
    return date.fromisoformat(text)


def dates_between(first, last):
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


OFF = {day for span in DATA["off"] for day in dates_between(*map(the_day, span))}
MADE_UP = {the_day(text) for text in DATA["work"]}


def worked(day):
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def nth_worked(day, number):
    """Walk from the day after ``day`` to the worked day of that number."""
    while number:
        day += ONE
        number -= worked(day)
    return day


NEW_LAW = date(2019, 5, 15)  # Decree 711; before it Decree 492, from 2008-05-01


class Reading:
    """One history, read event by event in the order of its legal days."""

    def __init__(self, events):
        self.where = ""
        self.asked = []  # [party, name, sent, last day of its term, answered or None]
        self.lengthened = 0
        self.until = self.ended = self.missed = self.fixed = None
        for event in events:
            self.on = the_day(event["on"])
            if event["step"] in MOVERS and not self.missed and self.is_late():
                # L1: the day that was missed stays; nothing moves it again
                self.missed, self.fixed = self.due(), bool(self.until)
            self.read(event, event["step"])

    def read(self, event, step):
        if step == "receive":
            self.where, self.received, self.start = "received", self.on, self.on
            self.old = self.on < NEW_LAW
        elif step == "ask_supplement":
            self.where, self.deadline = "supplement", the_day(event["deadline_on"])
        elif step == "charge":
            self.where = "awaiting_payment"
            self.deadline = nth_worked(the_day(event.get("received_on") or event["on"]), 20)  # 109号
        elif step in ("receive_supplement", "pay"):  # 第30条, 109号: anew from here
            self.where, self.start, self.lengthened, self.until = "processing", self.on, 0, None
        elif step in ("answer", "withdraw"):
            self.counted = self.where in ("received", "processing")
            self.where, self.ended = event.get("outcome", "closed_other"), self.on
        elif step == "end_consultation":
            self.opinion(event["party"], event["name"])
        elif step != "assign":
            self.decide(event, step)
            self.where = "processing"

    def decide(self, event, step):
        if step == "consult":  # 第32、34条: 15 worked days from the addressee's receipt
            limit = nth_worked(the_day(event.get("received_on") or event["on"]), 15)
            self.asked.append([event["party"], event["name"], self.on, limit, None])
        elif step == "extend":  # 第33条第2款: a term that is over is not lengthened
            self.lengthened += event["days"]
        elif step == "delay" and not self.old:  # 第35条; the old law had no such thing
            self.until = the_day(event["until_on"])

    def opinion(self, party, name):
        waiting = [a for a in self.asked if a[:2] == [party, name] and a[4] is None and a[2] <= self.on]
        running = [a for a in waiting if self.on <= a[3]]
        (running[0] if running else waiting[-1])[4] = self.on

    def is_late(self):
        """Whether the term had ended before this day while it was the office that had to act."""
        if self.where not in ("received", "processing"):
            return False
        due = self.due()
        open_ended = self.old and any(not a[4] and a[2] < self.on and a[2] <= due for a in self.asked)
        return due < self.on and not open_ended

    def due(self):
        """Walk until as many days as the term has were worked outside every consultation."""
        if self.missed or self.until:
            return self.missed or self.until
        left_out = set()  # 第33条第3款: from the day after sending to the opinion or the end of its term
        for _party, _name, sent, limit, answered in self.asked:
            last = (answered or limit) if self.old else min(answered or limit, limit)
            left_out |= dates_between(sent, last) - {sent}
        term = 15 if self.old else 20
        day, remaining = self.start, term + min(self.lengthened, term)
        while remaining:
            day += ONE
            if worked(day) and day not in left_out:
                remaining -= 1
        return day


MOVERS = ("ask_supplement", "receive_supplement", "charge", "pay", "extend", "consult", "delay")


def in_force(events):
    """Take the corrections out: a replaced event gives way in its place, one replaced by nothing goes."""
    kept = {}
    for place, event in enumerate(events, 1):
        if event["step"] == "correct":
            kept[event["replaces"]] = event["with"]
        else:
            kept[place] = event
    remaining = [event for event in kept.values() if event]
    return sorted(remaining, key=lambda event: event["on"])


def told(events, today):
    """Return what must be told of the history on the day; None where it was not yet received."""
    known = [event for event in events if the_day(event["on"]) <= today]
    if not known:
        return None
    case = Reading(in_force(known))
    counts = case.counted if case.ended else case.where in ("received", "processing")
    due = case.due() if counts or case.missed else None
    found = [] if case.ended else duties(case, due, today)
    nearest = min((day for _name, day in found), default=None)
    notified = case.fixed if case.missed else case.until
    return {
        "state": case.where,
        "due_on": due and due.isoformat(),
        "provisional": bool(due and not notified and due.year not in DATA["published"]),
        "overdue": bool(due and due < (case.ended or today)),
        "next_action_on": nearest and nearest.isoformat(),
        "next_actions": {name for name, day in found if day == nearest} or {None},
    }


def duties(case, due, today):
    """Return every duty that is open on the day with its day."""
    found = [("reply", due)] if due else []
    notice = nth_worked(case.received, 7)  # 第30条
    if case.where == "received" and today <= notice and not case.old:
        found.append(("supplement_notice", notice))
    if case.where == "supplement":
        found.append(("supplement", case.deadline))
    if case.where == "awaiting_payment" and not case.old:
        found.append(("payment", case.deadline))
    for party, _name, _sent, limit, answered in case.asked if not case.old else ():
        if answered is None and today <= limit:
            found.append((f"{party}_opinion", limit))
    return found


# -- lawful histories at random ---------------------------------------------------------------------

OPEN_STEPS = {
    "received": ("accept", "ask_supplement", "consult", "extend", "charge", "assign", "delay"),
    "processing": (
        "consult",
        "consult",
        "extend",
        "end",
        "charge",
        "ask_supplement",
        "assign",
        "ask_reasons",
        "delay",
    ),
    "supplement": ("receive_supplement", "receive_supplement", "assign", "end"),
    "awaiting_payment": ("pay", "pay", "assign", "end"),
}
ENDS = {
    "received": ("disclosed", "unable_not_held", "withdraw"),
    "processing": ("disclosed", "partially_disclosed", "refused_internal_affairs", "withdraw"),
    "supplement": ("closed_supplement_lapsed", "withdraw"),
    "awaiting_payment": ("closed_fee_lapsed", "withdraw"),
}
QUIET = ("extend", "assign", "ask_reasons")  # move no state; may be typed late


class Maker:
    """Makes one history; ``random`` is a seeded generator, so that a failure can be made again."""

    def __init__(self, random):
        self.random, self.events, self.where, self.lengthened, self.open = random, [], "received", 0, []
        self.movers = set()  # places of the events that changed the state
        first, span = random.choice(
            ((date(2025, 1, 2), 700), (date(2025, 1, 2), 700), (date(2018, 1, 2), 560))
        )
        self.on = self.changed = first + timedelta(days=random.randrange(span))
        self.put("receive")

    def put(self, step, **keys):
        self.events.append({"step": step, "on": self.on.isoformat(), **keys})

    def later(self, most=25):
        return (self.on + timedelta(days=self.random.randrange(1, most))).isoformat()

    def go(self, where):
        if where != self.where:
            self.movers.add(len(self.events))
            self.where, self.changed = where, self.on

    def step(self):
        name = self.random.choice(OPEN_STEPS[self.where])
        getattr(self, name)()

    def accept(self):
        if self.where == "received":
            self.put("accept")
            self.go("processing")

    def ask_supplement(self):
        self.put("ask_supplement", deadline_on=self.later())
        self.go("supplement")

    def receive_supplement(self):
        self.put("receive_supplement")
        self.go("processing")
        self.lengthened = 0

    def consult(self):
        who = {"party": self.random.choice(("third_party", "agency")), "name": self.random.choice("甲乙")}
        more = {"received_on": self.later(7)} if self.random.random() < 0.6 else {}
        self.put("consult", **who, **more)
        self.open.append(who)
        self.go("processing")

    def end(self):
        if self.open:
            self.put("end_consultation", **self.open.pop(self.random.randrange(len(self.open))))

    def extend(self):
        days = self.random.randrange(1, 21)
        if self.lengthened + days <= 20:
            self.put("extend", days=days)
            self.lengthened += days
            self.go("processing")

    def charge(self):
        more = {"received_on": self.later(5)} if self.random.random() < 0.5 else {}
        self.put("charge", **more)
        self.go("awaiting_payment")

    def pay(self):
        self.receive_supplement()
        self.events[-1]["step"] = "pay"

    def assign(self):
        self.put("assign", unit="规划股")

    def ask_reasons(self):
        self.put("ask_reasons", deadline_on=self.later())

    def delay(self):
        self.put("delay", until_on=self.later(90))
        self.go("processing")

    def close(self):
        outcome = self.random.choice(ENDS[self.where])
        if outcome == "withdraw":
            self.put("withdraw")
        else:
            self.put("answer", outcome=outcome, reason="写明理由")

    def late(self):
        """Type the last event as if its day had been an earlier one, where nothing stands in the way."""
        last = self.events[-1]
        if last["step"] in QUIET and self.changed < self.on:
            back = self.random.randrange((self.on - self.changed).days + 1)
            last["on"] = (self.on - timedelta(days=back)).isoformat()

    def correct(self):
        """Take an event back that no later one rests on, or put another number of days into it."""
        places = [n for n, event in enumerate(self.events, 1) if event["step"] in QUIET]
        places = [place for place in places if place not in self.movers]
        if not places:
            return
        place = self.random.choice(places)
        event = self.events[place - 1]
        fewer = event | {"days": self.random.randrange(1, event["days"] + 1)} if "days" in event else event
        self.put("correct", replaces=place, reason="误录", **{"with": self.random.choice((None, fewer))})


def lawful_history(random):
    """Return the events of one lawful history."""
    maker = Maker(random)
    for _n in range(random.randrange(8)):
        maker.on += timedelta(days=random.choice((0, 1, 2, 3, 5, 8, 13, 21)))
        before = len(maker.events)
        maker.step()
        if len(maker.events) > before and random.random() < 0.2:
            maker.late()
    if random.random() < 0.2:
        maker.correct()
    elif random.random() < 0.5:
        maker.on += timedelta(days=random.randrange(30))
        maker.close()
    return maker.events
