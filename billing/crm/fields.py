"""The fields an audit knows, and the column titles under which exports carry them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "amount", "share", "number", "flag"]
"""A share is an amount that may have a percent sign."""


@dataclass(frozen=True)
class Field:
    """A field, its word for people, what its cells hold, and its titles in the order of trust.

    A title is written in its plain form, see ``plain``.
    """

    key: str
    label: str
    kind: Kind
    titles: tuple[str, ...]


def titled(key: str, label: str, kind: Kind, titles: str) -> Field:
    """A field with its titles as one text."""
    return Field(key, label, kind, tuple(titles.split()))


DEALS = (
    titled("id", "deal id", "text",
           "opportunityid dealid recordid contractnumber contractid opportunitynumber dealnumber"
           " contract contractno id hsobjectid objectid casesafeid 18digitid internalid number"),
    titled("name", "deal name", "text",
           "opportunityname dealname contractname name title subject description"),
    titled("account", "account", "text",
           "accountname account associatedcompany customer customername company companyname client"
           " clientname organisation organization associatedcompanyprimary primarycompany kunde"
           " accountid associatedcompanyids associatedcompanyid companyid customerid"),
    titled("owner", "owner", "text",
           "opportunityowner dealowner salesagent ownername owner salesrep salesperson rep"
           " accountexecutive accountowner seller closedby ownerid hubspotownerid agent"
           " opportunityownername"),
    titled("product", "product", "text",
           "productname product lineitemname productservice item itemname plan planname sku"
           " productcode productfamily products package produkt"),
    titled("stage", "stage", "text",
           "stage dealstage stagename opportunitystage status contractstatus salesstage phase state"
           " pipelinestage dealstatus outcome result"),
    titled("won", "won or not", "flag", "won iswon isclosedwon hsisclosedwon closedwon dealiswon"),
    titled("amount", "amount", "amount",
           "totalprice linetotal amount dealamount closevalue opportunityamount contractvalue"
           " totalcontractvalue tcv acv"
           " annualcontractvalue dealvalue value total totalamount price revenue"
           " amountconverted bookingamount contractamount annualvalue arr mrr betrag wert"
           " amountincompanycurrency subtotal netamount salesprice amountcents amountminor"
           " unitamount"),
    titled("currency", "currency", "text",
           "currency currencyisocode currencycode dealcurrency amountcurrency opportunitycurrency"
           " dealcurrencycode isocurrency contractcurrency waehrung"),
    titled("engage", "first date", "date",
           "engagedate createddate createdate datecreated created createdat opendate opened"
           " startofengagement dealcreated createdon engagementdate entered firstcontact"),
    titled("close", "close date", "date",
           "closedate closeddate dateclosed closed closedat wondate signdate signeddate"
           " datesigned closedon expectedclosedate signaturedate customersigneddate activateddate"
           " bookingdate"),
    titled("payment_terms", "payment terms", "text",
           "paymentterms paymentterm terms netterms netdays paymentmethod zahlungsziel"
           " paymentconditions invoiceterms"),
    titled("billing_frequency", "billing frequency", "text",
           "billingfrequency frequency billingperiod billingcycle invoicefrequency billinginterval"
           " invoicingfrequency recurringbillingfrequency billingschedule interval billedevery"
           " paymentfrequency"),
    titled("term_start", "contract start", "date",
           "contractstartdate startdate contractstart termstart start subscriptionstartdate"
           " servicestartdate termstartdate effectivedate recurringbillingstartdate"
           " billingstartdate"
           " servicestart subscriptionstart"),
    titled("term_end", "contract end", "date",
           "contractenddate enddate contractend termend end subscriptionenddate serviceenddate"
           " termenddate expirationdate expirydate renewaldate contractexpiration serviceend"
           " subscriptionend"),
    titled("term_months", "contract term", "number",
           "contracttermmonths contractterm termmonths term contractlength termlength"
           " contractlengthmonths subscriptionterm durationmonths hstermmonths"),
    titled("segment", "segment", "text",
           "segment customersegment accountsegment marketsegment industry sector accountindustry"
           " region territory customertype vertical branche"),
    titled("source", "source of the deal", "text",
           "leadsource source dealsource originalsource originalsourcetype opportunitysource"
           " acquisitionchannel channel latestsource"),
    titled("pipeline", "pipeline", "text", "pipeline dealpipeline salesprocess recordtype"
           " opportunityrecordtype"),
    titled("type", "kind of deal", "text", "type dealtype opportunitytype contracttype ordertype"),
    titled("quantity", "quantity", "number", "quantity qty seats licenses licences units"),
)  # fmt: skip

ACCOUNTS = (
    titled("account", "account", "text", "account accountname company companyname name customer"),
    titled("segment", "segment", "text",
           "segment sector industry accountindustry vertical customersegment type accounttype"),
    titled("revenue", "revenue", "number", "revenue annualrevenue"),
    titled("employees", "employees", "number", "employees numberofemployees headcount"),
    titled("country", "country", "text",
           "country officelocation billingcountry countryregion location"),
    titled("parent", "parent account", "text", "subsidiaryof parentaccount parentcompany parent"),
)  # fmt: skip

PRODUCTS = (
    titled("product", "product", "text",
           "product productname name item itemname plan planname"),
    titled("code", "product code", "text", "productcode sku code itemcode id"),
    titled("series", "product family", "text", "series productfamily family category"),
    titled("price", "list price", "amount",
           "salesprice listprice unitprice price rate standardprice amount"),
    titled("currency", "currency", "text", "currency currencyisocode currencycode"),
)  # fmt: skip

TEAMS = (
    titled("owner", "owner", "text", "salesagent owner ownername agent rep salesrep name user"),
    titled("manager", "manager", "text", "manager managername teamlead"),
    titled("region", "region", "text", "regionaloffice region office territory team"),
)

SHEETS: dict[str, tuple[Field, ...]] = {
    "deals": DEALS, "accounts": ACCOUNTS, "products": PRODUCTS, "teams": TEAMS,
}  # fmt: skip

_SALESFORCE = (
    "opportunityid opportunityname opportunityowner stagename accountid currencyisocode iswon"
    " opportunityproductid casesafeid amountconverted fiscalperiod activateddate"
)
_HUBSPOT = (
    "recordid dealname dealstage dealowner associatedcompany associatedcontact hsobjectid"
    " associatedcompanyids associatedcontactids hubspotownerid dealtype lastactivitydate"
)
MARKS_OF_SYSTEM: dict[str, frozenset[str]] = {
    "salesforce": frozenset(_SALESFORCE.split()),
    "hubspot": frozenset(_HUBSPOT.split()),
}
"""Titles that only one system writes; two of them tell it."""

NOISE = re.compile(r"__c$|^(opportunity|deal|account|product|contract)\s*:\s*", re.IGNORECASE)
CURRENCY_IN_TITLE = re.compile(r"\(\s*([A-Z]{3}|[€$£¥])\s*\)|\bin\s+([A-Z]{3})\b")
MINOR = re.compile(r"cents|minor|pence|öre|rappen|unit_?amount", re.IGNORECASE)


def plain(title: str) -> str:
    """*title* without case, spaces, marks, a currency in brackets, and a system's additions."""
    bare = CURRENCY_IN_TITLE.sub("", NOISE.sub("", title.strip()))
    return "".join(letter for letter in bare.casefold() if letter.isalnum())


def plain_full(title: str) -> str:
    """*title* without case, spaces and marks, with its additions."""
    return "".join(letter for letter in title.casefold() if letter.isalnum())


KNOWN: frozenset[str] = frozenset(
    title for fields in SHEETS.values() for field in fields for title in field.titles
) | frozenset().union(*MARKS_OF_SYSTEM.values())


def is_known(title: str) -> bool:
    """Whether some export has a column of this title."""
    return plain(title) in KNOWN or plain_full(title) in KNOWN
