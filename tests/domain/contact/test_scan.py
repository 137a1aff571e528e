"""What the lines of a letter suggest: a dozen shapes of letters, and what gives nothing."""

import pytest

from tracker.domain.contact.scan import ScanLine, suggestions

LETTER = """政府信息公开申请书
云溪市自然资源局：
根据《中华人民共和国政府信息公开条例》，现申请公开以下信息：
一、2024年青云路三十二号地块的规划许可证及附图；
二、该地块的征收补偿安置方案。
申请人：王晓明
联系电话：138 1234 5678
联系地址：云溪市青云区人民路12号3栋2单元501室
邮政编码：330000
此致
敬礼
申请人（签名）：王晓明
二〇二六年十一月二十日"""
FORM = """云溪市政府信息公开申请表
申请人信息\t公民\t姓　名\t欧阳春\t工作单位\t云溪市第一中学
证件名称\t身份证\t证件号码\t110101199003078515
通信地址\t云溪市东湖区解放路8号\t邮政编码\t330006
联系电话\t0791-8612 3456\t传真\t0791-86120000
申请人签名或者盖章\t欧阳春
申请时间\t2026年3月2日
所需政府信息内容描述\t2025年度东湖区老旧小区改造的
中标结果和合同金额
所需信息的用途\t个人了解"""
PLAIN = """关于公开青云路拆迁许可的申请
尊敬的领导：
您好！我家住在青云路，想知道拆迁许可证是哪天发的，请给我一份复印件。
我的电话是13912345678。
此致
敬礼！
张建国
2026.1.6"""
GLUED = """申请人：刘芳联系电话：(010)62345678
地址：北京市海淀区中关村南大街5号
院2号楼
事由：要求公开小区物业费备案文件"""
COMPANY = """申请单位：云溪市宏达建筑工程有限公司（盖章）
法定代表人：赵四
联系人：李梅 手机：+86 137-0000-1234
住所：云溪市高新区科技三路66号
申请公开内容：2023年至2025年本市建筑垃圾处置核准文件目录
日期：2026/4/30"""
VISITED = """局长：
我向贵局申请公开西山水库除险加固工程的招标
公告、中标通知书。请邮寄给我。
村民：陈水根
二0二六年五月七日"""


def suggested(text):
    result = {}
    for each in suggestions([ScanLine(1, line) for line in text.splitlines()]):
        result.setdefault(each.kind, []).append(each.value)
    return result


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        (
            LETTER,
            {
                "person": ["王晓明"],
                "phone": ["13812345678"],
                "address": ["云溪市青云区人民路12号3栋2单元501室"],
                "subject": [
                    "一、2024年青云路三十二号地块的规划许可证及附图；\n二、该地块的征收补偿安置方案。"
                ],
                "dated_on": ["2026-11-20"],
            },
        ),
        (
            FORM,
            {
                "person": ["欧阳春"],
                "phone": ["0791-86123456"],
                "address": ["云溪市东湖区解放路8号"],
                "subject": ["2025年度东湖区老旧小区改造的中标结果和合同金额"],
                "dated_on": ["2026-03-02"],
            },
        ),
        (
            PLAIN,
            {
                "person": ["张建国"],
                "phone": ["13912345678"],
                "subject": ["关于公开青云路拆迁许可的申请"],
                "dated_on": ["2026-01-06"],
            },
        ),
        (
            GLUED,
            {
                "person": ["刘芳"],
                "phone": ["010-62345678"],
                "address": ["北京市海淀区中关村南大街5号院2号楼"],
                "subject": ["要求公开小区物业费备案文件"],
            },
        ),
        (
            COMPANY,
            {
                "person": ["云溪市宏达建筑工程有限公司"],
                "phone": ["13700001234"],
                "address": ["云溪市高新区科技三路66号"],
                "subject": ["2023年至2025年本市建筑垃圾处置核准文件目录"],
                "dated_on": ["2026-04-30"],
            },
        ),
        (
            VISITED,
            {
                "person": ["陈水根"],
                "subject": ["西山水库除险加固工程的招标公告、中标通知书。"],
                "dated_on": ["2026-05-07"],
            },
        ),
        (
            "姓 名：阿依古丽·买买提\n联系方式：8612-3456",
            {"person": ["阿依古丽·买买提"], "phone": ["8612-3456"]},
        ),
        (
            "联系人：孙丽\n手机：13800138000 13900139000",
            {"person": ["孙丽"], "phone": ["13800138000", "13900139000"]},
        ),
    ],
    ids=[
        "letter",
        "form in cells",
        "plain letter",
        "labels run together",
        "company",
        "signed as 村民",
        "·",
        "联系人",
    ],
)
def test_a_letter_suggests_who_wrote_it_how_to_reach_them_what_for_and_its_day(letter, expected):
    assert suggested(letter) == expected


@pytest.mark.parametrize(
    "letter",
    [
        "",
        "锟斤拷 烫烫烫 #@! 0000 ////\n1 l | I\n。。。、、",
        "春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多少。",
        "姓名\t\t性别\t\t民族\n联系电话\n通信地址\n日期：    年  月  日",
        "申请人：（签名）\n联系电话：1381234567\n地址：同上\n日期：2026年13月40日\n所需信息：见附件",
        "身份证号：110101199003078515\n银行账号：6222021234567890123\n传真：0791-86120000\n邮编：330000",
        "法定代表人：赵四\n代理人姓名：钱五\n受理机关名称：云溪市自然资源局\n电子邮箱地址：x@example.com",
        "发票\n金额 1,234.00元\n开票日期 见章\n收款人 张三",
    ],
    ids=[
        "empty",
        "noise",
        "a poem",
        "an empty form",
        "half filled in",
        "other numbers",
        "other people",
        "an invoice",
    ],
)
def test_what_is_no_letter_or_says_nothing_suggests_nothing(letter):
    assert suggested(letter) == {}


def test_a_suggestion_names_the_line_and_the_page_that_it_was_taken_from():
    lines = [ScanLine(1, "附页"), ScanLine(2, "联系电话：\t13812345678\t传真：无")]
    assert [(each.page, each.line) for each in suggestions(lines)] == [
        (2, "联系电话：  13812345678  传真：无")
    ]


def test_a_hostile_line_does_not_hold_the_reader_up():
    lines = [ScanLine(1, sign * 5000) for sign in ("申请", "姓 ", "0791-", "一、", "（(", "号\t", "关于申请")]
    assert suggested("\n".join(line.text for line in lines)) == {}
