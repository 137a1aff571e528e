"""The one table of jobs. Days are legal days, times are of the office's zone.

The order of the day: what the law moved first (years, flags), then copies and inspections while
nobody works, then what people are told in the morning.
"""

from tracker.services.job import fetching, job, overdue, reminder, sending, unconfirmed
from tracker.services.job.job import Daily, Every, Job
from tracker.services.operations import backup, inspection, leftover
from tracker.services.report import year_end, yearly

JOBS: tuple[Job, ...] = (
    Job("close_year", Daily(0, 5), year_end.run, "年度结转和自动统计"),
    Job("flag_overdue", Daily(0, 10), overdue.run, "标记超期案件"),
    Job("confirm_receipts", Daily(0, 20), unconfirmed.run, "核对等待确认的申请"),
    Job("backup", Daily("night_hour"), backup.run, "备份", each_day=False),
    Job("verify", Daily("night_hour", 30), inspection.run, "核对台账链条", each_day=False),
    Job("tidy", Daily("night_hour", 50), job.tidy, "清除一年以前的运行记录", each_day=False),
    Job("sweep", Daily("night_hour", 55), leftover.run, "清除中断后留下的未完成文件", each_day=False),
    Job("report_dates", Daily("morning_hour"), yearly.report_dates, "提醒年度报告日期"),
    Job("calendar_missing", Daily("morning_hour"), yearly.calendar_missing, "提醒导入下一年放假安排"),
    Job("remind", Daily("morning_hour"), reminder.remind, "期限提醒"),
    Job("escalate", Daily("morning_hour", 1), reminder.escalate, "超期告知联络员和负责人"),
    Job("digest", Daily("morning_hour", 2), reminder.digest, "每日汇总", each_day=False),
    Job("fetch_mail", Every(5, "imap_minutes"), fetching.run, "收取邮箱", each_day=False),
    Job("deliver", Every(5), sending.run, "发送邮件", each_day=False),
)
