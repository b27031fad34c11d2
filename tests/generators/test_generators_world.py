"""The world: enough departments and services, real names in both languages, nothing twice."""

import re
from datetime import date

import pytest

from generators.calendar import day_number
from generators.vocabulary import Amount, parse_amount
from generators.world import TRANSACTIONAL, build_world, paid_arrays
from store.contract import CODE

ARABIC = re.compile(r"[؀-ۿ]")


def test_departments_join_the_gateway_as_published() -> None:
    joined = [d.joined_on for d in build_world(7).departments]
    by_year = {year: sum(j <= date(year, 12, 31) for j in joined) for year in (2008, 2010, 2013, 2014, 2015)}
    assert by_year == {2008: 22, 2010: 22, 2013: 25, 2014: 30, 2015: 32}


def test_there_are_a_thousand_services_by_the_end_of_the_default_range_and_two_hundred_are_paid() -> None:
    services = build_world(7).services
    launched = [s for s in services if s.launched_on <= date(2012, 9, 30)]
    assert 1_000 <= len(launched) <= 2_000
    assert 190 <= sum(s.transactional for s in launched) <= 210
    assert [s.transactional for s in services] == [i < TRANSACTIONAL for i in range(len(services))]


def test_dozens_of_services_are_on_the_phone() -> None:
    assert 36 <= sum(s.on_mobile for s in build_world(7).services) <= 120


def test_service_names_are_distinct_in_both_languages_and_codes_are_valid() -> None:
    services = build_world(7).services
    assert len({s.code for s in services}) == len(services)
    assert len({(s.department, s.draft.name_en) for s in services}) == len(services)
    assert len({(s.department, s.draft.name_ar) for s in services}) == len(services)
    assert all(re.match(CODE, s.code) for s in services)


def test_names_are_words_not_numbers() -> None:
    world = build_world(7)
    for name in (*(s.draft.name_en for s in world.services), *(d.name_en for d in world.departments)):
        assert re.fullmatch(r"[A-Z][A-Za-z' &-]+", name), name
    for name in (*(s.draft.name_ar for s in world.services), *(d.name_ar for d in world.departments)):
        assert ARABIC.search(name), name
        assert not re.search(r"[A-Za-z0-9]", name), name


def test_codes_are_made_of_department_and_name() -> None:
    by_code = {s.code: s for s in build_world(7).services}
    assert by_code["rta-renew-vehicle-licence"].draft.name_ar == "تجديد ترخيص مركبة"


def test_every_department_has_services_and_pays_for_some() -> None:
    paid = paid_arrays(7)
    assert set(paid.department.tolist()) == set(range(32))


def test_nothing_can_be_paid_before_its_department_joined() -> None:
    world, paid = build_world(7), paid_arrays(7)
    for service, first in zip(world.paid, paid.available_from, strict=True):
        assert first >= world.departments[service.department].joined
        assert first >= day_number(service.launched_on)


def test_menus_repeat_prices_by_their_weight() -> None:
    number = next(i for i, s in enumerate(build_world(7).paid) if s.code == "rta-top-up-salik-account")
    slots = paid_arrays(7).menu_fils[number]
    assert set(slots.tolist()) == {5_000, 10_000, 15_000, 20_000, 50_000}
    assert (slots == 10_000).mean() == pytest.approx(9 / 21, abs=1 / 256)


def test_amounts_are_fixed_menu_or_open() -> None:
    assert parse_amount("fixed 105").fee_fils == 10_500
    assert parse_amount("menu 50:6 100:9") == Amount(((50.0, 6.0), (100.0, 9.0)))
    assert parse_amount("menu 50:6 100:9").fee_fils is None
    assert parse_amount("open 610 1.15").open
    with pytest.raises(ValueError, match="expected fixed, menu or open"):
        parse_amount("free")


def test_another_seed_keeps_the_names_and_changes_the_details() -> None:
    one, two = build_world(7), build_world(8)
    assert [s.code for s in one.services] == [s.code for s in two.services]
    assert [s.contact for s in one.services] != [s.contact for s in two.services]
