"""Send files to imports without a browser: kept in a store, read, applied."""

from pathlib import Path

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.importing import queries, service
from app.catalog.importing.models import Import, ImportRow
from app.catalog.importing.options import Options
from app.catalog.importing.purpose import IMPORT_FILE
from app.files import service as files
from app.files.receiving import Receiver
from app.files.storage import FileStorage

NOBODY = Viewer(account_id=None, name="command line")

LIST = """名称,供应商,类别,数量,语言,许可,说明
医学文献库,甲数据公司,学术,2500万篇,中文,CC BY 4.0,一批医学论文
法律文书,甲数据公司,法律,1.2亿份,中文,,裁判文书
对话集,甲数据公司,对话,3万轮对话,中文,,"""


def storage_in(directory: Path) -> FileStorage:
    return FileStorage.open(None, directory / "files")


def send(
    session: Session,
    storage: FileStorage,
    content: str | bytes,
    name: str = "list.csv",
    *,
    chosen: Options | None = None,
    viewer: Viewer = NOBODY,
) -> Import:
    """Return an import whose small file has been read."""
    raw = content.encode() if isinstance(content, str) else content
    receiver = Receiver(storage, IMPORT_FILE, name, max_bytes=10**9)
    receiver.write(raw)
    stored = files.keep_file(session, receiver.finish(), created_by_id=viewer.account_id)
    return service.start_import(
        session, stored, chosen or Options(), viewer=viewer, storage=storage
    )


def rows_of(session: Session, found: Import) -> list[ImportRow]:
    return queries.list_rows(session, found, limit=10_000).rows


def apply(session: Session, found: Import, viewer: Viewer = NOBODY) -> Import:
    service.apply_import(session, found, viewer=viewer)
    return found
