"""The clerk's guide, by task: what to do from which page, and which page leads to which task."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tracker.domain.permission import Action
from tracker.web.page.text import _l

Words = Any  # of a message that is put into the reader's language when it is shown


class Task(NamedTuple):
    """One thing that a clerk does.

    pages: where the reader comes from: a noun, a view of it, or a view with one part of its address.
    shown: the kind of page of the sample office that the picture shows, numbers as N.
    chapter: of the handbook, where the rules stand.
    """

    key: str
    title: Words
    when: Words
    steps: tuple[Words, ...]
    pages: tuple[str, ...]
    shown: str
    chapter: str


TASKS = (
    Task(
        "worklist",
        _l("每天早上看工作台"),
        _l("上班先看这一页：今天到期的、超期的、等别人的都在这里。"),
        (
            _l("先看红色的一格：已经超过法定期限的，点数字只看那一类。"),
            _l("列表按下一个法定日期排列，每一行写明是哪一种期限；点受理编号打开案件。"),
            _l("“请您办理”“待我签批”里有等您处理的，办完即消失。"),
            _l("上方的提示（放假安排没有导入、任务失败等）照它写的办法处理。"),
        ),
        ("worklist", "search", "account"),
        "/",
        "workflow",
    ),
    Task(
        "register",
        _l("登记一封来信"),
        _l("每一件来信、来访、来电当天登记，不管是不是申请。"),
        (
            _l("点菜单“登记”，选来信、来访还是来电，填收到日期、姓名和内容摘要；没有人知道的时间不填。"),
            _l(
                "甄别选“政府信息公开申请”的，下面才出现申请的各栏；右边立刻显示收到申请之日、答复期限和理由。"
            ),
            _l("右边列出同一申请人以前的和内容相似的申请，先看是不是重复。"),
            _l(
                "右边有“从扫描件读出”的，选来信的照片或扫描件，逐项点“填入”，与原件核对；落款日期不是来件日期。"
            ),
            _l("登记以后点“接收回执”制作、打印；信封、签收单拍照，在“收件证据”里添加。"),
            _l("仅凭来电不能登记为申请（条例第29条）；还没有确认的信函、网上申请，确认日期留空即可。"),
        ),
        ("registration", "evidence", "applicant"),
        "/register",
        "channels",
    ),
    Task(
        "triage",
        _l("甄别"),
        _l("一时看不出是申请、信访还是咨询的，先登记，以后在来件页甄别。"),
        (
            _l("菜单“来信来访来电”打开这一件，点“甄别”，选是哪一类并写明理由。"),
            _l("是申请的点“转为依申请公开”：来件日期不变，期限从法定的那一天算起。"),
            _l("不是申请的，转给办理的单位，记录告知的日期；信访事项另有期限，列在工作台。"),
            _l("等申请人确认的，每次联系都“记录一次联系”；联系上了点“已确认，成为申请”。"),
            _l("邮箱来信自动登记，工作台写明还有几件没有甄别；退信、自动答复在“收到的邮件”里看过。"),
        ),
        ("contact", "contact_mail"),
        "/contacts/N",
        "channels",
    ),
    Task(
        "case",
        _l("看懂一件申请"),
        _l("案件页写明现在轮到谁、哪一天到期、为什么是那一天。"),
        (
            _l("右边“期限”写明日期和理由，可以展开逐日计算；标“暂定”的，等放假安排公布再确定。"),
            _l("左边只列出现在合法的步骤；须由他人办理的，写明谁可以办，点“请其办理”。"),
            _l("每一步先预览：依据哪一条、从哪一天算、对期限有什么影响，看过再办。"),
            _l("个人信息默认遮盖，点“显示个人信息”会记入审计日志。"),
        ),
        ("case", "step", "ask", "delivery"),
        "/cases/N",
        "steps",
    ),
    Task(
        "supplement",
        _l("补正"),
        _l("申请内容不明确、缺少身份证明的，一次性告知申请人补正（条例第30条）。"),
        (
            _l("案件页点“告知补正”，写明要补什么、哪一天以前；期限要合理，太短的须写明理由。"),
            _l("做补正告知书，送审、制作、送达；申请人收到的那一天登记以后，补正期限才起算。"),
            _l("材料补来了点“收到补正”：答复期限从收到补正之日重新计算。"),
            _l("逾期没有补正的，第二天起案件页列出可以办理的结案步骤；由您决定，程序不自行结案。"),
        ),
        ("step.new:ask_supplement", "step.new:receive_supplement", "step.new:closed_supplement_lapsed"),
        "/cases/N/steps/ask_supplement",
        "steps",
    ),
    Task(
        "extend",
        _l("延期"),
        _l("期限内答复不了的，在期限届满以前由负责人同意延长，并告知申请人（条例第33条第2款）。"),
        (
            _l("案件页点“延长期限”，填天数、理由、同意的人；右边先看新的期限。"),
            _l("做延期告知书，送达申请人；没有告知的延期不能当作延期。"),
            _l("期限届满以后再延期的照样登记，但不改变期限，也不影响是否超期。"),
        ),
        ("step.new:extend", "step.new:delay", "step.new:ask_reasons", "step.new:give_reasons"),
        "/cases/N/steps/extend",
        "terms",
    ),
    Task(
        "consult",
        _l("征求第三方意见"),
        _l("公开会损害第三方权益的，书面征求其意见（条例第32条）；共同制作机关见第34条。"),
        (
            _l("案件页点“征求意见”，选第三方、共同制作机关还是其他机关：不答复的后果不一样。"),
            _l(
                "做征求意见书（不写申请人），送达；对方收到之日登记以后，意见期限起算，这段时间不计入答复期限。"
            ),
            _l("意见来了点“征求意见结束”，选同意、不同意，附上书面意见。"),
            _l("第三方逾期不答复的，由本机关决定公开不公开（第32条），理由写在答复里。"),
        ),
        ("step.new:consult", "step.new:end_consultation"),
        "/cases/N/steps/consult",
        "steps",
    ),
    Task(
        "fee",
        _l("收费"),
        _l("同一申请人的件数、页数明显超过合理范围的，可以收取信息处理费（条例第42条）。"),
        (
            _l("案件页或者“手册”的计算器先算出应收多少、怎样算的。"),
            _l("点“收费通知”，金额和计算过程自动带入；制作通知书并送达，缴费期限从申请人收到之日起算。"),
            _l("交费以后点“收到缴费”，填日期和凭证；逾期没有交的，案件页列出可以办理的结案步骤。"),
        ),
        ("fee", "step.new:charge", "step.new:pay", "step.new:closed_fee_lapsed"),
        "/fees",
        "fees",
    ),
    Task(
        "files",
        _l("文件和区分处理"),
        _l("申请材料、检索到的信息、送达凭证都存在案件里；不能全给的，先作区分处理（条例第37条）。"),
        (
            _l("案件页右上角点“文件”，选用途，拖进来；带密级标志的不保存，只留记录。"),
            _l("PDF 和图片点“区分处理”：在不提供的内容上画框，逐处选依据；程序的建议逐处核对。"),
            _l("点“制作副本”：副本由图像重做，核对通过才保存；给申请人的只发副本。"),
        ),
        ("case_file", "redaction"),
        "/cases/N/files",
        "steps",
    ),
    Task(
        "answer",
        _l("答复"),
        _l("先想清楚是哪一种情形，再填这种情形的告知书必须写明的内容。"),
        (
            _l("案件页点答复的种类，再选情形（如“经检索没有”），表单只问这种情形要写的。"),
            _l("有几项内容的，展开“逐项填写”，每项选结果和理由；右边说明计入年度报告的哪一行。"),
            _l("点“文书”制作答复书：台账已有的自动带入，右边列出还缺什么、在哪里填。"),
            _l(
                "点“送审”：审核人、负责人看的就是将要发出的内容；公开的一律有不是拟稿人的人审查（条例第17条）。"
            ),
            _l("签发以后“制作”取得文号，再送达；送达的那一天就是办结的那一天。"),
        ),
        (
            "letter",
            "letter_template",
            "letter_number",
            "sign_off",
            "delegation",
            "step.new:disclosed",
            "step.new:partially_disclosed",
            "step.new:refused_",
            "step.new:unable_",
            "step.new:not_processed_",
        ),
        "/cases/N/letters",
        "outcomes",
    ),
    Task(
        "serve",
        _l("送达"),
        _l("文书送到了才算数：答复以送达之日结案。"),
        (
            _l("文书页点“送达”，填方式、交付或者交邮的日期、签收人或者邮件号，附凭证照片。"),
            _l("邮寄用挂号信或者特快专递；快递公司、到付的不收。"),
            _l("申请人同意电子送达的，先在“送达约定”登记，再从发件箱发出。"),
            _l("退回来的登记退件，再送一次；还没有送达的列在“待送达的文书”。"),
        ),
        ("letter_service", "agreement", "outbox"),
        "/letters-to-serve",
        "letters",
    ),
    Task(
        "correct",
        _l("更正和作废"),
        _l("登记错了不能涂改，由负责人更正或者作废，原记录保留。"),
        (
            _l("案件页“办理经过”里点那一条的“更正”，改成实际的日期或者内容，写明理由。"),
            _l("同一封信登记了两次的，作废一件；作废的编号不再使用，也不计入任何统计。"),
            _l("申请人的姓名、证件写错的，点“更正申请人”。"),
        ),
        ("correction",),
        "/cases/N/corrections/N",
        "steps",
    ),
    Task(
        "archive",
        _l("归档"),
        _l("办结的申请整理成卷：程序列出卷内材料，缺什么先说明。"),
        (
            _l("“登记簿”页点“归档”，从“待归档”里打开一件。"),
            _l("看卷内材料和还缺什么；缺的补上，或者写明理由。"),
            _l("填归档号、归档日、保管期限，归档；“下载案卷”是一个压缩包，每次下载写明事由。"),
            _l("归档以后又有新的材料、复议、诉讼的，重新列入待归档。"),
        ),
        ("archive",),
        "/archive",
        "practice",
    ),
    Task(
        "remedy",
        _l("复议和诉讼"),
        _l("收到复议、诉讼的副本，当天登记：答复、举证的期限由此算出。"),
        (
            _l("“登记簿”页打开行政复议、行政诉讼一本，登记案号、机关、关联的受理编号。"),
            _l("在这一条的页面点“收到副本”，填日期和程序；期限列在工作台并提醒承办人。"),
            _l("“汇集证据材料”把这件申请的全部材料编好目录和页码，下载成一份 PDF。"),
            _l("决定重新答复的，点“重新答复”：另有期限，做出来的文书照样送审、送达。"),
        ),
        ("register.rows:remedies", "register.show:remedies", "register.new:remedies", "bundle"),
        "/books/remedies",
        "steps",
    ),
    Task(
        "books",
        _l("登记簿"),
        _l("年度报告第一、二、四部分的数字出自登记簿，平时逐条登记，年底不用补。"),
        (
            _l("菜单“登记簿”选一本，点“登记”；或者从表格导入，先看每一行会怎样。"),
            _l("主动公开的，先由审核人审核，再填发布日期和渠道；没有审核的不能标记为已发布。"),
            _l("写错了点“修改”，旧值和理由都留下；登记重了“撤销登记”。"),
        ),
        ("register", "register_file", "personal", "refusal_review", "leaflet"),
        "/books",
        "kinds",
    ),
    Task(
        "report",
        _l("年度报告"),
        _l("法定期限以前公布（条例第49条），12月起工作台上方有倒计时；数字随时可看。"),
        (
            _l("菜单“年度报告”选一年；表三的每个数字都能点开，看后面是哪些申请。"),
            _l("第一、五、六部分点“编写”，先“为空白处生成草稿”，再据实修改。"),
            _l("“核对发现”逐条消除，或者写明原因。"),
            _l("负责人发布以后固定不变；要改的发更正版，各版都保留。可以下载 Word、PDF、Excel。"),
        ),
        ("report", "report_text", "report_check", "edition", "rollup", "statistics"),
        "/reports/N",
        "outcomes",
    ),
    Task(
        "import",
        _l("导入旧台账"),
        _l("原来登记在表格里的申请，拖进来就能接着用。"),
        (
            _l("菜单“导入”选文件（Excel、WPS、CSV），先看每个工作表、每一列读作什么。"),
            _l("拿不准的词（如“已办结”）决定一次，对所有写这个词的行有效。"),
            _l("看每一行的结果，确认以后才登记；没有导入的下载下来，最后一列是原因。"),
            _l("导错了由负责人“撤销导入”，整体作废，同一文件可以再来一次。"),
        ),
        ("imported",),
        "/imports",
        "kinds",
    ),
    Task(
        "calendar",
        _l("放假安排和期限试算"),
        _l("工作日按国务院办公厅的放假通知计算；通知没有公布的年份，期限是暂定的。"),
        (
            _l("菜单“日历”点“导入放假通知”，贴上通知全文，先看读出了什么、哪些期限会变。"),
            _l("本地另有放假的（如自治地方的节日），由负责人登记为“地方假日”并写明依据。"),
            _l("有人来问“哪一天能答复”的，用“期限试算”：填收到日期就能照着念。"),
        ),
        ("calendar", "what_if"),
        "/calendar",
        "terms",
    ),
    Task(
        "start",
        _l("设置本机关"),
        _l("第一次使用，或者换了人、换了单位、换了邮箱。"),
        (
            _l("菜单“开始使用”列出还缺什么，先后不限；没有机关名称的，什么也发不出去。"),
            _l("人员从表格粘贴，先看每一行会怎样；一次性密码剪开分发。"),
            _l("邮件填服务器以后试发一封，页面写出服务器每一步的答复。"),
            _l("条例没有规定的做法在“做法”里决定，每一项写明默认是什么、为什么。"),
        ),
        ("start", "particulars", "practice", "setting", "unit", "user", "people", "job", "audit"),
        "/start",
        "roles",
    ),
)
BY_KEY = {task.key: task for task in TASKS}
_BY_PAGE = {page: task.key for task in TASKS for page in task.pages}

# A walk through the sample office: what to look at, where, and what one must be allowed to.
TOUR = (
    (_l("工作台：今天到期的、超期的、等别人的，一眼看到"), "worklist.index", Action.READ),
    (_l("登记一封来信：一边填，右边一边算出答复期限和理由"), "registration.new", Action.REGISTER),
    (_l("台账：打开一件申请，看它的期限、合法的下一步和办理经过"), "case.index", Action.READ),
    (_l("期限试算：没有登记也能回答“哪一天答复”"), "what_if.show", Action.SIGNED_IN),
    (_l("登记簿：年度报告的数字从哪里来"), "register.index", Action.READ),
    (_l("统计：各月新收、按期答复率，每张图下面有数"), "statistics.index", Action.READ),
    (_l("年度报告：表三的每个数字都能点开"), "report.index", Action.READ),
)


def task_of(endpoint: str, parts: dict[str, Any]) -> str | None:
    """Return the key of the task that a page belongs to: the closest that names the page."""
    return next((_BY_PAGE[name] for name in _names(endpoint, parts) if name in _BY_PAGE), None)


def _names(endpoint: str, parts: dict[str, Any]) -> Iterator[str]:
    """Yield what a task may call a page by, the closest first."""
    for part in parts.values():
        yield f"{endpoint}:{part}"
        for place, letter in enumerate(str(part)):
            if letter == "_":
                yield f"{endpoint}:{str(part)[: place + 1]}"
    yield endpoint
    noun = endpoint.partition(".")[0]
    yield noun
    yield noun.partition("_")[0]
