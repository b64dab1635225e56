"""Every branch of a text is read: what may be missing is asked for before it is used, wherever it stands."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from motcua.messaging.wording import fillings, texts, variables

READY = "dossier_ready"


def sentences(event: str, body: str) -> list[str]:
    return [str(one) for one in texts.faults_of(event, f"Tin\n{body}")]


@pytest.mark.parametrize(
    ("event", "body", "says"),
    [
        ("dossier_supplement", "{% if items %}{{ items[1] }}{% endif %}", "{% if items|length > 1 %}"),
        ("dossier_supplement", "{{ items[0] if items else items[0] }}", "items"),
        ("dossier_supplement", "{% if items|length > 1 %}x{% endif %}", "items"),
        ("dossier_supplement", "{% if items and items|length > 1 %}{{ items[2] }}{% endif %}", "items|length > 2"),
        ("dossier_supplement", "{% if items %}{{ items[number] }}{% endif %}", "vòng for"),
        ("dossier_supplement", "{% for one in items or [] %}{{ one.x }}{% endfor %}", "“x”"),
        ("dossier_supplement", "{% for one in items or [] %}{{ loop.previtem }}{% endfor %}", "previtem"),
        ("dossier_supplement", "{% for a, b in items or [] %}{{ a }}{% endfor %}", "một tên"),
        ("dossier_supplement", "{% if items %}{{ items }}{% endif %}", "in thẳng được"),
        ("visit_refused", '{% if reason == "daily" %}đến {{ until }}{% endif %}', "{% if until %}"),
        ("visit_refused", '{% if reason in ["daily", "absent"] %}đến {{ until }}{% endif %}', "until"),
        ("visit_refused", '{% if reason != "absent" %}đến {{ until }}{% endif %}', "until"),
        ("visit_days", "{% if rows %}{{ rows|first|first }}{% endif %}", "rows"),
        (READY, "{% if number == 1 %}{{ note|upper }}{% endif %}", "{% if note %}"),
        (READY, "{% if note and not reason %}{{ place.x }}{% endif %}", "“x”"),
        (READY, "{% if code is none %}{{ place.x }}{% endif %}", "“x”"),
        (READY, "{% if note or reason %}{{ note }}{% endif %}", "note"),
        (READY, "{% if not note %}{{ note }}{% endif %}", "note"),
        (READY, "{% if not (note and reason) %}{{ note }}{% endif %}", "note"),
        (READY, "{% if note %}{{ note }}{% elif reason %}{{ note }}{% endif %}", "note"),
        (READY, "{{ note if reason else '' }}", "note"),
        (READY, "{{ note or reason }}", "reason"),
        (READY, "{{ note ~ '' if reason else '' }}", "note"),
        (READY, "{% if number > 1 %}x{% endif %}", "number"),
        (READY, "{% if due < as_of %}x{% endif %}", "as_of"),
        (READY, "{% if (more_items or 0) > code %}x{% endif %}", "kiểu"),
        (READY, "{% if 'a' in note %}x{% endif %}", "note"),
        (READY, "{% if number is even %}x{% endif %}", "number"),
        (READY, "{% if note is defined %}{{ note }}{% endif %}", "note"),
        (READY, "{% if note is none %}{{ note }}{% endif %}", "note"),
        (READY, "{% if is_waived %}{{ code|truncate(2) }}{% endif %}", "truncate"),
        (READY, "{% if is_waived %}{{ code|upper(1) }}{% endif %}", "upper"),
        (READY, "{{ (note if note)|upper }}", "else"),
        (READY, "{% if is_waived %}{{ none }}{% endif %}", "none"),
        (READY, "{% if note %}{% for note in results or [] %}{{ note }}{% else %}{{ reason }}{% endfor %}{% endif %}",
         "reason"),
        ("my_dossiers", "{% for one in dossiers or [] %}{% if one.hours %}{{ one.due }}{% endif %}{% endfor %}",
         "{% if one.due %}"),
        ("my_dossiers", "{% for one in dossiers or [] %}{{ one }}{% endfor %}", "dossiers"),
        ("my_dossiers", "{% for one in dossiers or [] if one.hours %}{{ one.due }}{% endfor %}", "one.due"),
        ("my_dossiers", "{{ (dossiers or [])|join(', ', attribute='due') }}", "dossiers.due"),
        ("my_dossiers", "{% for a in dossiers or [] %}{% if a.due %}{% for b in dossiers or [] %}{{ b.due }}"
                        "{% endfor %}{% endif %}{% endfor %}", "b.due"),
    ],
)  # fmt: skip
def test_what_may_be_missing_in_some_branch_is_said_with_its_line_and_a_remedy(event, body, says):
    found = sentences(event, body)

    assert any(says in one for one in found), found
    assert all(one.startswith("Dòng 2: ") and "Xin" in one for one in found)


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("dossier_supplement", "{% if items %}{{ items[0] }}, {{ items|first }}, {{ items[-1] }}{% endif %}"),
        ("dossier_supplement", "{% if items and items|length > 1 %}{{ items[1] }}{% endif %}"),
        ("dossier_supplement", "{% if items and 2 <= items|length %}{{ items[1] }}{% endif %}"),
        ("visit_refused", '{% if reason == "daily" %}{{ limit }}{% endif %}'),
        ("visit_refused", '{% if reason in ["daily", "open"] %}{{ limit }}{% endif %}'),
        ("visit_refused", '{% if "absent" == reason %}{{ limit }} {{ until }}{% endif %}'),
        (READY, "{{ note if note }}"),
        (READY, "{{ note if note else reason or code }}"),
        (READY, "{{ (note and reason) or code }}"),
        (READY, "{% if not note %}x{% else %}{{ note }}{% endif %}"),
        (READY, "{% if not (not note or not reason) %}{{ note }}{{ reason }}{% endif %}"),
        (READY, "{% if note or reason %}{{ note or reason }}{% endif %}"),
        (READY, "{% if note or reason %}{% if not note %}{{ reason }}{% endif %}{% endif %}"),
        (READY, "{% if note is not none and reason is string %}{{ note }}{{ reason }}{% endif %}"),
        (READY, "{% if note != none %}{{ note }}{% endif %}"),
        (READY, "{{ note|default('x', true) }}{{ note|d('x', boolean=true)|upper }}"),
        (READY, "{% if number and number > 1 %}{{ number - 1 }}{% endif %}"),
        (READY, "{% if (number or 0) > 0 %}{{ number + 1 }}{% endif %}"),
        (READY, "{% if number == 1 %}{{ number }}{% endif %}"),
        (READY, "{% if note and 'a' in note %}x{% endif %}"),
        (
            "my_dossiers",
            "{% for one in dossiers or [] if one.due %}{{ one['due'] }}{{ loop.index }}{% endfor %}",
        ),
        ("my_dossiers", "{% if dossiers %}{{ dossiers[0].code }}{% endif %}"),
    ],
)
def test_what_is_asked_for_first_may_be_used(event, body):
    assert sentences(event, body) == []


def test_conditions_too_tangled_to_read_are_refused_at_once():
    names = ("note", "reason", "hotline", "answer", "step", "officer", "department", "as_of")
    tangled = "".join(f"{{% if {name} or number %}}" for name in names) + "x" + "{% endif %}" * len(names)

    assert "rắc rối" in str(texts.faults_of(READY, tangled)[0])


def test_a_constant_that_cannot_be_worked_out_is_a_fault_not_an_error():
    assert "Xin" in str(texts.faults_of(READY, "Tin {{ (1[-1] if 1[-1] else 'a') }}")[0])


@pytest.mark.parametrize(
    "body",
    ["{{ " + " or ".join(["note"] * 900) + " }}", "{{ code" + "|upper" * 1000 + " }}"],
    ids=["or", "filters"],
)
def test_a_text_nested_too_deep_is_refused_not_an_error(body):
    assert "Xin viết đơn giản hơn" in sentences(READY, body)[0]


# Texts as anybody might put them together, right or wrong.
USED = {
    "dossier_ready": ("code", "note", "reason", "number", "is_waived", "items", "place"),
    "visit_refused": ("reason", "limit", "until", "code", "missed", "rows", "number"),
    "my_dossiers": ("dossiers", "status", "tries_left", "problem", "due", "visits"),
}


def expressions(names: list[str]) -> st.SearchStrategy[str]:
    plain = st.sampled_from(
        [
            *names, *names, "'x'", "1", "[]", '"daily"', "none", "one", "one.due", "one.code", "two.hours",
            "loop.index",
        ]
    )  # fmt: skip
    return st.recursive(
        plain,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
            st.builds("({} {} {})".format, inner, st.sampled_from(["==", "!=", ">", "<=", "in", "~", "+"]), inner),
            st.builds("(not {})".format, inner),
            st.builds("({0} if {0} else {1})".format, inner, inner),
            st.builds("({} if {})".format, inner, inner),
            st.builds("({} is {})".format, inner, st.sampled_from(["none", "not none", "defined", "string", "even"])),
            st.builds(
                "({}|{})".format,
                inner,
                st.sampled_from(
                    ["upper", "length", "first", "last", "default('y')", "default('y', true)", "int", "sort", "reverse",
                     "unique", "join(', ')", "trim", "truncate(9)"]
                ),
            ),
            st.builds("{}[{}]".format, inner, st.sampled_from(["0", "1", "-1"])),
        ),
        max_leaves=4,
    )  # fmt: skip


def guards(names: list[str]) -> st.SearchStrategy[str]:
    """Conditions that people write."""
    name = st.sampled_from([*names, "one.due", "two.hours"])
    return st.one_of(
        name,
        st.builds("not {}".format, name),
        st.builds("{} and {}".format, name, name),
        st.builds("{} or {}".format, name, name),
        st.builds("not ({} and {})".format, name, name),
        st.builds("{0} and {0}|length > 1".format, name),
        st.builds("{} is not none".format, name),
        st.builds('{} == "{}"'.format, name, st.sampled_from(["daily", "absent", "dossier", "full"])),
        st.builds("({} or 0) > {}".format, name, st.sampled_from("012")),
        expressions(names),
    )


def bodies(names: list[str]) -> st.SearchStrategy[str]:
    said = st.one_of(
        st.sampled_from(["{{ " + name + " }}" for name in [*names, "one", "one.due", "two", "two.code"]]),
        st.builds("{{{{ {} }}}}".format, expressions(names)),
        st.just("chữ "),
    )
    lists = [name for name in names if name in ("items", "rows", "dossiers", "visits")]
    through = st.sampled_from([*(f"{name} or []" for name in lists), *lists, "['a', 'b']"])
    return st.recursive(
        said,
        lambda inner: st.one_of(
            st.builds("{}{}".format, inner, inner),
            st.builds("{{% if {} %}}{}{{% endif %}}".format, guards(names), inner),
            st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, guards(names), inner, inner),
            st.builds(
                "{{% if {} %}}{}{{% elif {} %}}{}{{% endif %}}".format,
                guards(names),
                inner,
                guards(names),
                inner,
            ),
            st.builds(
                "{{% for {} in {} %}}{}{{% endfor %}}".format, st.sampled_from(["one", "two"]), through, inner
            ),
            st.builds("{{% for one in {} if {} %}}{}{{% endfor %}}".format, through, guards(names), inner),
        ),
        max_leaves=6,
    )


def value_of(one: variables.Variable) -> st.SearchStrategy:
    match one.kind:
        case "flag":
            return st.booleans()
        case "count":
            return st.sampled_from([0, 1, 2, one.longest])
        case "choice":
            return st.sampled_from(one.choices)
        case "list" if one.fields:
            return st.lists(
                st.fixed_dictionaries({name: part_of(part) for name, part in one.fields}), max_size=3
            )
        case "list":
            return st.lists(value_of(one.item), max_size=3)
    return st.sampled_from(["", "a", "daily", "chữ dài hơn một chút"])


def part_of(one: variables.Variable) -> st.SearchStrategy:
    return st.none() | value_of(one) if one.may_lack else value_of(one)


@st.composite
def words_of(draw, event: str) -> dict:
    """Whatever may be known of these variables when the event happens."""
    words = {}
    for name in USED[event]:
        known = value_of(variables.variable_of(event, name))
        words[name] = draw(known if name in variables.always_known(event) else st.none() | known)
    for name in USED[event]:
        for value, others in variables.variable_of(event, name).brings:
            for other in others if words[name] == value else ():
                if words[other] is None:
                    words[other] = draw(value_of(variables.variable_of(event, other)))
    return words


@pytest.mark.parametrize(
    "body",
    [
        "Tin: {{ 'x' if 'x' else nowhere }}",
        "Tin: {% if ('x' if 'x' else nowhere)|upper %}{{ note }}{% endif %}",
        "Tin: {{ 'x' or nowhere }}",
    ],
)
def test_a_name_that_no_event_has_is_found_where_a_constant_decides_too(body):
    assert "Không có biến “nowhere”" in texts.faults_of("dossier_ready", body)[0].sentence


BODIES = {event: bodies(list(names)) for event, names in USED.items()}  # built once: building takes long


@pytest.mark.parametrize("event", USED)
@given(data=st.data())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
def test_a_text_without_faults_neither_fails_nor_says_none_whatever_is_known(event, data):
    body = "Tin: " + data.draw(BODIES[event])
    assume(not texts.faults_of(event, body))
    strict = fillings.proof.from_string(body)

    for words in data.draw(st.lists(words_of(event), min_size=4, max_size=4)):
        text = strict.render(words)

        assert "None" not in text
        assert texts.fill(event, body, words).startswith("Tin:")
