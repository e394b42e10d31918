"""ZeroGPU: the platform's own package, against a small server that plays its device interface; no GPU is here.

What this proves: the order of imports, what is decorated, whose quota pays how much, what passes between the processes,
and that weights in 4 bits load onto a GPU that is only played. Not the card itself, nor the platform's own limits.
"""

import os
import subprocess
import sys
from types import SimpleNamespace

import gradio as gr
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import expect

from pricer.errors import ModelError
from pricer.model import base
from pricer.model.engine import Pricer
from pricer.model.loading import load
from pricer.pricing.cleaning import NOTHING_TO_PRICE
from pricer.ui.server import zerogpu
from tests import ROOT
from tests.support.fakes import FakePricer
from tests.support.program import running
from tests.support.tiny_llama import CPU, DESCRIPTIONS, asked_for
from tests.support.zerogpu_platform import lending, visitor_token

ME = visitor_token("me")
DRILL = DESCRIPTIONS[3]


class FakeLentPricer(FakePricer):
    """A FakePricer whose GPU is lent."""

    lent = True


class Lender:
    """In place of `spaces.GPU`: notes what is decorated and how long each loan is; or refuses with `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.decorated = 0
        self.loans: list[int] = []

    def __call__(self, duration):
        def decorate(function):
            self.decorated += 1

            def lent(*arguments):
                if self.error:
                    raise self.error
                self.loans.append(duration(*arguments))
                return function(*arguments)

            return lent

        return decorate


@pytest.fixture(scope="module")
def space(tiny, tmp_path_factory):
    """app.py with the tiny Llama and its adapter, on ZeroGPU as it is played here; `platform` notes what it asks."""
    pytest.importorskip("spaces", reason="spaces is not installed: pip install -r requirements-dev.txt")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PRICER_")}
    with lending() as platform:
        environ |= {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": platform.address,
            "PRICER_BASE_MODEL": str(tiny.base),
            "PRICER_ADAPTER": str(tiny.adapter),
        }
        log = tmp_path_factory.mktemp("space") / "log"
        with running(log, environ, ("-m", "tests.support.zerogpu_app")) as program:
            client = Client(program.address, headers={"X-IP-Token": ME}, verbose=False)
            yield SimpleNamespace(platform=platform, client=client, program=program)


@pytest.fixture(scope="module")
def address(space):
    """Where the page is served, for `visit`."""
    return space.program.address


@pytest.fixture
def lends(space):
    """The platform, whose notes begin here and which has a GPU for everybody again afterwards."""
    platform = space.platform
    platform.requests.clear()
    yield platform
    platform.left, platform.idle = None, False


def test_the_program_reports_itself_and_a_price_is_one_short_loan_at_the_expense_of_who_asks(space, tiny, monkeypatch):
    monkeypatch.setattr(base, "compute_dtype", lambda _: torch.bfloat16)  # what the card that is played computes in
    [expected] = Pricer(load(asked_for(tiny.row), CPU)).estimate_all([DRILL])

    answer = space.client.predict(DRILL, api_name="/price")

    report, schedule, allow, release = space.platform.requests
    assert ["/startup-report", "/schedule", "/allow", "/release"] == [
        path for path, _ in (report, schedule, allow, release)
    ]
    assert (ME, "7") == (schedule[1]["token"], schedule[1]["durationSeconds"])
    assert str(space.program.pid) != allow[1]["pid"]
    assert ("loan-1", "false") == (release[1]["allowToken"], release[1]["fail"])
    assert pytest.approx(expected.price, rel=1e-3) == answer["price"]


def test_a_call_of_several_is_one_loan_and_a_process_that_still_has_its_gpu_is_used_again(space, lends):
    space.client.predict(list(DESCRIPTIONS), api_name="/price_many")
    lends.idle = True
    first, second = (space.client.predict(list(DESCRIPTIONS), api_name="/price_many") for _ in range(2))

    assert ["8", "8", "8"] == [loan["durationSeconds"] for loan in lends.asked("/schedule")]
    assert 1 == len(lends.asked("/allow"))
    assert first == second


def test_what_cannot_be_priced_is_refused_before_a_loan(space, lends):
    with pytest.raises(AppError, match=NOTHING_TO_PRICE):
        space.client.predict("<p></p>", api_name="/price")

    assert [] == lends.requests


def test_the_page_prices_within_a_loan_and_says_so_where_no_quota_is_left(visit, lends):
    page = visit()
    page.set_extra_http_headers({"X-IP-Token": ME})  # on the Hub, the page around it adds this
    page.fill("#description textarea", DRILL)
    page.click("#price-button")
    expect(page.locator("#price-status")).to_contain_text("Priced in")
    [loan] = lends.asked("/schedule")

    lends.left = 3
    page.fill("#description textarea", DESCRIPTIONS[1])
    page.click("#price-button")

    sentence = "ZeroGPU: You have exceeded your free ZeroGPU quota (7s requested vs. 3s left). Try again in 3:00:00."
    expect(page.locator("#description-error")).to_have_text(sentence)
    assert ME == loan["token"]


def test_many_descriptions_are_lent_in_parts_and_a_written_price_for_longer():
    lender = Lender()
    pricer = zerogpu.LentPricer(FakeLentPricer(), lender)
    texts = [f"lamp number {number}" for number in range(130)]

    prices = [estimate.price for estimate in pricer.estimate_all(texts)]
    pricer.generate_all(texts[:2])

    assert [28.75] * 130 == [round(price, 2) for price in prices]
    assert [22, 22, 7, 8] == lender.loans
    assert 64 == pricer.batch_size


def test_an_error_within_a_loan_arrives_as_it_was_and_the_platform_s_own_as_a_sentence():
    class Full(FakeLentPricer):
        def estimate_all(self, *_, **__):
            raise ModelError("There is too little memory for even one description.")

    with pytest.raises(ModelError, match="There is too little memory"):
        zerogpu.LentPricer(Full(), Lender()).estimate_all(["a lamp"])
    with pytest.raises(ModelError, match=r"^ZeroGPU: GPU task aborted$"):
        zerogpu.LentPricer(FakeLentPricer(), Lender(gr.Error("GPU task aborted"))).estimate_all(["a lamp"])


def test_a_model_on_the_cpu_pays_no_quota_and_yet_something_is_decorated(monkeypatch):
    lender, pricer = Lender(), FakeLentPricer()
    pricer.lent = False
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=lender))

    assert pricer is zerogpu.on_this_machine(pricer)
    assert 1 == lender.decorated


def test_without_the_platform_s_package_nothing_changes(monkeypatch):
    monkeypatch.setitem(sys.modules, "spaces", None)
    pricer = FakeLentPricer()

    assert pricer is zerogpu.on_this_machine(pricer)


def test_the_platform_s_package_is_imported_before_torch_and_gradio(tmp_path):
    (tmp_path / "spaces.py").write_text("import sys\nprint(sorted({'torch', 'gradio'} & set(sys.modules)))")
    environ = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )

    assert "[]\n" == done.stdout
