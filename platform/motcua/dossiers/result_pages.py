"""`/r/<key>`: the e-result behind a link. Looking at the page opens nothing: messengers fetch links by themselves."""

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for

from motcua.core.errors import TooManyAttempts
from motcua.tenancy import current

from . import proofs, result_files, result_links
from .pages import guesser, is_proven, keep_proof

bp = Blueprint("results", __name__, url_prefix="/r")


@bp.get("/<key>")
def show(key: str):
    link, dossier = result_links.find(key)
    return render_template(
        "dossiers/result.html", link=link, dossier=dossier, proven=is_proven(dossier), key=key
    )


@bp.post("/<key>")
def open_file(key: str):
    link, dossier = result_links.find(key)
    if not is_proven(dossier):
        digits = request.form.get("digits", "").strip()[:20]
        try:
            right = proofs.check(dossier, dossier.code, digits, guesser())
        except TooManyAttempts as error:
            flash(error.message, "error")
            return redirect(url_for("results.show", key=key), 303)
        if not right:
            flash("Bốn số này không khớp. Xin xem lại số điện thoại hoặc số giấy tờ đã ghi khi nộp.", "error")
            return redirect(url_for("results.show", key=key), 303)
        keep_proof(dossier)
        session.modified = True
    rules = current.news_rules()
    result_links.claim(link)
    if rules.file_delivery == "redirect":
        # A page with a link: our policy for forms stops a redirect to another host.
        return render_template("dossiers/result.html", link=link, dossier=dossier, file_url=link.file_url)
    try:
        found = result_files.fetch(link.file_url, rules.file_hosts)
    except result_files.FileUnavailable as error:
        result_links.release(link, error.details["why"])
        raise
    answer = Response(found.content, content_type=found.content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="ket-qua-{dossier.code}.{found.extension}"'
    answer.headers["Cache-Control"] = "no-store, private, max-age=0"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer
