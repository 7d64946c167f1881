"""The fields of a contract, and the column titles under which systems export them.

Titles are those of published templates and of exports seen in public parsers, see docs/billing.md;
each in its plain form, in the order of trust.
"""

from __future__ import annotations

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
           " contractlengthmonths subscriptionterm durationmonths hstermmonths laufzeit"),
    titled("item", "line", "text",
           "productname product productservice itemproductservice item itemname lineitemname"
           " planname plan planid subscriptionsplanid subscriptionsplanname productcode artikel"),
    titled("text", "text on the invoice", "text",
           "itemdescription lineitemdescription productdescription description memo"),
    titled("price", "unit price", "amount",
           "salesprice unitprice itemrate rate unitamount planunitprice"
           " subscriptionsplanunitprice planamount listprice price einzelpreis"
           " unitamountcents unitpricecents pricecents priceminor"),
    titled("amount", "amount", "amount",
           "totalprice linetotal itemamount contractvalue totalcontractvalue tcv contractamount"
           " annualcontractvalue annualvalue acv arr mrr subscriptionsmrr dealamount amount value"
           " total betrag amountcents amountminor"),
    titled("quantity", "quantity", "amount",
           "quantity planquantity subscriptionsplanquantity itemquantity qty seats licenses"
           " licences units menge anzahl"),
    titled("frequency", "billing frequency", "text",
           "billingfrequency recurringbillingfrequency invoicefrequency invoicingfrequency"
           " billingperiod billingcycle billinginterval interval billingperiodunit"
           " billingschedule frequency paymentfrequency abrechnung"),
    titled("timing", "in advance or in arrears", "text",
           "billingtiming invoicetiming billinginadvance timing advanceorarrears billingtype"),
    titled("payment_terms", "payment terms", "text",
           "paymentterms paymentterm netterms nettermdays netdays terms zahlungsziel invoiceterms"),
    titled("tax", "tax in percent", "amount", "taxpercent taxrate vatrate vatpercent taxrates"),
    titled("discount", "discount in percent", "amount",
           "discountpercent discountpercentage linediscountpercent discountrate"),
    titled("kind", "kind of charge", "text",
           "chargetype itemtype producttype chargemodel linetype type"),
)  # fmt: skip

LABELS = {field.key: field.label for field in FIELDS}
KINDS = {field.key: field.kind for field in FIELDS}

_STRIPE = (
    "currentperiodstartutc currentperiodendutc trialstartutc trialendutc canceledatutc customerid"
    " cancelatperiodend plan interval createdutc startutc applicationfeepercent"
)
_CHARGEBEE = (
    "customersid subscriptionsid subscriptionsstatus subscriptionsmrr subscriptionsplanid"
    " subscriptionscancelledat subscriptionsstartedat subscriptionscurrenttermend"
)
_QUICKBOOKS = (
    "itemproductservice itemquantity itemrate itemamount templatename productservice nextdate"
    " memodescription"
)
_NETSUITE = (
    "internalid documentnumber lineid trandate tranid subsidiary postingperiod externalid"
    " customerentity salesorder"
)
_SALESFORCE = (
    "opportunityid opportunityname accountid currencyisocode contractnumber opportunityproductid"
    " totalprice salesprice contracttermmonths casesafeid"
)
_HUBSPOT = (
    "dealname dealstage dealowner associatedcompany associatedcompanyids recordid hstermmonths"
    " recurringbillingfrequency pipeline"
)
MARKS_OF_SYSTEM: dict[str, frozenset[str]] = {
    name: frozenset(titles.split())
    for name, titles in (
        ("stripe", _STRIPE), ("chargebee", _CHARGEBEE), ("quickbooks", _QUICKBOOKS),
        ("netsuite", _NETSUITE), ("salesforce", _SALESFORCE), ("hubspot", _HUBSPOT),
    )
}  # fmt: skip
"""Titles by which a system is told; two of them do."""
