"""invoices

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-21

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


# revision identifiers, used by Alembic.
revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("layer", sa.String(length=12), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("only_named", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("files", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("summary", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_reconciliation_engagement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    with op.batch_alter_table("reconciliation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reconciliation_engagement_id_purpose_id",
            ["engagement_id", "purpose", "id"],
            unique=False,
        )

    op.create_table(
        "reconciliation_settings",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("amounts", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("percent", sa.String(length=20), nullable=False),
        sa.Column("tolerance", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("names", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_reconciliation_settings_engagement_id"),
        ),
        sa.PrimaryKeyConstraint("engagement_id", name=op.f("pk_reconciliation_settings")),
    )
    op.create_table(
        "invoice_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("found", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("account", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("faults", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_invoice_import_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_invoice_import_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_import")),
    )
    with op.batch_alter_table("invoice_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invoice_import_engagement_id_side_state",
            ["engagement_id", "side", "state"],
            unique=False,
        )

    op.create_table(
        "reconciliation_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("contract", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expected_currency", sa.String(length=3), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expected_total", sa.String(length=40), nullable=True),
        sa.Column("actual_total", sa.String(length=40), nullable=True),
        sa.Column("difference", sa.String(length=40), nullable=False),
        sa.Column("causes", sa.String(length=200), nullable=False),
        sa.Column("red_flag", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("expected", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("test_row", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_reconciliation_row_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliation.id"],
            name=op.f("fk_reconciliation_row_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_row")),
    )
    with op.batch_alter_table("reconciliation_row", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reconciliation_row_engagement_id_state", ["engagement_id", "state"], unique=False
        )
        batch_op.create_index(
            "ix_reconciliation_row_outcome",
            ["reconciliation_id", "outcome", "position"],
            unique=False,
        )
        batch_op.create_index(
            "ix_reconciliation_row_place", ["reconciliation_id", "position"], unique=False
        )
        batch_op.create_index(
            "ix_reconciliation_row_state", ["reconciliation_id", "state", "position"], unique=False
        )

    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("contract", sa.String(length=120), nullable=False),
        sa.Column("customer", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("net", sa.String(length=40), nullable=True),
        sa.Column("tax", sa.String(length=40), nullable=True),
        sa.Column("total", sa.String(length=40), nullable=False),
        sa.Column("refers_to", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_invoice_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["invoice_import.id"], name=op.f("fk_invoice_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invoice_engagement_id_contract", ["engagement_id", "contract"], unique=False
        )
        batch_op.create_index(
            "ix_invoice_engagement_id_number", ["engagement_id", "number"], unique=False
        )
        batch_op.create_index("ix_invoice_import_id_row", ["import_id", "row"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.String(length=40), nullable=True),
        sa.Column("unit_price", sa.String(length=40), nullable=True),
        sa.Column("discount", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_invoice_line_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_line_engagement_id"), ["engagement_id"], unique=False
        )
        batch_op.create_index(
            "ix_invoice_line_invoice_id_position", ["invoice_id", "position"], unique=False
        )


def downgrade():
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_line_invoice_id_position")
        batch_op.drop_index(batch_op.f("ix_invoice_line_engagement_id"))

    op.drop_table("invoice_line")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_import_id_row")
        batch_op.drop_index("ix_invoice_engagement_id_number")
        batch_op.drop_index("ix_invoice_engagement_id_contract")

    op.drop_table("invoice")
    with op.batch_alter_table("reconciliation_row", schema=None) as batch_op:
        batch_op.drop_index("ix_reconciliation_row_state")
        batch_op.drop_index("ix_reconciliation_row_place")
        batch_op.drop_index("ix_reconciliation_row_outcome")
        batch_op.drop_index("ix_reconciliation_row_engagement_id_state")

    op.drop_table("reconciliation_row")
    with op.batch_alter_table("invoice_import", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_import_engagement_id_side_state")

    op.drop_table("invoice_import")
    op.drop_table("reconciliation_settings")
    with op.batch_alter_table("reconciliation", schema=None) as batch_op:
        batch_op.drop_index("ix_reconciliation_engagement_id_purpose_id")

    op.drop_table("reconciliation")
