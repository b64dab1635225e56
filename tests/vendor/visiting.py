"""A browser without a screen, over real HTTP: cookies, forms with their tokens, redirects, a phone with codes."""

import http.client
import re
import time
from html import unescape
from urllib.parse import urlencode, urlsplit

import pyotp

PASSWORD = "bốn từ không liên quan xuồng mây"


class Visitor:
    """Somebody at one host of the product on a port of this machine."""

    def __init__(self, port: int, host: str):
        self.port, self.host, self.cookies, self.page, self.totp = port, host, {}, "", None

    def ask(self, method: str, path: str, form: dict | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"{self.host}:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form, doseq=True), "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        if answer.status in (302, 303):
            parts = urlsplit(answer.getheader("Location"))
            return self.ask("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        self.page = text
        return answer.status, text

    def get(self, path: str) -> str:
        status, text = self.ask("GET", path)
        assert status == 200, f"GET {path}: {status} {_seen(text)}"
        return text

    def post(self, path: str, **form) -> str:
        """A form of the page that is open: its token goes along."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.page)
        status, text = self.ask("POST", path, {"csrf_token": token[1] if token else ""} | form)
        assert status == 200, f"POST {path}: {status} {_seen(text)}"
        return text

    def take_up(self, link: str, email: str) -> None:
        """Open an invitation, set a password, sign in, set up the second factor where the console asks for it."""
        path = urlsplit(link).path
        self.get(path)
        self.post(path, password=PASSWORD, again=PASSWORD)
        realm = path.split("/")[1]
        page = self.post(f"/{realm}/login", email=email, password=PASSWORD)
        if "Khóa: <code" in page:
            secret = re.search(r'Khóa: <code class="code">([^<]+)</code>', page)[1].replace(" ", "")
            self.totp = pyotp.TOTP(secret)
            # A code of one step ago is good too, and each only once: the next sign-in has the present one.
            self.post(f"/{realm}/login/second-factor", code=self.totp.at(time.time() - self.totp.interval))
        self.get(f"/{realm}/")


def link_on(page: str) -> str:
    return unescape(re.search(r'id="link" value="([^"]+)"', page)[1])


def _seen(text: str) -> str:
    found = re.findall(r'(?:role="alert"[^>]*>|class="fault[^>]*>|<main.*?>)([^<]+)', text)
    return " | ".join(found)[:500] or text[-500:]
