"""What people do to providers: add, change, archive, restore."""

from dataclasses import asdict, dataclass

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.catalog import state
from app.catalog.editing import queries, slugs, validation
from app.catalog.editing.content import Json
from app.catalog.editing.validation import Problem
from app.catalog.models.providers import Provider
from app.catalog.search import indexing
from app.errors import Conflict, InvalidInput, StaleVersion
from app.web.i18n import gettext as _

OBJECT_TYPE = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderValues:
    """What people write of a provider; an empty short name is the name."""

    name_zh: str
    name_en: str
    short_name_zh: str | None = None
    short_name_en: str | None = None
    description_zh: str | None = None
    description_en: str | None = None
    homepage: str | None = None


class ProviderRefused(InvalidInput):
    """Values that cannot be saved, with everything that is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].sentence, field=problems[0].path)
        self.problems = problems


def problems(values: ProviderValues) -> list[Problem]:
    """Return all that is wrong with the values of a provider."""
    found = [*validation.web_address("homepage", values.homepage)]
    for name, value in asdict(values).items():
        most = validation.MAX_TEXT if name.startswith("description") else validation.MAX_NAME
        if name != "homepage" and value and len(value) > most:
            found.append(validation.too_long(name, most))
    for name in ("name_zh", "name_en"):
        if not getattr(values, name):
            sentence = _("Write the name; repeat the other one where there is no other.")
            found.append(Problem(name, sentence))
    return found


def add_provider(
    session: Session, values: ProviderValues, *, slug: str, actor: audit.Actor
) -> Provider:
    """
    Add a provider; an empty `slug` takes one from the English name.

    Raises
    ------
    ProviderRefused
        If something is wrong with the values or the slug.
    """
    found = problems(values)
    slug = slug or slugs.propose_free(
        values.name_en, lambda one: queries.is_provider_slug_taken(session, one)
    )
    if not slug:
        found.append(Problem("slug", slugs.needed()))
    elif not slugs.is_slug(slug):
        found.append(Problem("slug", slugs.wrong()))
    elif queries.is_provider_slug_taken(session, slug):
        found.append(Problem("slug", slugs.taken(slug)))
    if found:
        raise ProviderRefused(found)
    provider = Provider(slug=slug, **_columns(values))
    try:
        with session.begin_nested():
            session.add(provider)
            session.flush()
    except IntegrityError as error:
        if "uq_provider_slug" not in str(error.orig):
            raise
        raise ProviderRefused([Problem("slug", slugs.taken(slug))]) from None
    written: Json = {name: value for name, value in _columns(values).items() if value}
    _record(session, provider, "created", None, written, actor=actor)
    state.note_change(session)
    return provider


def change_provider(
    session: Session, slug: str, values: ProviderValues, *, revision: int, actor: audit.Actor
) -> Provider:
    """
    Change a provider, and what search knows of its datasets.

    Raises
    ------
    StaleVersion
        If somebody changed it since `revision`.
    ProviderRefused
        If something is wrong with the values.
    Conflict
        If it is archived.
    """
    provider = queries.lock_provider(session, slug)
    if provider.revision != revision:
        raise StaleVersion(
            "Somebody else changed this provider since you opened it, so nothing was saved yet."
        )
    if provider.archived_at is not None:
        raise Conflict("This provider is archived. Restore it first, then change it.")
    found = problems(values)
    if found:
        raise ProviderRefused(found)
    columns = _columns(values)
    changed = [name for name, value in columns.items() if getattr(provider, name) != value]
    if not changed:
        return provider
    before: Json = {name: getattr(provider, name) for name in changed}
    for name in changed:
        setattr(provider, name, columns[name])
    _moved(session, provider)
    after: Json = {name: columns[name] for name in changed}
    _record(session, provider, "edited", before, after, actor=actor)
    indexing.index_datasets(session, queries.dataset_ids_of_provider(session, provider.id))
    return provider


def archive_provider(session: Session, slug: str, *, actor: audit.Actor) -> Provider:
    """
    Archive a provider that has no datasets in the catalogue; it takes no new ones then.

    Raises
    ------
    Conflict
        If it is archived already, or has datasets.
    """
    provider = queries.lock_provider(session, slug)
    if provider.archived_at is not None:
        raise Conflict("This provider is archived already.")
    if queries.has_active_datasets(session, provider.id):
        raise Conflict(
            "This provider has datasets in the catalogue. Archive them first, or give them to "
            "another provider."
        )
    provider.archived_at = func.clock_timestamp()
    _moved(session, provider)
    _record(
        session, provider, "archived", {"is_archived": False}, {"is_archived": True}, actor=actor
    )
    return provider


def restore_provider(session: Session, slug: str, *, actor: audit.Actor) -> Provider:
    """
    Put an archived provider back.

    Raises
    ------
    Conflict
        If it is not archived.
    """
    provider = queries.lock_provider(session, slug)
    if provider.archived_at is None:
        raise Conflict("This provider is not archived.")
    provider.archived_at = None
    _moved(session, provider)
    _record(
        session, provider, "restored", {"is_archived": True}, {"is_archived": False}, actor=actor
    )
    return provider


def values_of(provider: Provider) -> ProviderValues:
    """Return the values of a provider as they are."""
    names = ProviderValues.__dataclass_fields__
    return ProviderValues(**{name: getattr(provider, name) for name in names})


def _columns(values: ProviderValues) -> dict[str, str | None]:
    columns = asdict(values)
    columns["short_name_zh"] = values.short_name_zh or values.name_zh
    columns["short_name_en"] = values.short_name_en or values.name_en
    return columns


def _moved(session: Session, provider: Provider) -> None:
    provider.revision += 1
    provider.updated_at = func.clock_timestamp()
    session.flush()
    session.refresh(provider)
    state.note_change(session)


def _record(
    session: Session,
    provider: Provider,
    action: str,
    before: Json | None,
    after: Json | None,
    *,
    actor: audit.Actor,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=str(provider.id),
        before=before,
        after=after,
    )
