"""Load cases into the Roundup tracker of a folder by its own API: lines of JSON on the standard input."""

import json
import sys

from roundup import date, instance

tracker = instance.open(sys.argv[1])
db = tracker.open("admin")
db.tx_Source = "cli"
people: dict[str, str] = {}
new, resolved = db.status.lookup("unread"), db.status.lookup("resolved")
priority = db.priority.lookup("bug")
for count, line in enumerate(sys.stdin, 1):
    case = json.loads(line)
    name = case["mail"].partition("@")[0]
    if name not in people:
        people[name] = db.user.create(username=name, address=case["mail"], roles="User")
    db.issue.create(
        title=case["subject"],
        assignedto=people[name],
        status=resolved if case["closed"] else new,
        priority=priority,
        due=date.Date(case["due"]),
    )
    if count % 500 == 0:
        db.commit()
db.commit()
db.close()
