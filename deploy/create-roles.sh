#!/bin/sh
# Runs once, as the superuser, when the database container is made.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE zhaocai_owner LOGIN NOSUPERUSER NOCREATEROLE CREATEDB BYPASSRLS PASSWORD :'owner_password';
CREATE ROLE zhaocai_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'app_password';
-- The owner hands schema rollup to the application, for which it must be able to act as it.
GRANT zhaocai_app TO zhaocai_owner WITH INHERIT TRUE, SET TRUE;
CREATE DATABASE zhaocai OWNER zhaocai_owner TEMPLATE template0;
REVOKE ALL ON DATABASE zhaocai FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE zhaocai TO zhaocai_app;
SQL
