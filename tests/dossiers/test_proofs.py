"""Guessing proofs: five and no more, wherever they are tried, and nothing learned of codes."""

import contextvars
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from motcua.core.database import db, tenant_scope
from motcua.core.errors import TooManyAttempts
from motcua.dossiers import proofs
from motcua.dossiers.proofs import Guesser
from tests.factories import dossier_code, make_dossier

HOST = {"Host": "binh-thuan.localhost"}
NOBODYS = "000.00.01.H11-241126-9999"
LAN = Guesser(citizen_id=1)


@pytest.fixture
def dossier(province):
    return make_dossier()


def look_up(client, code: str, digits: str) -> tuple[int, str, str]:
    """Status, where it leads, and what the page then says."""
    home = client.get("/", headers=HOST).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', home)[1]
    form = {"csrf_token": token, "code": code, "digits": digits}
    answer = client.post("/t/", data=form, headers=HOST)
    page = client.get(answer.headers["Location"], headers=HOST).get_data(as_text=True)
    return answer.status_code, answer.headers["Location"], " ".join(re.findall(r'role="alert">([^<]+)', page))


def test_a_code_and_its_digits_open_the_page_with_its_details(app, dossier):
    status, where, said = look_up(app.test_client(), dossier.code, "5678")

    assert (status, where, said) == (303, f"/t/{dossier.token}", "")


def test_a_wrong_code_and_a_wrong_proof_are_answered_the_same(app, dossier):
    assert look_up(app.test_client(), NOBODYS, "5678") == look_up(app.test_client(), dossier.code, "0000")


@pytest.mark.parametrize("code", ["", "x", "a" * 80, "' OR 1=1 --", "000.00.01.H11-991399-0001"])
def test_an_impossible_code_is_answered_the_same_too(app, dossier, code):
    assert look_up(app.test_client(), code, "5678") == look_up(app.test_client(), dossier.code, "0000")


@pytest.mark.parametrize("real", [True, False], ids=["a code that exists", "one that does not"])
def test_five_wrong_ones_of_one_citizen_cool_down_whether_or_not_there_is_such_a_code(dossier, real):
    for _ in range(5):
        assert proofs.prove_code(dossier.code if real else NOBODYS, "0000", LAN) is None

    with pytest.raises(TooManyAttempts):
        proofs.prove_code(dossier.code, "5678", LAN)


def test_five_wrong_ones_on_five_dossiers_cool_one_citizen_down(province):
    for dossier in [make_dossier() for _ in range(5)]:
        proofs.prove_code(dossier.code, "0000", LAN)

    with pytest.raises(TooManyAttempts):
        proofs.prove_code(make_dossier().code, "5678", LAN)


def test_chat_and_page_are_counted_together_on_one_dossier(app, dossier):
    for _ in range(3):
        proofs.prove_code(dossier.code, "0000", LAN)
    for _ in range(2):
        assert "Không tìm thấy" in look_up(app.test_client(), dossier.code, "1111")[2]

    assert "Đã nhập sai 5 lần" in look_up(app.test_client(), dossier.code, "5678")[2]
    with pytest.raises(TooManyAttempts):
        proofs.prove_code(dossier.code, "5678", LAN)


def test_an_address_that_changes_its_browser_is_cooled_down_as_well(province):
    for number in range(proofs.MOST_WRONG_OF_AN_ADDRESS):
        who = Guesser(browser=f"b{number}", address="203.0.113.9")
        proofs.prove_code(dossier_code(), "0000", who)

    with pytest.raises(TooManyAttempts):
        proofs.prove_code(dossier_code(), "0000", Guesser(browser="new", address="203.0.113.9"))


def test_right_proofs_are_not_counted(dossier):
    for _ in range(12):
        assert proofs.prove_code(dossier.code, "5678", LAN) is dossier


def test_proving_ones_own_dossier_does_not_buy_new_guesses(dossier):
    others = make_dossier(owner={"name": "Trần Văn Tuấn", "phone": "0987654321"})
    for _ in range(4):
        proofs.prove_code(others.code, "0000", LAN)
    proofs.prove_code(dossier.code, "5678", LAN)
    proofs.prove_code(others.code, "0001", LAN)

    with pytest.raises(TooManyAttempts):
        proofs.prove_code(others.code, "4321", LAN)


def test_guesses_made_at_once_do_not_slip_through(app, dossier):
    code = dossier.code
    db.session.commit()

    def guess(number: int) -> bool:
        def run():
            with app.app_context(), tenant_scope("binh-thuan"):
                try:
                    proofs.prove_code(code, f"{number:04d}", Guesser(citizen_id=number + 10))
                except TooManyAttempts:
                    return False
                return True

        return contextvars.Context().run(run)

    with ThreadPoolExecutor(8) as many:
        judged = list(many.map(guess, range(40)))

    assert sum(judged) == 5


def test_a_wrong_code_costs_the_same_questions_as_a_wrong_proof(dossier):
    sent: list[str] = []
    engine = db.engine

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    asked = []
    for code in (dossier.code, NOBODYS):
        db.session.rollback()
        sent.clear()
        proofs.prove_code(code, "0000", LAN)
        asked.append(list(sent))
    event.remove(engine, "before_cursor_execute", note)

    assert asked[0] == asked[1]


def test_a_wrong_code_is_compared_as_often_as_a_wrong_proof(dossier, monkeypatch):
    compared: list[int] = []
    real = proofs.hmac.compare_digest
    monkeypatch.setattr(proofs.hmac, "compare_digest", lambda *two: compared.append(1) or real(*two))
    counts = []
    for code in (dossier.code, NOBODYS):
        compared.clear()
        proofs.prove_code(code, "0000", LAN)
        counts.append(len(compared))

    assert counts == [proofs.MOST_PROOFS_COMPARED] * 2


def test_reading_many_codes_in_a_row_is_stopped_although_all_exist(province):
    dossiers = [make_dossier() for _ in range(3)]
    for at in range(proofs.MOST_CODES_READ):
        assert proofs.read_code(dossiers[at % 3].code, LAN) is not None

    with pytest.raises(TooManyAttempts):
        proofs.read_code(dossiers[0].code, LAN)


def test_many_readers_of_one_offices_day_are_stopped_together(province):
    dossier = make_dossier()
    for number in range(proofs.MOST_CODES_READ_IN_A_RANGE):
        proofs.read_code(dossier.code, Guesser(citizen_id=number))

    with pytest.raises(TooManyAttempts):
        proofs.read_code(dossier.code, Guesser(citizen_id=100_000))
