"""A vendor's list with what vendors' lists have wrong, read and waiting to be applied."""

import io

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Role
from app.accounts.viewers import Viewer
from app.catalog.importing import service
from app.catalog.importing.models import Import
from app.catalog.importing.options import Options

PUBLIC_ID = "example-list"
NAME = "数据集报价清单.csv"
LIST = """名称,供应商,类别,数量,语言,许可,说明
中文医学文献,明德数据,学术,2500万篇,中文,CC BY 4.0,2000 年以来的医学论文全文
裁判文书,明德数据,占星,1.2亿份,中文,,公开的裁判文书
多轮对话,明德数据,对话,约好几万,中文,,人工撰写
代码问答,明德数据,代码,300万条问答,中文；英文,Apache-2.0,带单元测试
合计,,,,,,"""


def make(session: Session) -> Import:
    """Return an import of the planner whose preview is ready."""
    account = session.scalars(select(Account).where(Account.role == Role.PLANNER)).first()
    if account is None:
        raise LookupError("a planner sends the list")
    found = service.read_local(
        session,
        NAME,
        io.BytesIO(LIST.encode()),
        Options(),
        actor=Viewer(account_id=account.id, name=account.name),
    )
    found.public_id = PUBLIC_ID
    session.flush()
    return found
