"""Where the playbook keeps what an audit suggests."""

from __future__ import annotations

from billing.crm.suggest import Keys

STEP = "Q4.step.pull_crm"
"""The step that asks for the audit; a playbook without it has no audit."""
QUESTION = "Q3.followup.crm_export"
"""Where customers upload an export."""
SUBPHASE = "1a"
GAPS = "Q9.register.gaps"
RISKS = "Q24.register.risks"
QUALITY = "Q4.input.crm_quality"
"""What every gap of an audit rests on."""
KEYS = Keys(
    GAPS,
    RISKS,
    {
        "motion": "profile.motion",
        "motion_evidence": "Q4.input.motion_evidence",
        "multi_currency": "profile.multi_currency",
        "deal_count": "Q4.input.crm_deals",
        "deal_value": "Q4.input.crm_value",
        "cycle_days": "Q4.input.sales_cycle",
        "quality": QUALITY,
    },
)

SEEDS = {
    "crm.risk.data_quality": "Q24.risk.crm_data",
    "crm.risk.currencies": "Q24.risk.multi_currency",
}
"""Risks that the playbook names itself: what the audit says of them goes there."""

KINDS = {"currency": "policy"}
"""The kind of gap that a kind of finding makes; missing data where none is named."""

COUNTERS = {
    "crm.risk.data_quality": "Fill in what won deals lack, and require it before one is won.",
    "crm.risk.catalogue": "Agree on one name per product, and map the names in use to the prices.",
    "crm.risk.duplicates": "Find out which rows are real before any of them is billed.",
    "crm.risk.currencies": "Settle in the alignment loop in which currencies customers are billed.",
    "crm.risk.outliers": "Look at each deal with whoever owns it before its data is migrated.",
}
