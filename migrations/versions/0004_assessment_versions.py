"""assessment versions

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-21

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "assessment_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("meeting_number", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", json, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("tally", json, nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            name=op.f("fk_assessment_version_engagement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_version")),
        sa.UniqueConstraint(
            "engagement_id", "name", name=op.f("uq_assessment_version_engagement_id_name")
        ),
    )


def downgrade():
    op.drop_table("assessment_version")
