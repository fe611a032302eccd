"""Pages of quotes with 1,000 requests of two lots and 20 vendors each: list and comparison."""

import gc
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

from app.accounts import tokens
from app.main import create_app
from app.postgres import embedded
from app.schema import migrate
from app.settings import Settings
from benchmarks.measuring import percentile

REQUESTS, VENDORS, LOTS = 1_000, 20, 2
MOST_MILLISECONDS = 100

# In one go, past the triggers that keep what was submitted.
FILL = """
SET session_replication_role = replica;
INSERT INTO organisation (kind, slug, name_zh, name_en) VALUES ('team', 'team', '团队', 'Team');
INSERT INTO organisation (kind, slug, name_zh, name_en)
    SELECT 'vendor', 'vendor-' || v, '供应商' || v, 'Vendor ' || v
    FROM generate_series(1, {vendors}) AS v;
INSERT INTO account (public_id, organisation_id, email, name, role, joined_at)
    SELECT 'buyer', id, 'buyer@example.com', 'Buyer', 'approver', clock_timestamp()
    FROM organisation WHERE kind = 'team';
INSERT INTO rfq (public_id, number, title, state, currency, deadline, terms, owner_id, owner_name,
        opened_at, closed_at, rates)
    SELECT 'r' || r, 'RFQ-2026-' || r, 'Request ' || r, 'closed', 'CNY',
        clock_timestamp() - interval '1 day',
        '{{"validity_days": 30, "security": {{"workplace": "buyers_tool"}}}}', a.id, a.name,
        clock_timestamp() - interval '9 days', clock_timestamp(),
        '{{"base": "CNY", "rates": {{"USD":
            {{"rate": "7.12", "date": "2026-11-20", "source": "x"}}}}}}'
    FROM generate_series(1, {requests}) AS r, account AS a;
INSERT INTO rfq_lot (public_id, rfq_id, number, title, task, modality, unit, volume,
        requirements)
    SELECT 'l' || r.id || '-' || n, r.id, n, 'Lot ' || n, 'sft_writing', 'text', 'question', 200000,
        '{{"quality": {{"metric": "accuracy", "target": "0.97"}}, "rework": {{"rounds": 2}}}}'
    FROM rfq AS r, generate_series(1, {lots}) AS n;
INSERT INTO rfq_invitation (public_id, rfq_id, organisation_id, state, invited_by_name)
    SELECT 'i' || r.id || '-' || o.id, r.id, o.id, 'quoted', 'Buyer'
    FROM rfq AS r, organisation AS o WHERE o.kind = 'vendor';
INSERT INTO quote (public_id, rfq_id, invitation_id, revision, state, currency, valid_until,
        tax_rate, tax_included, created_by_name, submitted_at)
    SELECT 'q' || id, rfq_id, id, 1, 'submitted',
        CASE WHEN mod(id, 2) = 0 THEN 'CNY' ELSE 'USD' END,
        clock_timestamp() + interval '30 days', 0.06, mod(id, 3) = 0, 'Vendor', clock_timestamp()
    FROM rfq_invitation;
INSERT INTO quote_line (public_id, rfq_id, quote_id, lot_id, setup_fee, acceptance_rate, lead_days,
        terms)
    SELECT 'n' || q.id || '-' || l.id, q.rfq_id, q.id, l.id, 1000, 0.95, 30,
        '{{"quality_target": "0.97", "rework_rounds": 2, "workplace": "vpn", "per_week": "20000"}}'
    FROM quote AS q JOIN rfq_lot AS l ON l.rfq_id = q.rfq_id;
INSERT INTO quote_tier (line_id, from_quantity, unit_price)
    SELECT id, f, 7 - f / 50000.0 + mod(id, 10) / 10.0
    FROM quote_line, (VALUES (1), (50001)) AS t (f);
SET session_replication_role = origin;
ANALYZE;
"""


def main() -> None:
    """Fill a database, ask for pages one after another, and print what they took."""
    with embedded.throwaway() as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        migrate(create_engine(url))
        secret = tokens.new_secret()
        with engine.connect() as connection:
            fill = FILL.format(requests=REQUESTS, vendors=VENDORS, lots=LOTS)
            connection.exec_driver_sql(fill)
            connection.execute(
                text(
                    "INSERT INTO web_session (public_id, token_hash, account_id, signed_in_by,"
                    " user_agent, address) SELECT 's', :hash, id, 'password', 'bench', '-'"
                    " FROM account"
                ),
                {"hash": tokens.hash_secret(secret)},
            )
        engine.dispose()
        print(table(url, secret))


def table(url: str, secret: str) -> str:
    """Return what the pages take, as lines of text."""
    heads = ("p50 ms", "p99 ms", "own p50", "own p99")
    lines = [f"{'quotes, one client':26} {'asked':>6} {' '.join(f'{one:>8}' for one in heads)}"]
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(Settings(data_dir=Path(directory), jobs_in_process=False), url)
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        with TestClient(app) as client:
            client.cookies.set("peibi_session", secret, domain="testserver.local")
            for name, addresses in (
                # What any page costs on this machine at this moment.
                ("a page with an empty list", ["/rfqs/rate-cards"] * 200),
                ("list", ["/rfqs", "/rfqs?state=closed", "/rfqs?q=Request+77"] * 70),
                ("one request", [f"/rfqs/r{n}" for n in range(1, 201)]),
                ("comparison, 20 vendors", [f"/rfqs/r{n}/comparison" for n in range(1, 201)]),
                ("comparison by API", [f"/api/v1/rfqs/r{n}/comparison" for n in range(1, 201)]),
            ):
                times = [_ask(client, address) for address in addresses[:10] + addresses][10:]
                shown = [
                    percentile([one[which] for one in times], share)
                    for which in (0, 1)
                    for share in (50, 99)
                ]
                figures = " ".join(f"{one:8.2f}" for one in shown)
                lines.append(f"{name:26} {len(times):6} {figures}  <= {MOST_MILLISECONDS}")
    return "\n".join(lines) + "\n"


def _ask(client: TestClient, address: str) -> tuple[float, float]:
    """Return what an answer took, and how much of it this process worked: milliseconds."""
    started, worked = time.perf_counter(), time.process_time()
    answer = client.get(address)
    took = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    if answer.status_code != 200:  # noqa: PLR2004
        message = f"{address} answered {answer.status_code}."
        raise RuntimeError(message)
    return took


if __name__ == "__main__":
    main()
