"""What is told of several rounds."""

from tests.bench.rates import Failed, Rate, interleaved, medians, nobody_failed, paired


def rounds_of(**rates: list[float | None]) -> list[dict]:
    """None: that round failed."""
    return [
        {name: Failed("TimeoutError") if one is None else Rate(one, 0.2, 1.5) for name, one in pair}
        for pair in zip(*([(name, one) for one in given] for name, given in rates.items()), strict=True)
    ]


def test_a_ratio_is_the_median_of_each_rounds_own():
    rounds = rounds_of(ours=[100, 10, 60], limit=[50, 10, 20])

    assert paired(rounds, "ours", "limit") == 2.0  # of the medians it would be 3


def test_a_round_in_which_one_failed_is_in_no_ratio_and_told():
    rounds = rounds_of(ours=[100, None, 90], limit=[50, 10, None])

    assert paired(rounds, "ours", "limit") == 2.0
    assert medians(rounds)["ours"]["rounds"] == "2 of 3"
    assert nobody_failed({"5 ms": medians(rounds)})


def test_who_failed_in_every_round_is_named_and_fails_the_run():
    rounds = rounds_of(ours=[100, 90], theirs=[None, None])

    assert paired(rounds, "ours", "theirs") is None
    assert medians(rounds)["theirs"] == {"failed": "TimeoutError"}
    assert not nobody_failed({"5 ms": medians(rounds)})


def test_one_that_falls_leaves_the_others_their_rounds():
    def falls():
        raise ValueError("no server")

    found = interleaved(2, {"A": falls, "B": lambda: 7})

    assert found == [{"A": Failed("ValueError: no server"), "B": 7}] * 2
