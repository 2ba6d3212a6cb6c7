"""A contract of one kind, in files that extend each other and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sim.scenario import Scenario, json_schema, load
from sim.scenario.model.contract import Cmhcb, FeeOnly, Mssp
from tests.scenario.minimal import Loader

MSSP = "contract={kind: mssp, track: basic_e, first_year: 2024, quality_score: 0.8}"
KINDS = (
    "kind: fee_only",
    "kind: cmhcb, base: gross, bands: [{from: 0.05, to: 0.1, share: 1}], guarantee: {refresh: 0.01}",
    "kind: pioneer, quality_score: 0.8",
    "kind: mssp, track: basic_e, first_year: 2024, quality_score: 0.8, minimum_rate: 0.01",
    "kind: reach, option: global, first_year: 2023, quality_earned: 1, equity_adjustment: 3 USD",
    "kind: medicaid_aco, corridor: 0.01, attachment: none, quality_modifier: 0.9",
    "kind: medicaid_aco, corridor: 0.01, attachment: 150000 USD, quality_modifier: 0.9",
    "kind: capitation, bid: 800 USD, benchmark: 900 USD, stars: 4, normalisation: 1.1, carve_out: 0, attachment: none,"
    " stop_loss_share: 0.8, stop_loss_premium: 0 USD, admin: 9 USD,"
    " subcontracts: {surgery: {units: 1, price: 9 USD, leakage: 0, leaked_price: 9 USD}}",
    "kind: ffs_codes, service: ccm, transitions: true",
    "kind: bundle, model: team, episode: spine, quality_score: 1",
)


def test_a_fee_alone_makes_a_contract_that_pays_the_fee_only(scenario: Loader) -> None:
    assert isinstance(scenario().contract, FeeOnly)
    assert float(scenario().contract.fee) == 120


def test_another_kind_keeps_the_fee_and_drops_what_it_does_not_have(scenario: Loader) -> None:
    own = ("contract:\n", "contract:\n  kind: cmhcb\n  base: gross\n")
    changed = scenario(own, overrides=(MSSP,)).contract
    assert isinstance(changed, Mssp)
    assert float(changed.fee) == 120
    assert isinstance(scenario(own).contract, Cmhcb)


def test_keys_of_the_same_kind_are_laid_over_each_other(folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text("extends: caseload:mgh_cmp/phase1.yaml\ntitle: Mine\ncontract:\n  guarantee: {original: 0.04}\n", encoding="utf-8")
    own = load(path, ["contract.guarantee.refresh=0.01"]).contract
    assert isinstance(own, Cmhcb)
    assert own.guarantee is not None
    assert [float(share) for share in (own.guarantee.original, own.guarantee.refresh) if share is not None] == [0.04, 0.01]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_satisfies_the_schema_and_loads_again_from_what_it_resolves_to(kind: str, scenario: Loader, folder: Path) -> None:
    written: Scenario = scenario(overrides=(f"contract={{{kind}}}",))
    data = json.loads(json.dumps(written.resolved(), default=str))
    Draft202012Validator(json_schema()).validate(data)
    path = folder / "again.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(data, stream)
    again = load(path)
    assert again.contract == written.contract
    assert again.digest() == written.digest()


def test_the_digest_knows_the_kind_and_its_switches(scenario: Loader) -> None:
    digests = {scenario(overrides=(f"contract={{{kind}}}",)).digest() for kind in KINDS}
    assert len(digests) == len(KINDS)


def test_every_number_of_a_contract_and_of_the_economics_stands_in_the_table_of_parameters(scenario: Loader) -> None:
    names = {row.name for row in scenario(overrides=(MSSP,)).parameters()}
    assert {"contract.fee", "contract.quality_score", "contract.first_year", "economics.hospital.variable_share"} <= names
