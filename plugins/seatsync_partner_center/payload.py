"""The JSON of Partner Center, as far as it is read; property names in lower case, as folded."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class SubType(msgspec.Struct):
    """What tells a savings plan from other Azure products."""

    id: str | None = None


class ProductType(msgspec.Struct):
    """The family of a product of the new commerce."""

    id: str | None = None
    subtype: SubType | None = None


class NextProduct(msgspec.Struct):
    """What a subscription becomes at its next term."""

    productid: str | None = None
    skuid: str | None = None
    billingcycle: str | None = None
    termduration: str | None = None


class NextTerm(msgspec.Struct):
    """A change that is scheduled for the next term."""

    product: NextProduct | None = None
    quantity: Decimal | None = None
    customtermenddate: str | None = None


class Subscription(msgspec.Struct):
    """A subscription, as far as it is read."""

    id: str
    quantity: Decimal
    offerid: str | None = None
    offername: str | None = None
    friendlyname: str | None = None
    producttype: ProductType | None = None
    unittype: str | None = None
    parentsubscriptionid: str | None = None
    effectivestartdate: str | None = None
    commitmentenddate: str | None = None
    commitmentenddatetime: str | None = None
    status: str | None = None
    autorenewenabled: bool | None = None
    istrial: bool | None = None
    billingtype: str | None = None
    billingcycle: str | None = None
    termduration: str | None = None
    ismicrosoftproduct: bool | None = None
    migratedfromsubscriptionid: str | None = None
    orderid: str | None = None
    schedulednextterminstructions: NextTerm | None = None

    @property
    def family(self) -> str | None:
        """The family of its product; None in the legacy commerce."""
        return self.producttype.id if self.producttype else None

    @property
    def subtype(self) -> str | None:
        """The narrower family of its product, where it has one."""
        narrower = self.producttype.subtype if self.producttype else None
        return narrower.id if narrower else None


class CompanyProfile(msgspec.Struct):
    """A customer's company, as far as it is read."""

    companyname: str | None = None
    domain: str | None = None


class Customer(msgspec.Struct):
    """A customer, as far as it is read."""

    id: str
    companyprofile: CompanyProfile | None = None


class Marks(msgspec.Struct):
    """The little that recognises a subscription before it is read; of any type."""

    id: str | None = None
    offername: str | None = None
    friendlyname: str | None = None
    status: str | None = None
    migratedfromsubscriptionid: str | None = None
