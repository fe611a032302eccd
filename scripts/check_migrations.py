"""Fail if the models and the migrations differ, or a migration cannot be taken back and redone."""

import sys

from alembic import command
from alembic.util import CommandError
from sqlalchemy import create_engine

from app.postgres import embedded
from app.schema import alembic_config


def main() -> int:
    """Upgrade, downgrade and upgrade a throw-away database, then compare it with the models."""
    config = alembic_config()
    with embedded.throwaway() as url:
        engine = create_engine(url)
        for step, target in (("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head")):
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                getattr(command, step)(config, target)
        try:
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.check(config)
        except CommandError as error:
            print(error)
            return 1
        finally:
            engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
