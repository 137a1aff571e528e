"""Commands for users: add one, set a password."""

import click

from tracker import now as wall
from tracker.cli.ending import RefusedError, say, show
from tracker.cli.frame import office_open, tracker
from tracker.domain.permission import PEOPLE, Role
from tracker.services.office import user
from tracker.services.office.agency import default_agency


@tracker.group("user")
def user_group() -> None:
    """用户。"""


@user_group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in PEOPLE])
)
@click.option("--email", default="")
def user_add(login: str, name: str, roles: tuple[str, ...], email: str) -> None:
    """新增用户并显示一次性密码。"""
    with office_open():
        agency = default_agency()
        if agency is None:
            raise RefusedError("这里还没有机关：请先运行 tracker init。")
        held = [Role(role) for role in roles]
        _, password = user.create_by_command(
            agency_id=agency.id, login=login, name=name, roles=held, email=email, now=wall.now()
        )
        say(f"用户 {login} 的一次性密码（仅显示这一次）：")
        show(password, done=f"用户 {login} 已经新增：请运行 tracker user password {login} 另设密码。")


@user_group.command("password")
@click.argument("login")
def user_password(login: str) -> None:
    """重置一个用户的密码并显示一次性密码。"""
    with office_open():
        password = user.set_password(login, now=wall.now())
        show(password, done=f"用户 {login} 的密码已经重置，原来的不能再用：请再重置一次。")
