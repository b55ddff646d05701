-- The database of a team on several hosts, and the roles that use it (docs/postgresql.md). A superuser runs it once:
--
--     psql -d postgres -v database=thrumsg -f postgresql.sql
--
-- No role here can sign in: roles of hosts and of people are made afterwards, as members of these.

\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['thrumsg_owner', 'thrumsg_app', 'thrumsg_read', 'thrumsg_host']) AS name
WHERE to_regrole(name) IS NULL
\gexec

COMMENT ON ROLE thrumsg_owner IS 'thrumsg: owns the databases, makes and upgrades their tables';
COMMENT ON ROLE thrumsg_app   IS 'thrumsg: reads and changes rows';
COMMENT ON ROLE thrumsg_read  IS 'thrumsg: reads rows';
COMMENT ON ROLE thrumsg_host  IS 'thrumsg: a host that is believed when it says who sits at its keyboard';

CREATE DATABASE :"database" OWNER thrumsg_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO thrumsg_app, thrumsg_read;

\connect :"database"

ALTER SCHEMA public OWNER TO thrumsg_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO thrumsg_app, thrumsg_read;

-- What thrumsg_owner makes, now and in later versions. Nobody else may truncate a table or change its definition.
ALTER DEFAULT PRIVILEGES FOR ROLE thrumsg_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO thrumsg_app;
ALTER DEFAULT PRIVILEGES FOR ROLE thrumsg_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO thrumsg_app;
ALTER DEFAULT PRIVILEGES FOR ROLE thrumsg_owner IN SCHEMA public GRANT SELECT ON TABLES TO thrumsg_read;
ALTER DEFAULT PRIVILEGES FOR ROLE thrumsg_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO thrumsg_read;  -- pg_dump
