"""Bundles of services for many towns at once, and for each offer which bundles switched it on and what it was before."""

from alembic import op

revision = "0039_bundles"
down_revision = "0038_local_links"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"

TABLES = """
CREATE TABLE bundles (
    id int GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_bundles PRIMARY KEY,
    district_id int CONSTRAINT fk_bundles_district_id REFERENCES tenants (id),
    name jsonb NOT NULL,
    reason jsonb NOT NULL,
    services text[] NOT NULL,
    required boolean NOT NULL,
    legal_source text NOT NULL CONSTRAINT ck_bundles_legal_source CHECK (required = (legal_source <> '')),
    audience text NOT NULL CONSTRAINT ck_bundles_audience CHECK (audience IN ('all', 'kinds', 'towns')),
    kinds text[] NOT NULL,
    tenant_ids int[] NOT NULL,
    applied_at timestamptz
);
CREATE INDEX ix_bundles_district_id ON bundles (district_id);
COMMENT ON COLUMN bundles.district_id IS 'Whose it is; null: the whole region''s';

ALTER TABLE offers ADD bundles jsonb;
COMMENT ON COLUMN offers.bundles IS 'By the id of each bundle applied to it what it was before: none, off, on (which stays)';
"""

# What a town has touched is its own: taking a bundle back leaves it as it is from then on.
TOUCHED = """
CREATE FUNCTION leave_offer_to_town() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.bundles := (SELECT jsonb_object_agg(b.key, 'on') FROM jsonb_object_keys(OLD.bundles) AS b (key));
    RETURN NEW;
END $$;
CREATE TRIGGER leave_to_town BEFORE UPDATE ON offers FOR EACH ROW
    WHEN (OLD.bundles <> '{}' AND current_setting('kreisportal.actor', true) <> 'region'
        AND (OLD.is_on, OLD.channel, OLD.open_from, OLD.open_until, OLD.details)
            IS DISTINCT FROM (NEW.is_on, NEW.channel, NEW.open_from, NEW.open_until, NEW.details))
    EXECUTE FUNCTION leave_offer_to_town();
"""

# A district admin sees the region's bundles and changes the own district's; a town sees those that reached it.
OWN = "((SELECT definer.whole_region()) OR district_id = (SELECT definer.own_district()))"
REGIONS = "(district_id IS NULL AND (SELECT definer.own_district()) IS NOT NULL)"
HERE = """id IN (
    SELECT b.key::int FROM offers o, jsonb_object_keys(o.bundles) AS b (key) WHERE o.tenant_id = {TENANT})
""".replace("{TENANT}", TENANT)
POLICIES = f"""
CREATE POLICY region_own ON bundles USING ({ACTOR} = 'region' AND {OWN});
CREATE POLICY district_reads ON bundles FOR SELECT USING ({ACTOR} = 'region' AND {REGIONS});
CREATE POLICY staff_reads ON bundles FOR SELECT USING ({ACTOR} = 'staff' AND {HERE});
"""


def upgrade() -> None:
    """Create the table, the column and the trigger."""
    op.execute(TABLES)
    op.execute(TOUCHED)
    op.execute("ALTER TABLE bundles ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE bundles FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON bundles TO kreisportal_app")
    op.execute(POLICIES)


def downgrade() -> None:
    """Drop them; what was switched on stays on."""
    op.execute("DROP TRIGGER leave_to_town ON offers")
    op.execute("DROP FUNCTION leave_offer_to_town()")
    op.execute("DROP TABLE bundles")
    op.execute("ALTER TABLE offers DROP bundles")
