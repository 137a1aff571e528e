"""The real server: a letter of three people is registered line by line without a script, and corrected."""

import json
import re

from tests.server.conftest import Seen, Shown, Visitor

LETTER = {
    "form": "letter",
    "triage": "request",
    "person": "欧阳一一",
    "channel": "in_person",
    "subject": "河道整治工程的招标文件",
}
SECOND = {"further_2_name": "诸葛二二", "further_2_phone": "13900001234"}
THIRD = {"further_3_name": "司徒三三"}


def more(visitor: Visitor, shown: Shown, typed: dict[str, str]) -> Shown:
    """Press 再加一人; return the form as it comes back."""
    answer = visitor.send("/register", shown, {**typed, "more": "1"})
    assert answer.status_code == 200
    return next(
        form for form in Seen(answer.text).forms if "subject" in dict(each[:2] for each in form.fields)
    )


def test_three_people_are_typed_line_by_line_found_and_corrected(demo):
    visitor = demo.visit("registrar")
    shown = more(visitor, visitor.form("/register"), LETTER)
    shown = more(visitor, shown, SECOND)
    fields = {name: value for name, value, _ in shown.fields}
    assert {name: fields[name] for name in (*LETTER, *SECOND)} == {**LETTER, **SECOND}

    page = visitor.send("/register", shown, THIRD)

    case = re.search(r"/cases/(\d+)$", page.url)[1]
    assert "共同申请，共3人" in page.text
    assert "诸葛二二" not in page.text
    assert f'href="/cases/{case}"' in visitor.get("/cases?text=司徒三三").text
    assert "欧＊＊＊等3人" in visitor.get("/cases?text=司徒三三").text
    assert "欧阳一一、诸葛二二、司徒三三：" in visitor.get(f"/cases/{case}/slip").text

    refused = visitor.fill(f"/cases/{case}/applicants", {"further_3_name": "", "why": "写错"})
    assert refused.status_code == 422
    assert "请填写第3申请人的姓名或者名称。" in refused.text
    gone = visitor.fill(f"/cases/{case}/applicants", {"further_3_removed": "1", "why": "来件没有此人"})
    assert "共同申请，共2人" in gone.text

    exported = demo.folder.run("export")
    written = next(row for row in map(json.loads, exported.stdout.splitlines()) if "欧阳一一" in str(row))
    assert exported.returncode == 0
    assert [who["name"] for who in written["joint"]] == ["诸葛二二"]
