"""Write anchor files: where each hash chain ends, kept outside the machine; change the key of the chains."""

import sys
from pathlib import Path

import click

from tracker import now as wall
from tracker.cli.ending import RefusedError, say, show, why
from tracker.cli.frame import FILE, FINDINGS, check_readable, office_open, tracker
from tracker.services.case import chain
from tracker.services.copy import anchor as anchors
from tracker.services.office.actor import COMMAND
from tracker.services.operations import rekey


@tracker.command()
@click.argument("folder", type=FILE, required=False)
@click.option("--check", "kept", type=FILE, help="核对一个以前写出的锚定文件")
def anchor(folder: Path | None, kept: Path | None) -> None:
    """写出各链条末尾的锚定文件和时间戳请求（RFC 3161），供另行保存。"""
    if kept is not None:
        check_readable(kept)
    with office_open():
        if kept is not None:
            problems = list(anchors.against(kept))
            for message in problems:
                show(message)
            say(f"发现{len(problems)}处问题。" if problems else "与锚定文件相符。")
            sys.exit(FINDINGS if problems else 0)
        try:
            path, request = anchors.write(folder, now=wall.now())
        except OSError as error:
            place = error.filename or folder or anchors.FOLDER
            raise RefusedError(f"{place}：锚定文件没有写成：{why(error)}。") from error
    say(f"已写出：{path}")
    say(f"时间戳请求：{request}。送交时间戳服务：")
    header = '-H "Content-Type: application/timestamp-query"'
    say(f"  curl {header} --data-binary @{request.name} 服务地址 > {path.stem}.tsr")
    say("请把这些文件保存到本机以外的地方。")


@tracker.command("rotate-chain-key")
def rotate_chain_key() -> None:
    """更换各链条和封存日志的密钥（由 secret.key 另行派生），更换记入链条。"""
    with office_open():
        chain.rotate(actor=COMMAND, now=wall.now())
    say("已更换链条密钥；以前的记录仍可核对。")


@tracker.command("rotate-key")
def rotate_key() -> None:
    """换一把新的 secret.key，全部加密内容重新加密；请先停止服务。

    旧密钥可能被人拷走时使用。
    """
    with office_open():
        done = rekey.change(actor=COMMAND, now=wall.now())
    say(f"已换新密钥：重新加密{done.fields}个字段、{done.uploads}个文件，记入审计日志。{done.said}")
    say(f"以前的备份和锚定文件只有旧密钥才能打开，已移到 {done.aside}。")
    say("请另行保存新的 secret.key；旧密钥移到别处保存，不要留在本机。其他主机请换上同一把新密钥。")
