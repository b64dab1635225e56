"""Every table in one place, for migrations and for the tests that look at all of them."""

from motcua.accounts import models as accounts
from motcua.alerts import models as alerts
from motcua.catalogue import models as catalogue
from motcua.catalogue import own_words
from motcua.catalogue.importing import models as importing
from motcua.citizens import models as citizens
from motcua.conversation import models as conversation
from motcua.core.database import Base, TenantOwned
from motcua.dossiers import flags, numbering, people_index, record_models, status_map
from motcua.dossiers import models as dossiers
from motcua.messaging import models as messaging
from motcua.tenancy import calendars
from motcua.tenancy import models as tenancy

ROOMS = (
    tenancy,
    calendars,
    accounts,
    alerts,
    catalogue,
    own_words,
    importing,
    citizens,
    messaging,
    dossiers,
    record_models,
    flags,
    status_map,
    numbering,
    people_index,
    conversation,
)
metadata = Base.metadata


def tenant_owned() -> list[str]:
    """Names of the tables whose rows belong to one province."""
    return sorted(
        mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)
    )
