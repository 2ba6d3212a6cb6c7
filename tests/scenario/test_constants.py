"""Every constant of a contract says where it comes from."""

import pytest

from sim.scenario import constants as reading
from sim.scenario.constants import constants
from sim.scenario.files import SHIPPED

CONTRACTS = sorted(path.stem for path in (SHIPPED / "defaults" / "contracts").glob("*.yaml"))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_constant_has_source_and_grade(contract):
    own = constants(contract)
    assert own
    for constant in own.values():
        assert constant.source.strip()
        assert constant.grade in ("published", "derived", "assumption", "calibrated")
        # What is only remembered, and agrees with no data, is an assumption.
        if "(from memory)" in constant.source and "P1" not in constant.source:
            assert constant.grade == "assumption", constant
        if constant.range and isinstance(constant.value, int | float):
            assert constant.range[0] <= constant.value <= constant.range[1]


@pytest.mark.parametrize(
    "text",
    [
        "rate: 0.5",
        "rate: {value: 0.5, source: somewhere}",
        "rate: {value: 0.5, grade: published}",
        "rate: {value: 0.5, source: '', grade: published}",
        "rate: {value: 0.5, source: somewhere, grade: certain}",
        "rate: {value: 0.5, source: somewhere, grade: published, colour: red}",
    ],
)
def test_a_constant_without_source_or_grade_is_refused(text, tmp_path, monkeypatch):
    folder = tmp_path / "defaults" / "contracts"
    folder.mkdir(parents=True)
    (folder / "bad.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(reading, "SHIPPED", tmp_path)
    with pytest.raises(ValueError, match="rate: must"):
        constants("bad")
