"""The catalogue: guided lists and a glossary beside the other kinds; words that a search found nothing for."""

from alembic import op

revision = "0010_guides_and_missed_words"
down_revision = "0009_counting_at_once"
branch_labels = None
depends_on = None

KINDS = "ck_catalogue_entries_kind"
ACTOR = "(SELECT current_setting('kreisportal.actor', true))"
TENANT = "(SELECT nullif(current_setting('kreisportal.tenant_id', true), '')::int)"
TABLE = """
CREATE TABLE missed_words (
    tenant_id int NOT NULL CONSTRAINT fk_missed_words_tenant_id REFERENCES tenants (id),
    month date NOT NULL,
    word text NOT NULL CONSTRAINT ck_missed_words_word CHECK (char_length(word) BETWEEN 2 AND 60),
    count int NOT NULL,
    CONSTRAINT pk_missed_words PRIMARY KEY (tenant_id, month, word)
);
ALTER TABLE missed_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE missed_words FORCE ROW LEVEL SECURITY;
"""
POLICIES = f"""
CREATE POLICY staff_reads ON missed_words FOR SELECT USING ({ACTOR} = 'staff' AND tenant_id = {TENANT});
CREATE POLICY region_reads ON missed_words FOR SELECT USING ({ACTOR} = 'region');
GRANT SELECT ON missed_words TO kreisportal_app;
"""
SIGNATURE = "note_missed_words(int[], text[], int[])"
FUNCTION = """
CREATE FUNCTION definer.note_missed_words(tenants int[], words text[], counts int[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO missed_words AS m (tenant_id, month, word, count)
    SELECT t.id, date_trunc('month', now())::date, n.word, sum(n.count)
    FROM unnest(tenants, words, counts) AS n (tenant_id, word, count) JOIN tenants t ON t.id = n.tenant_id
    WHERE char_length(n.word) BETWEEN 2 AND 60 AND n.count BETWEEN 1 AND 100000
    GROUP BY t.id, n.word
    ON CONFLICT (tenant_id, month, word) DO UPDATE SET count = m.count + excluded.count;
    -- What nobody has mended for a year is no longer asked for.
    DELETE FROM missed_words WHERE month < date_trunc('month', now()) - interval '12 months';
$$
"""


def upgrade() -> None:
    """Allow the new kinds; words are added by a function only, and read by the tenant's staff and the region."""
    op.execute(f"ALTER TABLE catalogue_entries DROP CONSTRAINT {KINDS}")
    _allow("'topic', 'situation', 'service', 'form', 'guide', 'word'")
    op.execute(TABLE)
    op.execute(POLICIES)
    op.execute(FUNCTION)
    op.execute(f"GRANT EXECUTE ON FUNCTION definer.{SIGNATURE} TO kreisportal_app")
    op.execute(f"ALTER FUNCTION definer.{SIGNATURE} OWNER TO kreisportal_definer")


def downgrade() -> None:
    """Drop the words, and the entries that the old program does not know."""
    op.execute(f"DROP FUNCTION definer.{SIGNATURE}")
    op.execute("DROP TABLE missed_words")
    op.execute(f"ALTER TABLE catalogue_entries DROP CONSTRAINT {KINDS}")
    # Row security binds the owner too.
    op.execute("SELECT set_config('kreisportal.actor', 'region', true)")
    op.execute("DELETE FROM catalogue_entries WHERE kind IN ('guide', 'word')")
    op.execute("SELECT set_config('kreisportal.actor', '', true)")
    _allow("'topic', 'situation', 'service', 'form'")


def _allow(kinds: str) -> None:
    op.execute(f"ALTER TABLE catalogue_entries ADD CONSTRAINT {KINDS} CHECK (kind IN ({kinds}))")
