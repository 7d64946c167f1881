"""The fields of a contract, and the column titles under which systems export them.

Titles are those of published templates and of exports seen in public parsers, see docs/billing.md;
each in its plain form, in the order of trust.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from billing.crm.fields import titled

FIELDS = (
    titled("number", "contract number", "text",
           "contractnumber contractno contractid contract agreementnumber ordernumber"
           " salesordernumber documentnumber docnumber tranid subscriptionid subscriptionsid"
           " subscriptionnumber opportunityid dealid recordid vertragsnummer vertrag internalid"
           " externalid id num number dealname opportunityname"),
    titled("customer", "customer", "text",
           "accountname customername customer account associatedcompany company companyname client"
           " clientname customerdescription customersname customerscompany name entity"
           " customeremail accountid customerid customersid associatedcompanyids kunde kundenname"),
    titled("status", "status", "text",
           "status contractstatus subscriptionsstatus subscriptionstatus stage dealstage stagename"
           " state"),
    titled("currency", "currency", "text",
           "currency currencyisocode currencycode dealcurrency isocurrency contractcurrency"
           " subscriptionscurrencycode waehrung währung"),
    titled("start", "start", "date",
           "contractstartdate startdate contractstart termstart start subscriptionstartdate"
           " subscriptionsstartedat subscriptionsstartdate servicestartdate termstartdate"
           " effectivedate startdateutc startutc startedat recurringbillingstartdate"
           " billingstartdate servicestart currenttermstart vertragsbeginn beginn closedate date"
           " createdutc created"),
    titled("end", "end", "date",
           "contractenddate enddate contractend termend end subscriptionenddate serviceenddate"
           " termenddate expirationdate expirydate enddateutc serviceend currenttermend"
           " subscriptionscurrenttermend cancelatutc vertragsende ende"),
    titled("months", "term in months", "number",
           "contracttermmonths contractterm termmonths term contractlength termlength"
           " contractlengthmonths subscriptionterm durationmonths hstermmonths hsterminmonths"
           " hsrecurringbillingperiod recurringbillingterm laufzeit"),
    titled("item", "line", "text",
           "productname product productservice itemproductservice item itemname lineitemname"
           " planname plan planid subscriptionsplanid subscriptionsplanname productcode"
           " subscriptionitemsitempriceid0 artikel"),
    titled("text", "text on the invoice", "text",
           "itemdescription lineitemdescription productdescription description memo"),
    titled("price", "unit price", "amount",
           "salesprice unitprice itemrate rate unitamount planunitprice"
           " subscriptionsplanunitprice planamount listprice price einzelpreis"
           " unitamountcents unitpricecents pricecents priceminor subscriptionitemsunitprice0"),
    titled("amount", "amount", "amount",
           "totalprice linetotal itemamount contractvalue totalcontractvalue tcv contractamount"
           " annualcontractvalue annualvalue acv arr mrr subscriptionsmrr dealamount amount value"
           " total betrag amountcents amountminor"),
    titled("quantity", "quantity", "amount",
           "quantity planquantity subscriptionsplanquantity itemquantity qty seats licenses"
           " subscriptionitemsquantity0"
           " licences units menge anzahl"),
    titled("frequency", "billing frequency", "text",
           "billingfrequency recurringbillingfrequency hsrecurringbillingfrequency"
           " invoicefrequency invoicingfrequency"
           " billingperiodunit subscriptionsbillingperiodunit billingperiod billingcycle"
           " billinginterval interval"
           " billingschedule frequency paymentfrequency abrechnung"),
    titled("every", "number of billing intervals", "amount",
           "intervalcount billingintervalcount billingperiodcount billingperiod"
           " subscriptionsbillingperiod"),
    titled("timing", "in advance or in arrears", "text",
           "billingtiming invoicetiming billinginadvance timing advanceorarrears billingtype"),
    titled("payment_terms", "payment terms", "text",
           "paymentterms paymentterm netterms nettermdays netdays terms zahlungsziel invoiceterms"),
    titled("tax", "tax in percent", "share", "taxpercent taxrate vatrate vatpercent taxrates"),
    titled("discount", "discount in percent", "share",
           "discountpercent discountpercentage linediscountpercent discountrate couponpercentoff"
           " percentoff hsdiscountpercentage"),
    titled("discount_amount", "discount as an amount", "amount",
           "discountamount amountoff couponamountoff linediscount discountvalue"),
    titled("discount_end", "last day of the discount", "date",
           "discountend discountenddate discountuntil discountvaliduntil couponend discountendutc"),
    titled("discount_periods", "periods of the discount", "number",
           "discountperiods discountdurationperiods couponperiods"),
    titled("coupon", "coupon or discount in words", "text",
           "coupon couponcode coupons appliedcoupons couponid couponids promotioncode discount"
           " discounts discountcode couponscouponid0 couponids0 totaldiscount hstotaldiscount"
           " unitdiscount"),
    titled("kind", "kind of charge", "text",
           "chargetype itemtype producttype linetype type usagetype"),
    titled("trial_end", "end of the trial", "date",
           "trialendutc trialend trialenddate trialendsat trialuntil subscriptionstrialend"
           " subscriptiontrialend probezeitende"),
    titled("trial_days", "days of trial", "number",
           "trialdays trialperioddays freetrialdays triallengthdays trialperiod"),
    titled("free_periods", "free billing periods", "number",
           "freeperiods freebillingperiods freecycles"),
    titled("free_months", "free months", "number", "freemonths monthsfree rentfreemonths"),
    titled("line_start", "start of the line", "date",
           "linestartdate linestart segmentstartdate segmentstart rampstartdate rampstart"
           " productstartdate itemstartdate subscriptionstartdate servicestartdate servicestart"
           " recurringbillingstartdate hsrecurringbillingstartdate billingstartdate"),
    titled("line_end", "end of the line", "date",
           "lineenddate lineend segmentenddate segmentend rampenddate rampend productenddate"
           " itemenddate subscriptionenddate serviceenddate serviceend"
           " recurringbillingenddate hsrecurringbillingenddate billingenddate"),
    titled("model", "pricing model", "text",
           "pricingmodel hspricingmodel pricemodel chargemodel tiersmode tiermode pricetype"
           " priceplantype itempricespricingmodel pricingtype usagepricing pricingmethod"
           " billingscheme consumptionscheduletype scheduletype preismodell"),
    titled("tier_item", "line of a tier", "text",
           "itemtiersitempriceid0 tieritem tierproduct"),
    titled("tier_from", "first unit of a tier", "amount",
           "tierfrom fromquantity tierstart startingunit tierstartingunit tierlowerbound"
           " lowerbound sbqqlowerbound lowerlimit minquantity minimumquantity fromunit rangefrom"
           " itemtiersstartingunit0 itemtiersstartingunitindecimal0 tier1from tier1start"),
    titled("tier_above", "quantity that a tier begins above", "amount",
           "abovequantity priceplanpricingabovequantity"),
    titled("tier_up_to", "last unit of a tier", "text",
           "tierupto tierto toquantity tierend endingunit tierendingunit tierupperbound"
           " upperbound sbqqupperbound upperlimit maxquantity maximumquantity tounit rangeto upto"
           " itemtiersendingunit0 itemtiersendingunitindecimal0 tier1upto tier1to tier1end"),
    titled("tier_price", "price of a unit in a tier", "amount",
           "tierprice tierunitprice tierunitamount tierrate itemtiersprice0"
           " itemtierspriceindecimal0 tier1price tier1unitprice tier1rate priceplanpricingvalue"),
    titled("tier_flat", "flat fee of a tier", "amount",
           "tierflatfee tierflatamount tierfee tier1flatfee tier1flatamount"),
    titled("tier_option", "what the price of a tier is for", "text",
           "pricingoption priceplanpricingpricingoption tieroption"),
    titled("tier_ranges", "tiers as one text", "text", "hstierranges tierranges"),
    titled("tier_prices", "prices of the tiers as one text", "text", "hstierprices tierprices"),
    titled("package_size", "units of a package", "amount",
           "packagesize unitsperpackage packagequantity transformquantitydivideby divideby"
           " dividedby blocksize"),
    titled("percent", "share in percent", "share",
           "feepercent percentfee percentagefee ratepercent percentagerate usagepercent"
           " transactionfeepercent"),
    titled("fixed", "fixed part of a transaction", "amount",
           "fixedfee pertransaction transactionfee fixedpertransaction fixedpart"
           " pertransactionfee"),
    titled("included", "included units", "amount",
           "includedunits includedquantity includedusage freeunits freequantity freeallowance"
           " unitsincluded"),
    titled("minimum", "least amount of a period", "amount",
           "minimumamount minimumfee minimumspend minimumcommitment minimumcharge"
           " periodminimum"),
)  # fmt: skip

TIERED = ("tier_item", "tier_from", "tier_above", "tier_up_to", "tier_price", "tier_flat",
          "tier_option")  # fmt: skip
"""What is told of each tier: on a row of its own, or in columns that are numbered."""
TELLING = ("tier_from", "tier_above", "tier_up_to", "tier_price", "tier_flat", "tier_ranges")
"""What shows that a row has tiers at all."""
ITEMS = ("item", "quantity", "price", "amount")
"""What is told of each line where lines stand beside each other in numbered columns."""
_INDEXED = re.compile(r"(?P<before>.*\[)(?P<index>\d{1,3})(?P<after>\])$")
_NUMBERED = re.compile(r"(?P<before>\D*)(?P<index>\d{1,3})(?P<after>\D*)$")


def series(key: str, title: str, titles: Sequence[str]) -> tuple[int, ...]:
    """The places of the columns that go on from *title* by their numbers, and its own."""
    pattern = _NUMBERED if key in TIERED else _INDEXED
    own = pattern.match(title) if key in (*TIERED, *ITEMS) else None
    if own is None:
        return (titles.index(title),)
    found = {}
    for place, each in enumerate(titles):
        other = pattern.match(each)
        if other and (other["before"], other["after"]) == (own["before"], own["after"]):
            found[int(other["index"])] = place
    return tuple(place for _, place in sorted(found.items()))


LABELS = {field.key: field.label for field in FIELDS}
KINDS = {field.key: field.kind for field in FIELDS}

_STRIPE = (
    "currentperiodstartutc currentperiodendutc trialstartutc trialendutc canceledatutc customerid"
    " cancelatperiodend plan interval createdutc startutc applicationfeepercent"
    " billingscheme tiersmode intervalcount trialperioddays"
)
_CHARGEBEE = (
    "customersid subscriptionsid subscriptionsstatus subscriptionsmrr subscriptionsplanid"
    " subscriptionscancelledat subscriptionsstartedat subscriptionscurrenttermend"
    " subscriptionitemsitempriceid0 subscriptionitemsquantity0 subscriptionitemsunitprice0"
    " itemtiersstartingunit0 itemtiersprice0 billingperiodunit"
)
_QUICKBOOKS = (
    "itemproductservice itemquantity itemrate itemamount templatename productservice nextdate"
    " memodescription"
)
_NETSUITE = (
    "internalid documentnumber lineid trandate tranid subsidiary postingperiod externalid"
    " customerentity salesorder abovequantity priceplantype"
)
_SALESFORCE = (
    "opportunityid opportunityname accountid currencyisocode contractnumber opportunityproductid"
    " totalprice salesprice contracttermmonths casesafeid sbqqlowerbound sbqqupperbound"
)
_HUBSPOT = (
    "dealname dealstage dealowner associatedcompany associatedcompanyids recordid hstermmonths"
    " recurringbillingfrequency pipeline hspricingmodel hstierranges hstierprices"
    " hsrecurringbillingperiod"
)
MARKS_OF_SYSTEM: dict[str, frozenset[str]] = {
    name: frozenset(titles.split())
    for name, titles in (
        ("stripe", _STRIPE), ("chargebee", _CHARGEBEE), ("quickbooks", _QUICKBOOKS),
        ("netsuite", _NETSUITE), ("salesforce", _SALESFORCE), ("hubspot", _HUBSPOT),
    )
}  # fmt: skip
"""Titles by which a system is told; two of them do."""
