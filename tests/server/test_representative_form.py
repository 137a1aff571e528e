"""The real server: a minor's request with guardian and agent, its letter, and whom it is served upon."""

import json
import re

LETTER = {
    "form": "letter",
    "triage": "request",
    "person": "欧阳小一",
    "channel": "in_person",
    "subject": "河道整治工程的招标文件",
    "id_kind": "resident_id",
    "id_number": "110105194912310021",
    "rep_1_role": "guardian",
    "rep_1_name": "欧阳大一",
    "form_wanted": "paper",
}


def test_a_request_of_a_minor_is_registered_found_and_corrected(demo):
    visitor = demo.visit("registrar")
    refused = visitor.fill("/register", LETTER)
    assert refused.status_code == 422
    assert "校验码相符，请核对" in refused.text

    page = visitor.fill("/register", {**LETTER, "id_kept": "户口簿上如此"})
    case = re.search(r"/cases/(\d+)$", page.url)[1]
    assert "欧阳大一" not in page.text
    assert "号码校验不符，登记人写明理由后保留" in page.text
    assert "监护关系的证明" in page.text
    assert f'href="/cases/{case}"' in visitor.get("/cases?text=欧阳大一").text
    assert "欧阳小一（法定代理人欧阳大一）" in visitor.get(f"/cases/{case}/letters/new/application").text

    acting = {"rep_2_role": "agent", "rep_2_name": "诸葛代理", "rep_2_gets_letters": "1", "why": "补交委托书"}
    corrected = visitor.fill(f"/cases/{case}/applicants", acting)
    assert "已更正申请人" in corrected.text
    shown = visitor.fill(f"/cases/{case}", {}, action=f"/cases/{case}/reveal")
    assert "诸葛代理" in shown.text
    assert "户口簿上如此" in shown.text

    exported = demo.folder.run("export")
    written = next(row for row in map(json.loads, exported.stdout.splitlines()) if "欧阳小一" in str(row))
    acting_for = [(who["role"], who["name"]) for who in written["representatives"]]
    assert acting_for == [("guardian", "欧阳大一"), ("agent", "诸葛代理")]
    assert written["wishes"] == {"form": "paper"}
