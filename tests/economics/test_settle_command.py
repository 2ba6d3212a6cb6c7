"""`caseload settle`: published results settled, and bad tables refused with the place of what is wrong."""

import csv
import io
import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import sim.cli as cli
from sim.economics.contracts import mssp
from sim.economics.mssp_table import COLUMNS, minimum_rate, settle_table
from sim.tabular import TableErrors

HEADER = (
    "performance_year,aco_id,track,agreement_period_num,n_ab,abtotbnchmk,abtotexp,"
    "minsavperc,qualscore,met_qps,revlosslimit,disadj,earnsaveloss"
)
# Published rows, and what they were paid.
PUBLISHED = (
    "2021,A1027,basic_e,3,10500.0,135787947.0,129237648.0,0.0297,0.9237,1,1,,3209646.0",
    "2019,A1023,track_1,2,13704.0,63220251.0,61412338.0,0.0278,0.9809,1,0,0.0,886669.0",
    "2019,A3521,track_3,1,42228.0,491420036.0,513291173.0,0.02,0.9217,1,0,-22340.0,-8726115.0",
    "2021,A2833,basic_b,2,10274.0,98408857.0,95473669.0,0.0298,1.0,1,0,,0.0",
    "2021,A1515,basic_c,3,9027.0,92276474.0,93605069.0,0.0,0.9835,1,1,-154250.0,0.0",
)


@pytest.fixture
def table(tmp_path):
    def write(*rows, header=HEADER):
        path = tmp_path / "in.csv"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return path

    return write


def settle(path, out=None):
    out = out or path.with_name("out.csv")
    return CliRunner().invoke(cli.app, ["settle", "--contract", "mssp", "--table", str(path), "--out", str(out)])


def changed(column, value, row=PUBLISHED[0]):
    names = HEADER.split(",")
    cells = row.split(",")
    cells[names.index(column)] = value
    return ",".join(cells)


def read(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_every_published_row_of_2019_to_2021(shared):
    path = shared / "data" / "mssp_settlements_2019_2021.csv"
    rows = settle_table(path)
    assert len(rows) == 721
    # Compared here with what the file says, not with what the code says of itself.
    with path.open(encoding="utf-8") as stream:
        published = [float(row["earnsaveloss"]) for row in csv.DictReader(stream)]
    errors = [abs(row.settled.earned - row.settled.owed - paid) for row, paid in zip(rows, published, strict=True)]
    near = [error <= max(1_000, 0.001 * abs(paid)) for error, paid in zip(errors, published, strict=True)]
    assert near.count(False) == 0
    # Nor by leaving everything at zero: more than half of the rows earn something, and what is paid adds up to the published sum.
    assert sum(row.settled.earned > 0 for row in rows) > 360
    assert sum(row.settled.paid for row in rows) == pytest.approx(sum(published), rel=1e-5)


def test_final_sharing_rates_of_the_published_rows(shared):
    path = shared / "data" / "mssp_settlements_2019_2021.csv"
    with path.open(encoding="utf-8") as stream:
        published = [float(row["finalsharerate"]) for row in csv.DictReader(stream)]
    assert [row.settled.sharing_rate for row in settle_table(path)] == pytest.approx(published, abs=0.00501)


def test_one_sided_minimum_rates_are_the_size_table_s(shared):
    path = shared / "data" / "mssp_settlements_2019_2021.csv"
    with path.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["track"] in ("track_1", "basic_a", "basic_b")]
    assert len(rows) == 501
    own = [minimum_rate(None, float(row["n_ab"]), two_sided=False) for row in rows]
    assert own == pytest.approx([float(row["minsavperc"]) for row in rows], abs=0.0000501)


def test_rows_beside_what_was_paid(table):
    path = table(*PUBLISHED)
    result = settle(path)
    assert result.exit_code == 0, result.output
    rows = read(path.with_name("out.csv"))
    assert [row["aco_id"] for row in rows] == ["A1027", "A1023", "A3521", "A2833", "A1515"]
    # 0.98 x 0.5 x 6,550,299; 0.5 x 0.9809 x 1,807,913; 0.4 x 21,871,137 - 22,340; and two zeros.
    assert [float(row["earned"]) for row in rows] == pytest.approx([3_209_646.51, 886_690.93, 0, 0, 0], abs=0.01)
    assert [float(row["owed"]) for row in rows] == pytest.approx([0, 0, 8_726_114.80, 0, 0], abs=0.01)
    assert [float(row["difference"]) for row in rows] == pytest.approx([0.51, 21.93, 0.20, 0, 0], abs=0.01)
    assert result.stdout.startswith("5 rows settled: earned 4,096,337 USD, owed 8,726,115 USD. 5 of 5 (100.00%) agree")
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize(("met", "standard"), [("0", "met"), ("1", "alternative"), ("1", "failed")])
def test_the_two_columns_on_quality_must_agree(table, met, standard):
    result = settle(table(f"{changed('met_qps', met)},{standard}", header=f"{HEADER},quality_standard"))
    assert result.exit_code == 2
    assert f":2: quality_standard: says {standard}, but met_qps says {met}" in result.stderr


@pytest.mark.parametrize("met", ["0", "0.0"])
def test_no_standard_met_earns_nothing(table, met):
    path = table(changed("met_qps", met))
    assert settle(path).exit_code == 0
    assert float(read(path.with_name("out.csv"))[0]["earned"]) == 0


@given(st.binary(max_size=300) | st.text(alphabet='0123456789.,-"\n\r\x00e%basic_', max_size=300).map(lambda text: text.encode()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_it_is_settled_or_refused(tmp_path, content):
    path = tmp_path / "in.csv"
    for begin in (b"", HEADER.encode() + b"\n", f"{HEADER}\n{PUBLISHED[0]}\n".encode()):
        path.write_bytes(begin + content)
        try:
            assert settle_table(path)
        except TableErrors:
            continue


def test_names_of_columns_are_those_of_the_public_use_file_in_capitals_too(table):
    expected = [row.settled for row in settle_table(table(*PUBLISHED))]
    names = {
        "aco_id": "ACO_ID",
        "n_ab": "N_AB",
        "abtotbnchmk": "ABtotBnchmk",
        "abtotexp": "ABtotExp",
        "qualscore": "QualScore",
        "met_qps": "Met_QPS",
    }
    capitals = table(*PUBLISHED, header=",".join(names.get(name, name.title()) for name in HEADER.split(",")))
    assert [row.settled for row in settle_table(capitals)] == expected
    twice = settle(table(*(f"{row},A1" for row in PUBLISHED), header=f"{HEADER},ACO_ID"))
    assert twice.exit_code == 2
    assert "aco_id: stands twice in the first line" in twice.stderr


def test_help_lists_every_column_and_track():
    words = set(re.findall(r"\w+", CliRunner().invoke(cli.app, ["settle", "--help"]).stdout))
    assert set(COLUMNS) <= words
    assert set(mssp.tracks()) <= words


def test_a_row_that_differs_is_named(table):
    path = table(PUBLISHED[0], changed("earnsaveloss", "900000", PUBLISHED[1]))
    result = settle(path)
    assert result.exit_code == 0
    assert "1 of 2 (50.00%) agree" in result.stdout
    assert "The rest: A1023 2019 (-13,309 USD)." in result.stdout
    assert [row["agrees"] for row in read(path.with_name("out.csv"))] == ["1", "0"]


def test_agreement_is_within_a_thousandth_or_a_thousand_dollars(table):
    # The settlement is 3,209,646.51; a thousandth of what was paid is about 3,210.
    paid = {"3206500": "1", "3206300": "0", "3212850": "1", "3212900": "0"}
    for published, agrees in paid.items():
        path = table(changed("earnsaveloss", published))
        assert settle(path).exit_code == 0
        assert read(path.with_name("out.csv"))[0]["agrees"] == agrees


def test_a_table_that_does_not_say_what_was_paid(table):
    rows = [row.rsplit(",", 1)[0] for row in PUBLISHED]
    path = table(*rows, header=HEADER.rsplit(",", 1)[0])
    result = settle(path)
    assert result.exit_code == 0
    assert "5 rows without a published amount." in result.stdout
    assert "agree" not in result.stdout
    assert "difference" not in read(path.with_name("out.csv"))[0]


def test_minimum_rates():
    # At 10,274 beneficiaries the table says 2.98356%.
    assert minimum_rate(0.0298, 10_274, two_sided=False) == pytest.approx(0.0298356, abs=1e-7)
    assert minimum_rate(0.0299, 10_274, two_sided=False) == 0.0299
    assert minimum_rate(None, 10_274, two_sided=False) == pytest.approx(0.0298356, abs=1e-7)
    # A two-sided ACO that elected 2% has 2%, even where the table says a little more.
    assert minimum_rate(0.02, 59_995, two_sided=True) == 0.02
    assert minimum_rate(0.02, 59_995, two_sided=False) == pytest.approx(0.02 + 0.002 * 4 / 9_999)


def test_columns_that_the_public_use_file_does_not_have(table):
    header = f"{HEADER},participant_revenue,quality_standard,sequestration,agreement_year"
    loss = "2019,A1,basic_e,1,9000,100000000,110000000,0.02,0.9,1,1,,"
    path = table(
        f"{loss},20000000,,,",
        f"{loss.replace('A1', 'A2')},,,,",
        f"{loss.replace('A1', 'A3').replace('110000000', '90000000').replace('0.9,1', '0.9,0')},,failed,,",
        f"{loss.replace('A1', 'A4').replace('2019', '2022').replace('110000000', '90000000').replace('0.9,1', '0.9,0')},,alternative,0.01,",
        f"{loss.replace('A1', 'A5').replace('basic_e', 'track_2')},,,,1",
        header=header,
    )
    result = settle(path)
    assert result.exit_code == 0, result.output
    rows = read(path.with_name("out.csv"))
    # 8% of revenue; 30% of the loss; a failed standard; half of 90% less 1%; 1 - 0.6 x 0.9 of the loss, under 5% of the benchmark.
    assert [float(row["earned"]) - float(row["owed"]) for row in rows] == [-1_600_000, -3_000_000, 0, 4_455_000, -4_600_000]
    assert ["revenue" in row["note"] for row in rows] == [False, True, False, False, True]


@pytest.mark.parametrize(
    ("column", "value", "texts"),
    [
        ("track", "basic_f", ["must be one of basic_a", "did you mean 'basic_"]),
        ("track", "", ["is empty"]),
        ("n_ab", "many", ["must be a number"]),
        ("n_ab", "0", ["must be between 1 and 10,000,000"]),
        ("abtotbnchmk", "-5", ["must be between 0.01"]),
        ("abtotbnchmk", "$5", ["must be a number (got '$5'); write it without currency sign"]),
        ("abtotexp", "nan", ["must be a number"]),
        ("abtotexp", "1e999", ["must be between 0 and 1,000,000,000,000"]),
        ("minsavperc", "2.97", ["must be between 0 and 0.15", "2.5% as 0.025"]),
        ("minsavperc", "", ["must be given", "2% as 0.02"]),
        ("qualscore", "92.37", ["must be between 0 and 1", "92% as 0.92"]),
        ("qualscore", "92%", ["without currency sign"]),
        ("met_qps", "yes", ["must be 1 (yes) or 0 (no)"]),
        ("disadj", "100", ["written negative"]),
        ("performance_year", "2020.5", ["must be a whole number"]),
        ("performance_year", "2018", ["known from 2019 on", "column sequestration"]),
        ("earnsaveloss", "x", ["must be a number"]),
    ],
)
def test_a_bad_cell_is_refused_with_line_and_column(table, column, value, texts):
    path = table(PUBLISHED[1], "", changed(column, value))
    result = settle(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{path}:4: {column}: ")
    for text in texts:
        assert text in result.stderr
    assert "Traceback" not in result.stderr
    assert not path.with_name("out.csv").exists()


def test_all_faults_are_told_at_once(table):
    result = settle(table(changed("track", "x"), changed("qualscore", "7", PUBLISHED[1]), "1,2"))
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in result.stderr.splitlines()[:3]] == ["2", "3", "4"]
    assert "must have 13 cells, as the first line has (got 2)" in result.stderr
    assert "3 problems" in result.stderr


def test_faults_beyond_fifty_are_counted(table):
    result = settle(table(*["1,2"] * 60))
    assert result.stderr.count("must have 13 cells") == 50
    assert "and 10 more problems" in result.stderr


def test_faults_between_cells_are_told_with_the_others(table):
    result = settle(table(PUBLISHED[0], PUBLISHED[0], changed("track", "x", PUBLISHED[1])))
    assert result.exit_code == 2
    assert ":3: aco_id: A1027 has a row for 2021 already, in line 2" in result.stderr
    assert ":4: track: must be one of" in result.stderr


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "is empty; the first line must name the columns"),
        (HEADER.encode(), "has no rows"),
        (HEADER.replace("qualscore", "qual_score").encode(), ":1: qualscore: this column is missing; did you mean 'qual_score'?"),
        ((HEADER + ",track").encode(), ":1: track: stands twice"),
        (HEADER.encode() + b"\n2021,\xff", "is not UTF-8 text"),
        (HEADER.encode() + b'\n2021,"A', "cannot be read as CSV from here on"),
        (HEADER.encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, content, text):
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    result = settle(path)
    assert result.exit_code == 2
    assert text in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_not_there(tmp_path):
    result = settle(tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "none.csv: cannot be read: no such file" in result.stderr


def test_a_folder_is_no_table(tmp_path):
    result = settle(tmp_path, tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "is not a plain file" in result.stderr


@pytest.mark.parametrize("link", [None, "symlink_to", "hardlink_to"])
def test_the_table_is_never_overwritten(table, tmp_path, link):
    path = table(*PUBLISHED)
    before = path.read_bytes()
    out = path
    if link:
        out = tmp_path / "other.csv"
        getattr(out, link)(path)
    result = settle(path, out)
    assert result.exit_code == 2
    assert "--out is the table itself" in result.stderr
    assert path.read_bytes() == before


def test_out_must_be_a_file_in_a_folder_that_exists(table, tmp_path):
    path = table(*PUBLISHED)
    assert "is a folder" in settle(path, tmp_path).stderr
    os.mkfifo(tmp_path / "pipe")
    assert "is not a plain file" in settle(path, tmp_path / "pipe").stderr
    result = settle(path, tmp_path / "none" / "out.csv")
    assert result.exit_code == 2
    assert "no such folder" in result.stderr


def test_a_refused_table_leaves_the_old_result(table, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    assert settle(table(changed("track", "x")), out).exit_code == 2
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_another_contract_is_refused(table):
    result = CliRunner().invoke(cli.app, ["settle", "--contract", "pioneer", "--table", "x.csv", "--out", "y.csv"])
    assert result.exit_code == 2
    assert "mssp" in result.stderr
