"""find audit events by what they are about, and who signed a statement last

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-21

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVENTS = "ix_audit_event_engagement_id_subject_at"


def upgrade():
    op.create_index(EVENTS, "audit_event", ["engagement_id", "subject", "at"])
    op.drop_index("ix_sign_off_engagement_id_sheet", "sign_off")
    op.create_index("ix_sign_off_last", "sign_off", ["engagement_id", "sheet", "statement", "role"])


def downgrade():
    op.drop_index("ix_sign_off_last", "sign_off")
    op.create_index("ix_sign_off_engagement_id_sheet", "sign_off", ["engagement_id", "sheet"])
    op.drop_index(EVENTS, "audit_event")
