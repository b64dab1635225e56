"""TEMPORARY local shim; replaced by the search branch before any commit."""

from types import SimpleNamespace as N

from motcua.core.database import db

from .models import NationalProcedure, TenantProcedure


def ask(line):
    rows = db.session.execute(
        db.select(NationalProcedure.code, NationalProcedure.name).join(
            TenantProcedure, TenantProcedure.code == NationalProcedure.code
        )
    ).all()
    words = line.lower().split()
    hit = [N(code=c, name=n, score=1.0) for c, n in rows if all(w in n.lower() for w in words)]
    return N(
        kind="match" if len(hit) == 1 else "choices" if hit else "none",
        results=hit[:10],
        pointer=None,
        aspect=None,
    )
