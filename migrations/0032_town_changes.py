"""What a tenant admin changes about the town itself: look, notice, offices, legal pages; and what was there before."""

from alembic import op

revision = "0032_town_changes"
down_revision = "0031_service_figures"
branch_labels = None
depends_on = None

ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"

TABLE = """
CREATE TABLE town_changes (
    tenant_id int NOT NULL CONSTRAINT fk_town_changes_tenant_id REFERENCES tenants (id),
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    staff_id uuid NOT NULL,
    area text NOT NULL,
    before jsonb NOT NULL,
    CONSTRAINT pk_town_changes PRIMARY KEY (tenant_id, id)
);
COMMENT ON COLUMN town_changes.before IS 'The parts of the profile as they were; null for one that was not there';
CREATE INDEX ix_town_changes_area ON town_changes (tenant_id, area, id);
"""

# Staff may not write tenants, where state, hosts and keys stand; of the profile they change these parts only, and only
# as long as these are what was seen. Two who save at once meet here: the second one's WHERE is asked again.
CHANGE = """
CREATE FUNCTION definer.change_town(of_area text, wanted jsonb, seen jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own int := nullif(current_setting('kreisportal.tenant_id', true), '')::int;
    me uuid := nullif(current_setting('kreisportal.staff_id', true), '')::uuid;
    parts text[] := ARRAY(SELECT jsonb_object_keys(wanted));
BEGIN
    IF current_setting('kreisportal.actor', true) IS DISTINCT FROM 'staff' OR NOT EXISTS (
        SELECT FROM staff s
        WHERE s.tenant_id = own AND s.id = me AND s.active AND 'tenant_admin' = ANY (s.roles)) THEN
        RAISE EXCEPTION 'only who leads the portal changes the town' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF parts <> ARRAY(SELECT jsonb_object_keys(seen))
        OR NOT parts <@ '{brand,home,notice,contact,hours,offices,texts,legal,declaration}' THEN
        RAISE EXCEPTION 'not a part that the town changes itself' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE tenants t
        SET profile = (t.profile - parts) || (
            SELECT coalesce(jsonb_object_agg(w.key, w.value) FILTER (WHERE w.value <> 'null'), '{}')
            FROM jsonb_each(wanted) w)
        WHERE t.id = own
            AND (SELECT bool_and(coalesce(t.profile -> s.key, 'null') = s.value) FROM jsonb_each(seen) s);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO town_changes (tenant_id, staff_id, area, before) VALUES (own, me, of_area, seen);
    DELETE FROM town_changes c WHERE c.tenant_id = own AND c.area = of_area AND c.id <= (
        SELECT o.id FROM town_changes o WHERE o.tenant_id = own AND o.area = of_area
        ORDER BY o.id DESC OFFSET 20 LIMIT 1);
    RETURN true;
END $$
"""


def upgrade() -> None:
    """Create both. The application reads the changes, only the function writes them."""
    op.execute(TABLE)
    op.execute("ALTER TABLE town_changes ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE town_changes FORCE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT ON town_changes TO kreisportal_app")
    op.execute(
        "CREATE POLICY staff_reads ON town_changes FOR SELECT"
        f" USING ({ACTOR} = 'staff' AND tenant_id = {TENANT})"
    )
    op.execute(CHANGE)
    op.execute("GRANT EXECUTE ON FUNCTION definer.change_town(text, jsonb, jsonb) TO kreisportal_app")
    op.execute("ALTER FUNCTION definer.change_town(text, jsonb, jsonb) OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop both; what was changed stays."""
    op.execute("DROP FUNCTION definer.change_town(text, jsonb, jsonb)")
    op.execute("DROP TABLE town_changes")
