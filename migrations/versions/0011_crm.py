"""CRM exports and what was taken over from their audits

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-21

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


# revision identifiers, used by Alembic.
revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "crm_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("all_sha256", sa.String(length=64), nullable=False),
        sa.Column("titles_sha256", sa.String(length=64), nullable=False),
        sa.Column("files", json, nullable=False),
        sa.Column("mapping", json, nullable=False),
        sa.Column("mapped_by", sa.String(length=20), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", json, nullable=False),
        sa.Column("uploaded_by", sa.String(length=20), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_crm_export_engagement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_export")),
    )
    with op.batch_alter_table("crm_export", schema=None) as batch_op:
        batch_op.create_index(
            "ix_crm_export_engagement_id_all_sha256", ["engagement_id", "all_sha256"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_crm_export_titles_sha256"), ["titles_sha256"], unique=False
        )

    op.create_table(
        "crm_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("into", sa.String(length=260), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagement.id"], name=op.f("fk_crm_taken_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["export_id"], ["crm_export.id"], name=op.f("fk_crm_taken_export_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crm_taken")),
        sa.UniqueConstraint("engagement_id", "name", name=op.f("uq_crm_taken_engagement_id_name")),
    )


def downgrade():
    op.drop_table("crm_taken")
    op.drop_table("crm_export")
