"""A small simulated partner with one of each quirk: what the cassettes are recorded from."""

from __future__ import annotations

from seatsync_pax8.simulator import Simulator

COMPANY_OF_NOBODY = "00000000-0000-4000-8000-000000000000"
UNKNOWN_PRODUCT = "00000000-0000-4000-8000-000000000001"


def sample_partner() -> Simulator:
    """Return a partner of three companies, with subscriptions of every documented kind."""
    partner = Simulator()
    bakery = partner.add_company("Example Bakery", website="https://www.bakery.example/")
    garage = partner.add_company("Example Garage", status="Inactive", externalId="G-1")
    partner.add_company("Example Harbour", status="Deleted")
    suite = partner.add_product("Example Suite", sku="EX-SUITE", vendorSku="EXAMPLE:0001")
    backup = partner.add_product("Example Backup", sku="EX-BACKUP")
    _add_ordinary(partner, bakery, suite)
    _add_odd(partner, garage, backup)
    return partner


def _add_ordinary(partner: Simulator, company: str, product: str) -> None:
    partner.add_subscription(
        company,
        product,
        25,
        productName="Example Suite",
        price=32.01,
        partnerCost=27.5,
        vendorSkuId="EXAMPLE:0001:P1Y",
        commitmentTerm={"id": product, "term": "1-Year", "endDate": "2026-12-31T00:00:00Z"},
    )
    partner.add_subscription(company, product, 3, price=32.01, billingTerm="Annual")
    partner.add_subscription(company, product, 1, status="Trial", billingTerm="Trial", price=0)
    partner.add_subscription(company, product, 1, billingTerm="Arrears", price=0)


def _add_odd(partner: Simulator, company: str, product: str) -> None:
    ending = {"status": "PendingCancel", "endDate": "2024-11-18"}
    partner.add_subscription(company, product, 7, price=6, **ending)
    partner.add_subscription(company, product, 2, status="SomethingNew", price=6)
    partner.add_subscription(company, UNKNOWN_PRODUCT, 4, productName="Example Phone", price=9)
    partner.add_subscription(company, product, 2.5, price=6)
