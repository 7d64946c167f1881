"""contract indexes

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-21

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index("ix_contract_engagement_id_ends_on")
        batch_op.drop_index("ix_contract_engagement_id_customer")
        for name, column in (("number", "number"), ("customer", "customer"), ("end", "ends_on")):
            batch_op.create_index(
                f"ix_contract_by_{name}", ["engagement_id", "removed_at", column], unique=False
            )


def downgrade():
    with op.batch_alter_table("contract", schema=None) as batch_op:
        for name in ("number", "customer", "end"):
            batch_op.drop_index(f"ix_contract_by_{name}")
        batch_op.create_index(
            "ix_contract_engagement_id_customer", ["engagement_id", "customer"], unique=False
        )
        batch_op.create_index(
            "ix_contract_engagement_id_ends_on", ["engagement_id", "ends_on"], unique=False
        )
