# The image of the portal: one stage builds the environment, the other runs it as nobody special.
FROM python:3.13-slim-bookworm AS build
WORKDIR /srv/peibi
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements-uv.lock requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv .venv \
 && .venv/bin/pip install --quiet --require-hashes -r requirements-uv.lock \
 && .venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes -r requirements.lock
COPY app ./app
COPY migrations ./migrations
COPY templates ./templates
COPY static ./static
COPY docs ./docs
# Whoever runs the image may not write bytecode beside the code: compile it now.
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable . \
 && .venv/bin/python -m compileall -q app migrations


FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/peibi --create-home peibi
WORKDIR /srv/peibi
COPY --from=build --chown=root:root /srv/peibi /srv/peibi
ENV PATH=/srv/peibi/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PEIBI_HOST=0.0.0.0 \
    PEIBI_DATA_DIR=/var/lib/peibi \
    PEIBI_LOG_FORMAT=json
USER peibi
VOLUME /var/lib/peibi
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["peibi", "serve"]
