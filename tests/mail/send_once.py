"""A worker that makes one attempt at one mail: a process that a test can kill."""

import sys

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.jobs import runner
from app.mail import sending
from app.settings import Settings

if __name__ == "__main__":
    url, job = sys.argv[1:]
    kind = sending.job_kind(Settings())
    runner.run_job(sessionmaker(create_engine(url)), {kind.code: kind}, job)
