"""Which services there are, whatever somebody else's package does."""

import pytest

from motcua.services import registry
from motcua.services.contract import Card, Column, Dataset, Field, Reply, Service
from tests.installing import BUSES


def test_an_installed_package_offers_its_service(installed):
    installed.add("bus_package", BUSES, {"buses": "bus_package:Buses"}, version="2.1")

    assert registry.find("buses").name == "Giờ xe buýt"
    assert [one.origin for one in registry.found() if one.code == "buses"] == ["bus_package 2.1"]


def test_an_unknown_service_is_not_found():
    with pytest.raises(registry.ServiceNotFound):
        registry.find("lottery")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("this is no Python", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("Broken = 7", "Service"),
        ("Broken = lambda: 7", "Service"),
        ("from motcua.services.contract import Service\nclass Broken(Service): code = 'broken'", "tên"),
        (
            "from motcua.services.contract import Service\n"
            "class Broken(Service):\n code, name = 'another', 'X'\n ask = lambda self, question: None",
            "another",
        ),
    ],
    ids=["import", "syntax", "exit", "number", "function", "nameless", "other code"],
)
def test_a_broken_package_is_named_and_keeps_nobody_from_starting(installed, source, said):
    installed.add("bus_package", BUSES, {"buses": "bus_package:Buses"})
    installed.add("broken_package", source, {"broken": "broken_package:Broken"})

    [fault] = registry.faulty()

    assert (fault.code, fault.origin, fault.service) == ("broken", "broken_package 1.0", None)
    assert said in fault.fault
    assert "Xin" in fault.fault
    assert registry.find("buses")
    assert not registry.is_known("broken")


def test_two_packages_with_one_code_are_not_mixed_up(installed):
    installed.add("bus_package", BUSES, {"buses": "bus_package:Buses"})
    installed.add("copy_package", BUSES, {"buses": "copy_package:Buses"})

    assert len([one for one in registry.found() if one.code == "buses" and one.service]) == 1
    assert ["Mã “buses” đã thuộc" in one.fault for one in registry.faulty()] == [True]


def sound(**given):
    body = {"code": "sound", "name": "Lành", "ask": lambda self, question: Reply("match", (Card("x"),))}
    return type("Sound", (Service,), body | given)()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"code": "Big-Code"}, "Mã dịch vụ"),
        ({"timeout_s": 0}, "timeout_s"),
        ({"timeout_s": 600}, "timeout_s"),
        ({"per_minute": 0}, "per_minute"),
        ({"level": 9}, "level"),
        ({"form": (Field("a", "A"), Field("a", "B"))}, "hai lần: a"),
        ({"form": (Field("a", "A", free_text=True), Field("b", "B", free_text=True))}, "free_text"),
        ({"form": (Field("a", "A", kind="choice"),)}, "options"),
        ({"form": (Field("csrf_token", "A"),)}, "csrf_token"),
        ({"dataset": Dataset(())}, "columns"),
        ({"dataset": Dataset((Column("a", "A"),), key=("b",))}, "khóa"),
        ({"dataset": Dataset((Column("a", "A", kind="choice"),))}, "options"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_a_declaration_that_cannot_work_is_refused_with_the_reason(given, said):
    faults = registry.faults_of(sound(**given))

    assert len(faults) == 1
    assert said.lower() in faults[0].lower()
    assert "Xin" in faults[0]


def test_a_sound_declaration_has_no_faults():
    assert registry.faults_of(sound()) == []


def test_every_service_of_our_own_is_sound():
    ours = [one for one in registry.found() if one.origin == "motcua"]

    assert all(registry.faults_of(one.service) == [] for one in ours)
