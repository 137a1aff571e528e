"""The guide in the handbook: from each page to its task, by search, and the tour of the sample office."""

import pytest

from tests.web.page.test_guard import PARTS
from tracker.domain.case.workflow import STEPS
from tracker.domain.permission import Role
from tracker.web.office.guide import BY_KEY, TASKS, task_of
from tracker.web.office.handbook import CHAPTERS


def test_each_page_leads_to_the_task_it_belongs_to(on_sqlite):
    views = on_sqlite.url_map.bind("localhost")
    pages = {
        "/cases/1/steps/ask_supplement": "supplement",
        "/cases/1/steps/refused_internal_affairs": "answer",
        "/cases/1/steps/withdraw": "case",
        "/books/remedies": "remedy",
        "/books/trainings": "books",
        "/register": "register",
    }

    assert {at: task_of(*views.match(at)) for at in pages} == pages


def test_every_page_has_a_task_and_every_task_its_chapter(on_sqlite):
    without = {
        rule.endpoint
        for rule in on_sqlite.url_map.iter_rules()
        if "GET" in rule.methods
        and task_of(rule.endpoint, {n: PARTS[n] for n in rule.arguments if n in PARTS}) is None
    }

    assert without == {"static", "health.show", *(e for e in on_sqlite.view_functions if e in PLACELESS)}
    assert {task.chapter for task in TASKS} <= set(CHAPTERS)
    steps = {page.removeprefix("step.new:") for task in TASKS for page in task.pages if "step.new:" in page}
    assert [name for name in steps if not any(step.name.startswith(name) for step in STEPS)] == []


PLACELESS = ("handbook.show", "handbook.read", "handbook.task", "handbook.desk", "handbook.tour")


@pytest.fixture
def clerk(sign_in):
    return sign_in(Role.REGISTRAR)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_guide_is_read_by_task_and_found_by_its_words(app, clerk):
    assert f'href="/handbook/tasks/{task_of("registration.new", {})}"' in clerk.get("/register").text
    for key, task in BY_KEY.items():
        page = clerk.get(f"/handbook/tasks/{key}").text
        assert str(task.steps[0]) in page
    found = clerk.get("/handbook?text=第42条").text
    assert 'href="/handbook/tasks/fee"' in found
    assert "<mark>第42条</mark>" in found
    assert 'href="/handbook/fees"' in clerk.get("/handbook?text=信息处理费").text
    assert "手册里没有这几个字" in clerk.get("/handbook?text=<量子>").text
    assert clerk.get("/handbook/tasks/nothing").status_code == 404
