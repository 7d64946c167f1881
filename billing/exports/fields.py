"""The fields of an invoice, and the column titles under which systems export them.

Titles are those of the published templates and of exports seen in public parsers, see
docs/billing.md; each in its plain form, in the order of trust.
"""

from __future__ import annotations

import re

from billing.crm.fields import plain, plain_full, titled

FIELDS = (
    titled("number", "invoice number", "text",
           "invoicenumber invoiceno documentnumber num docnumber documentno invoicenum tranid"
           " hsnumber number invoicename hsinvoicenumber invoiceid invoice billnumber"
           " rechnungsnummer rechnungsnr belegnummer reference referenceid payoutid transactionid"
           " transaction postingid entryid entryno journalid accountnumber accountno glaccount"),
    titled("id", "internal id", "text",
           "id internalid externalid recordid recordidinvoices hsobjectid invoicerecordid uuid"),
    titled("type", "kind of document", "text",
           "transactiontype documenttype invoicetype type trantype rectype doctype belegart"),
    titled("status", "status", "text",
           "status invoicestatus hsinvoicestatus paymentstatus documentstatus state"),
    titled("mainline", "mark of an invoice's own row", "text", "mainline *"),
    titled("line_number", "line number", "text",
           "lineid lineno linenumber line linesequencenumber"),
    titled("contract", "contract", "text",
           "contractnumber contractno contractid contract subscriptionid subscription"
           " invoicesubscriptionid subscriptionnumber agreementnumber agreement ordernumber orderid"
           " salesordernumber order salesorder dealid dealname associateddeal associateddealids"
           " opportunityname opportunityid createdfrom vertragsnummer vertrag"),
    titled("customer", "customer", "text",
           "customername customer contactname accountname account name client clientname company"
           " companyname customerid invoicecustomerid entity customerentity billtoname billto"
           " associatedcompany associatedcompanies customeremail accountid kunde kundenname"),
    titled("currency", "currency", "text",
           "currency currencycode currencyisocode invoicecurrencycode hscurrency isocurrency"
           " invoicecurrency transactioncurrency waehrung währung"),
    titled("date", "invoice date", "date",
           "invoicedate hsinvoicedate dateutc date trandate datetrandate transactiondate issuedate"
           " issuedat invoicedat invoicedon documentdate finalizedatutc finalizedat created"
           " createdutc createdate billdate postingdate bookingdate valuedate availableon"
           " rechnungsdatum belegdatum datum"),
    titled("due", "due date", "date",
           "duedate duedateutc invoiceduedate hsduedate due dueat dueon fälligkeitsdatum"
           " faelligkeitsdatum fälligam"),
    titled("period_start", "period from", "date",
           "minimumlineitemperiodstartutc minimumlineitemperiodstart lineitemsdatefrom"
           " serviceperiodstart servicestartdate servicestart billingperiodstart periodfrom"
           " periodstart periodstartutc startdate start datefrom chargestartdate revrecstartdate"
           " leistungvon zeitraumvon from"),
    titled("period_end", "period to", "date",
           "maximumlineitemperiodendutc maximumlineitemperiodend lineitemsdateto serviceperiodend"
           " serviceenddate serviceend billingperiodend periodto periodend periodendutc enddate end"
           " dateto chargeenddate revrecenddate leistungbis zeitraumbis to"),
    titled("refers_to", "invoice that is credited", "text",
           "referenceinvoiceid referenceinvoice creditednoteinvoice creditedinvoice appliedto"
           " appliedtotransaction originalinvoice originalinvoicenumber relatedinvoice"
           " invoicereference appliedtoinvoice refersto"),
    titled("total", "total with tax", "amount",
           "total invoicetotal totalamount invoicetotalamount grandtotal totalinvoiceamount"
           " hsamountbilled amountbilled invoiceamount amounttotal totalamountwithtax"
           " amountforeigncurrency fxamount gesamtbetrag bruttobetrag brutto amountdue"),
    titled("net", "total before tax", "amount",
           "totalexcludingtax nettotal netamount totalamountwithouttax subtotalexcludingtax"
           " subtotal hssubtotal nettobetrag netto net"),
    titled("tax", "tax", "amount",
           "tax totaltax taxtotal totaltaxamount salestax vat vatamount invoicetax taxamount"
           " hstax hstaxamount amounttax exclusivetaxamount steuerbetrag mwst ust"),
    titled("line_tax", "tax of a line", "amount", "itemtaxamount linetax lineitemstax1amount"),
    titled("item", "line", "text",
           "itemproductservice productservice lineitemsentityid lineitemsdescription item itemname"
           " product productname hsproductname plan planname lineitem lineitemname"
           " lineitemdescription lineitemname productid inventoryitemcode itemdescription artikel"
           " position leistung"),
    titled("quantity", "quantity", "amount",
           "itemquantity lineitemsquantity quantity qty units menge anzahl"),
    titled("unit_price", "unit price", "amount",
           "itemrate lineitemsunitamount unitprice rate unitamount salesprice price listprice"
           " einzelpreis"),
    titled("line_discount", "discount of a line", "amount",
           "lineitemsitemleveldiscount1amount linediscount lineitemdiscount lineitemsdiscount"),
    titled("debit", "debit", "amount",
           "debit debitamount amountdebit debits debitforeigncurrency amountdebitforeigncurrency"
           " dr withdrawal withdrawals withdrawalamount moneyout paidout outflow"
           " amountout soll sollbetrag"),
    titled("credit", "credit", "amount",
           "credit creditamount amountcredit credits creditforeigncurrency"
           " amountcreditforeigncurrency cr deposit deposits depositamount moneyin paidin inflow"
           " amountin haben habenbetrag"),
    titled("posted", "debit or credit", "text",
           "debitcredit creditdebit drcr crdr dc cd debitcreditindicator creditdebitindicator"
           " debitorcredit dcindicator drcrindicator sollhaben shkennzeichen entryside"),
    titled("line_amount", "amount of a line", "amount",
           "itemamount lineitemsamount lineamount linetotal lineitemamount lineitemtotal"
           " extendedprice totalprice amount gross betrag"),
)  # fmt: skip

LABELS = {field.key: field.label for field in FIELDS}
ENTRY_FIELDS = ("number", "customer", "currency", "date", "total", "debit", "credit", "posted")
"""What is told of an entry of a ledger."""
POSTED = ("debit", "credit", "posted")
"""What only entries have."""
LINE_FIELDS = frozenset(("item", "quantity", "unit_price", "line_amount", "line_discount",
                         "line_tax", "line_number"))  # fmt: skip
"""What is told of each line; the rest is told of the invoice."""
HINTS = frozenset(("item", "quantity", "unit_price", "line_number", "mainline"))
"""Columns that show that rows are lines."""

_STRIPE = (
    "amountdue amountpaid totaldiscountamount appliedcoupons startingbalance endingbalance dateutc"
    " duedateutc paidatutc finalizedatutc voidedatutc markeduncollectibleatutc periodstartutc"
    " periodendutc minimumlineitemperiodstartutc taxpercent exclusivetaxamount closed forgiven"
)
_CHARGEBEE = (
    "invoiceid invoicecurrencycode invoicecustomerid invoicesubscriptionid invoicestatus"
    " invoicedate invoicetotal lineitemsentityid lineitemsamount lineitemsunitamount"
    " lineitemsdatefrom useforproration invoicenettermdays amountadjusted amounttocollect"
    " customersid subscriptionsid recurring firstinvoice"
)
_QUICKBOOKS = (
    "itemproductservice itemquantity itemrate itemamount servicedate transactiontype num"
    " memodescription split openbalance productservice nameaddress"
)
_NETSUITE = (
    "internalid documentnumber lineid createdfrom amountforeigncurrency postingperiod subsidiary"
    " tranid trandate fxamount mainline customerentity datetrandate * exchangerate"
)
_SALESFORCE = (
    "currencyisocode accountid accountname invoicename opportunityid opportunityname casesafeid"
    " billingaccount invoicerunid posteddate opportunityproductid totalamountwithtax"
)
_HUBSPOT = (
    "hsnumber hsinvoicedate hsamountbilled hscurrency hsinvoicestatus hsobjectid hsbalancedue"
    " amountbilled balancedue recordid recordidinvoices associateddeal associatedcompany"
    " associatedcontact amountbilled hsduedate"
)
MARKS_OF_SYSTEM: dict[str, frozenset[str]] = {
    name: frozenset(titles.split())
    for name, titles in (
        ("stripe", _STRIPE), ("chargebee", _CHARGEBEE), ("quickbooks", _QUICKBOOKS),
        ("netsuite", _NETSUITE), ("salesforce", _SALESFORCE), ("hubspot", _HUBSPOT),
    )
}  # fmt: skip
"""Titles by which a system is told; two of them do."""

INDEXED = re.compile(r"(?P<base>.+)\[(?P<index>\d{1,3})\]$")
"""A column of a line within its invoice's row, such as ``line_items[amount][0]``."""

KNOWN: frozenset[str] = frozenset(
    title for field in FIELDS for title in field.titles
) | frozenset().union(*MARKS_OF_SYSTEM.values())


def base_of(title: str) -> str:
    """*title* without its index."""
    found = INDEXED.match(title.strip())
    return found["base"] if found else title.strip()


def names_of(title: str) -> tuple[str, str]:
    """The plain forms of *title*; a star alone stays, it is a title of NetSuite's."""
    if title.strip() == "*":
        return "*", "*"
    base = base_of(title)
    return plain(base), plain_full(base)


def is_known(title: str) -> bool:
    """Whether some export has a column of this title."""
    return any(name in KNOWN for name in names_of(title))
