"""Audit events in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from phases.core.models import AuditEvent
from phases.mechanisms.situation import Situation

PLAIN = {
    "AccessEnded": "ended the access of",
    "AnswerSaved": "answered",
    "AttestationWithdrawn": "withdrew what was attested of",
    "ChaseResumed": "had mails go out again for",
    "ChaseStopped": "stopped mails for",
    "CodeSent": "had a code sent to",
    "ContactAdded": "added the contact",
    "ContactChanged": "changed the contact",
    "ContactInvited": "invited",
    "ContactRemoved": "removed the contact",
    "ContractAdded": "added a contract",
    "ContractAssumed": "took back the confirmation of a contract",
    "ContractChanged": "gave new terms to a contract",
    "ContractConfirmed": "confirmed a contract",
    "ContractFileAdded": "added a file of contracts",
    "ContractFileDropped": "left out a file of contracts",
    "ContractMappingChanged": "changed how a file of contracts is read",
    "ContractsImported": "imported contracts",
    "ContractRemoved": "removed a contract",
    "ContractRestored": "put a contract back",
    "ConventionsChanged": "set the billing conventions",
    "CriterionAttested": "attested",
    "CriterionUnmet": "saw that this does not hold any more:",
    "DissentRecorded": "recorded a dissent on",
    "DocumentFileAdded": "added a file to",
    "DocumentFileRemoved": "took a file away from",
    "DocumentIssued": "issued",
    "EngagementCreated": "created the engagement",
    "ExportMapped": "said how a CRM export is read for",
    "ExportUploaded": "uploaded a CRM export for",
    "FileAdded": "added a file to",
    "FileRemoved": "took a file away from",
    "FindingTaken": "took over a finding of",
    "FormReopened": "reopened",
    "FormSubmitted": "sent",
    "GatePassed": "passed",
    "HandoverAllowed": "agreed that a colleague gets",
    "HandoverDeclined": "declined that a colleague gets",
    "HypercareExtended": "extended hypercare at",
    "InputAssumed": "put back to ASSUMED",
    "InputConfirmed": "confirmed",
    "InputSet": "set",
    "InvitationsRevoked": "revoked the links of",
    "InvoiceFileAdded": "took in a file of invoices:",
    "InvoiceFileRefused": "had a file of invoices refused:",
    "InvoiceImportRemoved": "left out a file of invoices:",
    "InvoiceImportRestored": "put back a file of invoices:",
    "InvoiceMappingChanged": "corrected how a file is read:",
    "InvoicesImported": "imported the invoices of",
    "InvoicesPutBeforeCustomer": "put test invoices before the customer from",
    "ItemAsked": "asked by name for",
    "ItemHandedOver": "handed to a colleague:",
    "ItemReturned": "sent back as not theirs:",
    "ItemTakenBack": "took back",
    "InvoiceTemplateChanged": "changed the invoice template",
    "LinkAskedFor": "asked for a fresh link",
    "LoopClosed": "said the loop back was fixed at",
    "LoopedBack": "looped back at",
    "MatrixDecided": "decided",
    "MeetingDropped": "gave up",
    "MeetingEnded": "held",
    "MeetingInvited": "sent invitations to",
    "MeetingNoted": "wrote up",
    "MeetingPlanned": "planned",
    "MeetingReopened": "opened again",
    "MeetingRestored": "took up again",
    "MeetingStarted": "started",
    "MemberAdded": "added to the team",
    "MemberRemoved": "took from the team",
    "OccurrenceChanged": "changed the result of",
    "OccurrenceRecorded": "recorded the result of",
    "OptionDeferred": "put off an option of",
    "PassageEdited": "edited",
    "PassageRead": "accepted as read",
    "PassageRedrafted": "took over the new draft of",
    "PassageReverted": "went back to the draft of",
    "PersonFollowedUp": "wrote about what is open to",
    "ProfileChanged": "changed the profile",
    "ReadingChanged": "corrected a reading of",
    "ReadingTaken": "took a reading of",
    "ReadingsImported": "imported readings into",
    "ReconciliationDone": "reconciled",
    "ReconciliationRemoved": "removed",
    "ReconciliationSettingsChanged": "changed the reconciliation settings",
    "ReconciliationStarted": "began to reconcile",
    "ResultsImported": "imported results into",
    "RowAdded": "added a row to",
    "RowAssumed": "put a row back to ASSUMED in",
    "RowChanged": "changed a row of",
    "RowConfirmed": "confirmed a row of",
    "RowRemoved": "removed a row of",
    "RowRestored": "restored a row of",
    "RowMoved": "moved a row of",
    "RowsImported": "imported rows into",
    "RunCancelled": "stopped",
    "RunEnded": "saw the end of",
    "RunStarted": "started",
    "RunTriedAgain": "tried again",
    "ScenarioTried": "tried a scenario on the billing tool:",
    "ScenariosChosen": "chose scenarios of the pack",
    "ScoreSet": "scored in",
    "ScoresImported": "brought scores into",
    "SheetSigned": "answered each statement of",
    "StatementReworded": "reworded",
    "StepChanged": "worked on",
    "StepsImported": "imported steps into",
    "TriggerAnswered": "answered the trigger",
    "TriggerTripped": "said that it happened:",
    "VarianceChanged": "explained a variance of",
    "VersionCut": "cut a version of the assessment:",
    "WaiverEnded": "ended the waiver of",
    "WaiverGranted": "waived",
    "WaiverRequested": "asked to waive",
    "WeightSet": "weighed in",
}


@dataclass(frozen=True)
class EventWords:
    """An event as a line: who did what, to what, when."""

    seq: int
    at: datetime
    who: str
    what: str
    about: str
    subject: str
    hash: str


def event_words(s: Situation, event: AuditEvent) -> EventWords:
    """*event* in words. A test sees to it that every kind of event has some."""
    what = PLAIN.get(event.kind, event.kind)
    return EventWords(
        event.seq,
        event.at,
        s.people.name(event.actor),
        what,
        _about(s, event.subject),
        event.subject,
        event.hash,
    )


def in_a_row(events: Iterable[EventWords]) -> list[tuple[EventWords, int]]:
    """Events of one person doing the same to the same, one after another, as one with a count."""
    groups = groupby(events, key=lambda event: (event.who, event.what, event.about))
    found = [list(group) for _, group in groups]
    return [(group[0], len(group)) for group in found]


def _about(s: Situation, subject: str) -> str:
    key = re.split("[#:/]", subject)[0]
    item = s.playbook.items.get(key)
    if item is not None:
        return item.title
    if re.fullmatch(r"[uc]\d+", subject):
        return s.people.name(subject)
    return "" if subject == s.engagement.slug else subject
