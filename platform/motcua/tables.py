"""Every table in one place, for migrations and for the tests that look at all of them."""

from motcua.accounts import models as accounts
from motcua.accounts import support, vendor_models
from motcua.alerts import models as alerts
from motcua.appointments import models as appointments
from motcua.audit import models as audit
from motcua.broadcasts import models as broadcasts
from motcua.catalogue import models as catalogue
from motcua.catalogue import own_words
from motcua.catalogue.importing import models as importing
from motcua.citizens import models as citizens
from motcua.complaints import models as complaints
from motcua.conversation import models as conversation
from motcua.core.database import Base, TenantOwned
from motcua.data_requests import models as data_requests
from motcua.dossiers import (
    flags,
    notices,
    numbering,
    people_index,
    record_models,
    requests,
    result_links,
    status_map,
)
from motcua.dossiers import models as dossiers
from motcua.dossiers.adapters import models as adapters
from motcua.dossiers.door import models as door
from motcua.dossiers.forms import models as forms
from motcua.exports import models as exports
from motcua.facts import models as facts
from motcua.facts import summaries
from motcua.feedback import models as feedback
from motcua.messaging import deliveries, testers
from motcua.messaging import models as messaging
from motcua.messaging.channels import zbs_templates
from motcua.messaging.limits import plans, rule_versions, spending, switches
from motcua.provinces import models as provinces
from motcua.reminders import models as reminders
from motcua.services import models as services
from motcua.services.sources import models as service_sources
from motcua.subscriptions import models as subscriptions
from motcua.surveys import models as surveys
from motcua.tenancy import calendars, features
from motcua.tenancy import models as tenancy

ROOMS = (
    tenancy,
    calendars,
    features,
    audit,
    accounts,
    vendor_models,
    support,
    alerts,
    catalogue,
    own_words,
    importing,
    citizens,
    services,
    messaging,
    deliveries,
    testers,
    switches,
    zbs_templates,
    rule_versions,
    spending,
    plans,
    dossiers,
    record_models,
    flags,
    notices,
    requests,
    result_links,
    status_map,
    door,
    adapters,
    appointments,
    forms,
    surveys,
    complaints,
    feedback,
    subscriptions,
    broadcasts,
    data_requests,
    exports,
    numbering,
    people_index,
    conversation,
    provinces,
    reminders,
    service_sources,
    facts,
    summaries,
)
metadata = Base.metadata


def tenant_owned() -> list[str]:
    """Names of the tables whose rows belong to one province."""
    return sorted(
        mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)
    )
