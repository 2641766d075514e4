"""The customers of the demo, and what each of them is there to show."""

from __future__ import annotations

from decimal import Decimal

from seatsync.demo.cast import ON_DEMAND, Contract, Customer, Holding, Product
from seatsync.domain.billing import BillingPolicy, BillingType

OFFICE = Product("Cloud Office Standard", "DEMO-OFFICE:0001", Decimal("9.40"))
OFFICE_PLUS = Product("Cloud Office Premium", "DEMO-OFFICE:0002", Decimal("17.20"))
MAIL_SHIELD = Product("Mail Shield", "DEMO-SHIELD:0001", Decimal("1.85"))
VAULT = Product("Backup Vault", "DEMO-VAULT:0001", Decimal("3.10"))
METERED = Product("Metered Compute", "DEMO-COMPUTE:0001", Decimal("0.12"), BillingType.USAGE)

BAKERY_LICENCES = Contract("Imaginary Bakery, licences in advance", default="any")
BAKERY_USAGE = Contract("Imaginary Bakery, usage in arrears", "usage", BillingPolicy.ARREARS)
BAKERY = Customer(
    "Imaginary Bakery", "imaginary-bakery.example", contracts=(BAKERY_LICENCES, BAKERY_USAGE)
)
"""Licences land on one contract, usage on the other."""

ROBOTICS_OFFICE = Contract("Make-Believe Robotics, office", default="any")
ROBOTICS_WORKSHOP = Contract("Make-Believe Robotics, workshop")
ROBOTICS = Customer(
    "Make-Believe Robotics",
    "make-believe-robotics.example",
    contracts=(ROBOTICS_OFFICE, ROBOTICS_WORKSHOP),
)
"""Two contracts, one of them the default: what is on the other stays there."""

AIRLINES_ALL = Contract("Pretend Airlines, everything")
AIRLINES = Customer("Pretend Airlines", "pretend-airlines.example", contracts=(AIRLINES_ALL,))
"""No default contract, until the story's second part marks it."""

ACADEMY_ALL = Contract("Undecided Academy, everything")
ACADEMY = Customer("Undecided Academy", "undecided-academy.example", contracts=(ACADEMY_ALL,))
"""No default contract: what is new stays unassigned."""

MUSEUM_GALLERY = Contract("Twofold Museum, gallery", default="any")
MUSEUM_SHOP = Contract("Twofold Museum, shop", default="any")
MUSEUM = Customer(
    "Twofold Museum", "twofold-museum.example", contracts=(MUSEUM_GALLERY, MUSEUM_SHOP)
)
"""Two defaults, as a CRM can deliver them: what is new stays unassigned."""

LOGISTICS_ALL = Contract("Nowhere Logistics, everything", default="any")
LOGISTICS = Customer(
    "Nowhere Logistics", "nowhere-logistics.example", contracts=(LOGISTICS_ALL,), mapped=False
)
"""In the CRM and at the provider, but nobody has said that they are the same."""

CLINIC_ALL = Contract("Locked Door Clinic, everything", default="any")
CLINIC = Customer(
    "Locked Door Clinic", "locked-door-clinic.example", contracts=(CLINIC_ALL,), refused=True
)
"""The provider does not let us read it."""

DENTAL_ALL = Contract("Storybook Dental, licences", default="any")
DENTAL = Customer("Storybook Dental", "storybook-dental.example", ON_DEMAND, (DENTAL_ALL,))
"""Where a seat count changes in the story's first part."""

CUSTOMERS = (BAKERY, ROBOTICS, AIRLINES, ACADEMY, MUSEUM, LOGISTICS, CLINIC, DENTAL)

STORY_HOLDING = Holding(DENTAL, OFFICE, 10, DENTAL_ALL)
"""The subscription whose seat count changes in the story's first part."""

HOLDINGS = (
    Holding(BAKERY, OFFICE, 12, BAKERY_LICENCES),
    Holding(BAKERY, MAIL_SHIELD, 12, BAKERY_LICENCES),
    Holding(BAKERY, METERED, 1, BAKERY_USAGE),
    Holding(ROBOTICS, OFFICE_PLUS, 40, ROBOTICS_OFFICE),
    Holding(ROBOTICS, VAULT, 25, ROBOTICS_WORKSHOP),
    Holding(AIRLINES, OFFICE, 180, AIRLINES_ALL),
    Holding(AIRLINES, MAIL_SHIELD, 180, AIRLINES_ALL),
    Holding(ACADEMY, OFFICE, 65),
    Holding(MUSEUM, OFFICE_PLUS, 8, MUSEUM_GALLERY),
    Holding(MUSEUM, MAIL_SHIELD, 5, MUSEUM_SHOP),
    Holding(LOGISTICS, OFFICE, 30),
    Holding(CLINIC, OFFICE, 22),
    STORY_HOLDING,
    Holding(DENTAL, MAIL_SHIELD, 10, DENTAL_ALL),
)
