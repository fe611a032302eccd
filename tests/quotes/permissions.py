# ruff: noqa: E501  the rows of a table stay on one line
"""Who is answered what on each route of requests and quotes: the table of permissions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A route on an item of the scene, and the status for each person in the order of PEOPLE."""

    item: str
    route: str
    expected: tuple[int, ...]


# The columns are `scene.PEOPLE`:
# viewer planner buyer approver admin own rival outsider anonymous
TABLE = """
# The team's pages
open      GET    /rfqs                                                          200 200 200 200 200 303 303 303 401
open      GET    /rfqs/settings                                                 200 200 200 200 200 403 403 403 401
open      POST   /rfqs/settings/rates                                           403 403 303 403 303 403 403 403 401
open      POST   /rfqs/settings/rules                                           403 403 403 403 303 403 403 403 401
open      GET    /rfqs/new                                                      403 403 200 403 403 403 403 403 401
open      POST   /rfqs/new                                                      403 403 303 403 403 403 403 403 401
draft     GET    /rfqs/{rfq_id}                                                 200 200 200 200 200 404 404 404 401
open      GET    /rfqs/{rfq_id}                                                 200 200 200 200 200 303 303 404 401
closed    GET    /rfqs/{rfq_id}                                                 200 200 200 200 200 303 303 404 401
draft     GET    /rfqs/{rfq_id}/timeline                                        200 200 200 200 200 404 404 404 401
open      GET    /rfqs/{rfq_id}/timeline                                        200 200 200 200 200 303 303 404 401
draft     GET    /rfqs/{rfq_id}/edit/{step}                                     403 403 200 403 403 404 404 404 401
open      GET    /rfqs/{rfq_id}/edit/{step}                                     403 403 200 403 403 404 404 404 401
draft     POST   /rfqs/{rfq_id}/edit/{step}                                     403 403 303 403 403 404 404 404 401
closed    POST   /rfqs/{rfq_id}/edit/{step}                                     403 403 409 403 403 404 404 404 401
draft     GET    /rfqs/{rfq_id}/edit/lots/{number}                              403 403 200 403 403 404 404 404 401
draft     POST   /rfqs/{rfq_id}/edit/lots/{number}                              403 403 303 403 403 404 404 404 401
open      POST   /rfqs/{rfq_id}/edit/lots/{number}                              403 403 409 403 403 404 404 404 401
draft     POST   /rfqs/files/{rfq_id}                                           403 403 303 403 403 403 403 403 401
closed    POST   /rfqs/files/{rfq_id}                                           403 403 409 403 403 403 403 403 401
draft     POST   /rfqs/{rfq_id}/files/{attachment_id}/remove                    403 403 303 403 403 404 404 404 401
draft     POST   /rfqs/{rfq_id}/invite                                          403 403 303 403 403 404 404 404 401
open      POST   /rfqs/{rfq_id}/invite                                          403 403 303 403 403 404 404 404 401
closed    POST   /rfqs/{rfq_id}/invite                                          403 403 409 403 403 404 404 404 401
draft     POST   /rfqs/{rfq_id}/invitations/{invitation_id}/link                403 403 200 403 403 404 404 404 401
open      POST   /rfqs/{rfq_id}/invitations/{invitation_id}/link                403 403 409 403 403 403 403 404 401
draft     POST   /rfqs/{rfq_id}/ask-approval                                    403 403 303 403 403 404 404 404 401
draft     POST   /rfqs/{rfq_id}/open                                            403 403 303 303 403 404 404 404 401
open      POST   /rfqs/{rfq_id}/open                                            403 403 409 409 403 404 404 404 401
open      POST   /rfqs/{rfq_id}/extend                                          403 403 303 303 403 404 404 404 401
closed    POST   /rfqs/{rfq_id}/extend                                          403 403 409 409 403 404 404 404 401
draft     POST   /rfqs/{rfq_id}/cancel                                          403 403 303 303 403 404 404 404 401
open      POST   /rfqs/{rfq_id}/cancel                                          403 403 303 303 403 404 404 404 401
closed    POST   /rfqs/{rfq_id}/cancel                                          403 403 303 303 403 404 404 404 401
decided   POST   /rfqs/{rfq_id}/cancel                                          403 403 409 409 403 404 404 404 401
open      POST   /rfqs/files/{rfq_id}/questions/{question_id}                   403 403 303 403 403 403 403 403 401
open      GET    /rfqs/{rfq_id}/comparison                                      409 409 409 409 409 404 404 404 401
closed    GET    /rfqs/{rfq_id}/comparison                                      200 200 200 200 200 404 404 404 401
open      GET    /rfqs/{rfq_id}/comparison.{kind}                               409 409 409 409 409 404 404 404 401
closed    GET    /rfqs/{rfq_id}/comparison.{kind}                               200 200 200 200 200 404 404 404 401
open      GET    /rfqs/{rfq_id}/lots/{number}/decide                            403 403 403 409 403 403 403 403 401
closed    GET    /rfqs/{rfq_id}/lots/{number}/decide                            403 403 403 200 403 403 403 403 401
open      POST   /rfqs/{rfq_id}/lots/{number}/decide                            403 403 403 409 403 403 403 403 401
closed    POST   /rfqs/{rfq_id}/lots/{number}/decide                            403 403 403 303 403 403 403 403 401
decided   POST   /rfqs/{rfq_id}/lots/{number}/decide                            403 403 403 409 403 403 403 403 401
open      GET    /rfqs/{rfq_id}/request.pdf                                     200 200 200 200 200 200 200 404 401
open      GET    /rfqs/{rfq_id}/quotes/{quote_id}.pdf                           404 404 404 404 404 200 404 404 401
closed    GET    /rfqs/{rfq_id}/quotes/{quote_id}.pdf                           200 200 200 200 200 200 404 404 401
closed    GET    /rfqs/{rfq_id}/award.pdf                                       404 404 404 404 404 404 404 404 401
decided   GET    /rfqs/{rfq_id}/award.pdf                                       200 200 200 200 200 404 404 404 401
decided   POST   /rfqs/{rfq_id}/lots/{number}/entry                             403 403 403 409 403 404 404 404 401
decided   POST   /rfqs/{rfq_id}/lots/{number}/draft                             403 409 403 403 409 404 404 404 401
open      GET    /rfqs/rate-cards                                               200 200 200 200 200 303 303 303 401
open      POST   /rfqs/rate-cards                                               403 403 422 403 403 422 422 422 401
open      POST   /rfqs/rate-cards/{card_id}/withdraw                            403 403 409 403 403 303 404 404 401
open      GET    /api/v1/rfqs/{rfq_id}/indication                               200 200 200 200 200 404 404 404 401
# A vendor's pages
open      GET    /quotes                                                        303 303 303 303 303 200 200 200 401
open      GET    /quotes/rate-cards                                             303 303 303 303 303 200 200 200 401
open      POST   /quotes/rate-cards                                             403 403 422 403 403 303 303 303 401
open      POST   /quotes/rate-cards/{card_id}/withdraw                          403 403 409 403 403 303 404 404 401
open      GET    /quotes/{rfq_id}                                               303 303 303 303 303 200 200 404 401
draft     GET    /quotes/{rfq_id}                                               303 303 303 303 303 404 404 404 401
open      POST   /quotes/files/{rfq_id}/questions                               403 403 403 403 403 303 303 404 401
open      POST   /quotes/files/{rfq_id}/questions/{question_id}                 403 403 403 403 403 303 404 404 401
open      POST   /quotes/{rfq_id}/decline                                       404 404 404 404 404 409 409 404 401
answering POST   /quotes/{rfq_id}/decline                                       404 404 404 404 404 303 303 404 401
answering GET    /quotes/{rfq_id}/quote                                         404 404 404 404 404 200 200 404 401
answering POST   /quotes/{rfq_id}/quote                                         404 404 404 404 404 303 409 404 401
answering GET    /quotes/{rfq_id}/review                                        404 404 404 404 404 200 303 404 401
answering POST   /quotes/{rfq_id}/submit                                        404 404 404 404 404 303 409 404 401
answering POST   /quotes/{rfq_id}/discard                                       404 404 404 404 404 303 303 404 401
answering POST   /quotes/files/{rfq_id}                                         403 403 403 403 403 303 409 404 401
answering POST   /quotes/{rfq_id}/files/{attachment_id}/remove                  404 404 404 404 404 303 409 404 401
open      GET    /quotes/{rfq_id}/revisions/{revision}                          404 404 404 404 404 200 200 404 401
open      POST   /quotes/{rfq_id}/revisions/{revision}/revise                   404 404 404 404 404 303 303 404 401
open      POST   /quotes/{rfq_id}/revisions/{revision}/withdraw                 404 404 404 404 404 303 303 404 401
closed    POST   /quotes/{rfq_id}/revisions/{revision}/withdraw                 404 404 404 404 404 409 409 404 401
# Files
draft     GET    /files/{key}                                                   200 200 200 200 200 404 404 404 404
open      GET    /files/{key}                                                   200 200 200 200 200 200 200 404 404
answering GET    /files/{key}                                                   404 404 404 404 404 200 404 404 404
# The API
open      GET    /api/v1/rfqs                                                   200 200 200 200 200 200 200 200 401
open      POST   /api/v1/rfqs                                                   403 403 201 403 403 403 403 403 401
draft     GET    /api/v1/rfqs/{rfq_id}                                          200 200 200 200 200 404 404 404 401
open      GET    /api/v1/rfqs/{rfq_id}                                          200 200 200 200 200 200 200 404 401
draft     PATCH  /api/v1/rfqs/{rfq_id}                                          403 403 200 403 403 404 404 404 401
open      PATCH  /api/v1/rfqs/{rfq_id}                                          403 403 200 403 403 403 403 404 401
closed    PATCH  /api/v1/rfqs/{rfq_id}                                          403 403 409 403 403 403 403 404 401
draft     POST   /api/v1/rfqs/{rfq_id}/open                                     403 403 200 200 403 404 404 404 401
draft     POST   /api/v1/rfqs/{rfq_id}/request-approval                         403 403 200 403 403 404 404 404 401
open      POST   /api/v1/rfqs/{rfq_id}/close                                    403 403 409 409 403 403 403 404 401
closed    POST   /api/v1/rfqs/{rfq_id}/close                                    403 403 200 200 403 403 403 404 401
open      POST   /api/v1/rfqs/{rfq_id}/extend                                   403 403 200 200 403 403 403 404 401
open      POST   /api/v1/rfqs/{rfq_id}/cancel                                   403 403 200 200 403 403 403 404 401
open      POST   /api/v1/rfqs/{rfq_id}/rates                                    403 403 409 403 403 403 403 404 401
closed    POST   /api/v1/rfqs/{rfq_id}/rates                                    403 403 409 403 403 403 403 404 401
open      GET    /api/v1/rfqs/{rfq_id}/comparison                               409 409 409 409 409 404 404 404 401
closed    GET    /api/v1/rfqs/{rfq_id}/comparison                               200 200 200 200 200 404 404 404 401
open      GET    /api/v1/rfqs/{rfq_id}/events                                   200 200 200 200 200 200 200 404 401
open      GET    /api/v1/rfqs/{rfq_id}/invitations                              200 200 200 200 200 200 200 404 401
open      POST   /api/v1/rfqs/{rfq_id}/invitations                              403 403 201 403 403 403 403 404 401
draft     POST   /api/v1/rfqs/{rfq_id}/invitations/{invitation_id}/link         403 403 200 403 403 404 404 404 401
open      POST   /api/v1/rfqs/{rfq_id}/invitations/{invitation_id}/link         403 403 409 403 403 403 403 404 401
open      POST   /api/v1/rfqs/{rfq_id}/invitations/{invitation_id}/remind       403 403 200 403 403 403 403 404 401
answering POST   /api/v1/rfqs/{rfq_id}/decline                                  403 403 403 403 403 200 200 404 401
open      GET    /api/v1/rfqs/{rfq_id}/questions                                200 200 200 200 200 200 200 404 401
open      POST   /api/v1/rfqs/{rfq_id}/questions                                403 403 403 403 403 201 201 404 401
open      POST   /api/v1/rfqs/{rfq_id}/questions/{question_id}/answer           403 403 200 403 403 403 403 404 401
open      POST   /api/v1/rfqs/{rfq_id}/lots/{lot_id}/award                      403 403 403 409 403 403 403 404 401
closed    POST   /api/v1/rfqs/{rfq_id}/lots/{lot_id}/award                      403 403 403 200 403 403 403 404 401
closed    POST   /api/v1/rfqs/{rfq_id}/lots/{lot_id}/unaward                    403 403 403 200 403 403 403 404 401
decided   POST   /api/v1/rfqs/{rfq_id}/lots/{lot_id}/unaward                    403 403 403 409 403 403 403 404 401
open      GET    /api/v1/rfqs/{rfq_id}/quotes                                   200 200 200 200 200 200 200 404 401
closed    GET    /api/v1/rfqs/{rfq_id}/quotes                                   200 200 200 200 200 200 200 404 401
answering POST   /api/v1/rfqs/{rfq_id}/quotes                                   403 403 403 403 403 409 201 404 401
closed    POST   /api/v1/rfqs/{rfq_id}/quotes                                   403 403 403 403 403 409 409 404 401
open      GET    /api/v1/quotes/{quote_id}                                      404 404 404 404 404 200 404 404 401
answering GET    /api/v1/quotes/{quote_id}                                      404 404 404 404 404 200 404 404 401
closed    GET    /api/v1/quotes/{quote_id}                                      200 200 200 200 200 200 404 404 401
answering PATCH  /api/v1/quotes/{quote_id}                                      404 404 404 404 404 200 404 404 401
open      PATCH  /api/v1/quotes/{quote_id}                                      404 404 404 404 404 409 404 404 401
answering DELETE /api/v1/quotes/{quote_id}                                      404 404 404 404 404 204 404 404 401
answering POST   /api/v1/quotes/{quote_id}/submit                               404 404 404 404 404 200 404 404 401
closed    POST   /api/v1/quotes/{quote_id}/submit                               403 403 403 403 403 409 404 404 401
open      POST   /api/v1/quotes/{quote_id}/withdraw                             404 404 404 404 404 200 404 404 401
closed    POST   /api/v1/quotes/{quote_id}/withdraw                             403 403 403 403 403 409 404 404 401
open      POST   /api/v1/quotes/{quote_id}/revise                               404 404 404 404 404 201 404 404 401
closed    POST   /api/v1/quotes/{quote_id}/revise                               403 403 403 403 403 409 404 404 401
open      GET    /api/v1/rfq-files/{rfq_id}                                     200 200 200 200 200 200 200 404 401
open      POST   /api/v1/rfq-files/{rfq_id}                                     403 403 201 403 403 403 403 404 401
open      GET    /api/v1/quote-files/{quote_id}                                 404 404 404 404 404 200 404 404 401
closed    GET    /api/v1/quote-files/{quote_id}                                 200 200 200 200 200 200 404 404 401
answering POST   /api/v1/quote-files/{quote_id}                                 403 403 404 403 403 201 404 404 401
open      POST   /api/v1/rfq-files/{rfq_id}/questions/{question_id}             403 403 201 403 403 201 404 404 401
open      GET    /api/v1/rate-cards                                             200 200 200 200 200 200 200 200 401
open      POST   /api/v1/rate-cards                                             403 403 201 403 403 201 201 201 401
open      GET    /api/v1/rfqs/start                                             403 403 200 403 403 403 403 403 401
decided   POST   /api/v1/rfqs/{rfq_id}/lots/{lot_id}/add-to-draft               403 409 403 403 409 403 403 404 401
open      DELETE /api/v1/rate-cards/{card_id}                                   403 403 409 403 403 204 404 404 401
draft     DELETE /api/v1/rfq-files/{rfq_id}/{attachment_id}                      403 403 204 403 403 404 404 404 401
open      DELETE /api/v1/rfq-files/{rfq_id}/{attachment_id}                      403 403 409 403 403 403 403 404 401
answering DELETE /api/v1/quote-files/{quote_id}/{attachment_id}                  404 404 404 404 404 204 404 404 401
open      GET    /api/v1/rfqs/{rfq_id}/comparison.{kind}                         409 409 409 409 409 404 404 404 401
closed    GET    /api/v1/rfqs/{rfq_id}/comparison.{kind}                         200 200 200 200 200 404 404 404 401
draft     GET    /api/v1/rfqs/{rfq_id}/request.pdf                               200 200 200 200 200 404 404 404 401
open      GET    /api/v1/rfqs/{rfq_id}/request.pdf                               200 200 200 200 200 200 200 404 401
closed    GET    /api/v1/rfqs/{rfq_id}/award.pdf                                 404 404 404 404 404 404 404 404 401
decided   GET    /api/v1/rfqs/{rfq_id}/award.pdf                                 200 200 200 200 200 404 404 404 401
open      GET    /api/v1/quotes/{quote_id}/quote.pdf                             404 404 404 404 404 200 404 404 401
closed    GET    /api/v1/quotes/{quote_id}/quote.pdf                             200 200 200 200 200 200 404 404 401
decided   POST   /api/v1/rfqs/{rfq_id}/lots/{lot_id}/enter                       403 403 403 409 403 403 403 404 401
draft     GET    /api/v1/files/{key}                                             200 200 200 200 200 404 404 404 404
open      GET    /api/v1/files/{key}                                             200 200 200 200 200 200 200 404 404
answering GET    /api/v1/files/{key}                                             404 404 404 404 404 200 404 404 404
open      GET    /api/v1/exchange-rates                                          200 200 200 200 200 403 403 403 401
open      POST   /api/v1/exchange-rates                                          403 403 201 403 201 403 403 403 401
open      GET    /api/v1/quote-rules                                             200 200 200 200 200 403 403 403 401
open      PUT    /api/v1/quote-rules                                             403 403 403 403 200 403 403 403 401
"""


def _read(text: str) -> list[Row]:
    rows = []
    for line in text.strip().splitlines():
        if line and not line.startswith("#"):
            item, method, path, *statuses = line.split()
            rows.append(Row(item, f"{method} {path}", tuple(map(int, statuses))))
    return rows


ROWS = _read(TABLE)
