"""Parts of pages that renew themselves while something runs: `templates/components/live.html` asks for them."""

from flask import Flask, Response, render_template, request

WHOLE = {"HX-Refresh": "true"}  # htmx loads the page anew


def part(template: str, *, is_running: bool, **values):
    """The part as it stands; once nothing runs any more the whole page has something else to say."""
    return render_template(template, **values) if is_running else Response(headers=WHOLE)


def install(app: Flask) -> None:
    @app.after_request
    def lead_the_whole_page(response: Response) -> Response:
        """Whoever is not signed in any more is to see the sign-in page, and not a piece of it in the old one."""
        if "HX-Request" in request.headers and 300 <= response.status_code < 400:
            return Response(headers=WHOLE)
        return response
