-- The tickets of Request Tracker out of the table bench (n, subject, mail, closed, received, due), as its own API writes
-- them: a ticket, four groups for its roles with their principals and members, the transaction that made it.
INSERT INTO tickets (
    id, effectiveid, queue, type, owner, subject, status, starts, started, due, resolved, initialpriority, finalpriority,
    priority, timeestimated, timeworked, timeleft, lastupdatedby, lastupdated, creator, created
)
SELECT n, n, 1, 'ticket', 6, subject, CASE WHEN closed IS NULL THEN 'new' ELSE 'resolved' END, received, closed, due, closed,
    0, 0, 0, 0, 0, 0, 1, coalesce(closed, received), 1, received
FROM bench;

CREATE TEMP TABLE roles AS
SELECT (SELECT max(id) FROM principals) + row_number() OVER (ORDER BY n, role) AS id, n, role, received,
    CASE role WHEN 'Owner' THEN 6 WHEN 'Requestor' THEN users.id END AS member
FROM bench JOIN users ON users.name = mail CROSS JOIN unnest(ARRAY['AdminCc', 'Cc', 'Owner', 'Requestor']) AS role;
INSERT INTO principals (id, principaltype, disabled) SELECT id, 'Group', 0 FROM roles;
INSERT INTO groups (id, name, domain, instance, creator, created, lastupdatedby, lastupdated)
SELECT id, role, 'RT::Ticket-Role', n, 1, received, 1, received FROM roles;
INSERT INTO groupmembers (groupid, memberid, creator, created, lastupdatedby, lastupdated)
SELECT id, member, 1, received, 1, received FROM roles WHERE member IS NOT NULL;
INSERT INTO cachedgroupmembers (id, groupid, memberid, via, immediateparentid, disabled)
SELECT made, id, member, made, id, 0 FROM (
    SELECT (SELECT max(id) FROM cachedgroupmembers) + row_number() OVER () AS made, id, member FROM (
        SELECT id, id AS member FROM roles UNION ALL SELECT id, member FROM roles WHERE member IS NOT NULL
    ) AS pairs
) AS numbered;
INSERT INTO transactions (objecttype, objectid, timetaken, type, creator, created)
SELECT 'RT::Ticket', n, 0, 'Create', 1, received FROM bench;

SELECT setval('tickets_id_seq', (SELECT max(id) FROM tickets)),
    setval('principals_id_seq', (SELECT max(id) FROM principals)),
    setval('cachedgroupmembers_id_seq', (SELECT max(id) FROM cachedgroupmembers));
ANALYZE;
