-- setup.sql -- what every database behind the stand-in holds besides the tests' own tables: schema standin (Redshift's
-- functions, system tables and the attributes that PostgreSQL has no place for) and standin_is (information_schema).
-- Strings are read with backslash escapes here as in every other statement to the backend.
create schema standin;
create schema standin_is;
grant usage on schema standin, standin_is to public;
grant create on schema public to public;
create domain standin.super as json;

-- 127-byte names that PostgreSQL would cut, and what CREATE TABLE said beyond columns.
create table standin.names (short text primary key, long text not null);
create table standin.attrs (relid oid primary key, attributes text not null);
grant select, insert, update, delete on standin.attrs to public;
grant select on standin.names to public;
create function standin.long(name) returns varchar stable language sql as $$ select coalesce((select n.long from standin.names n where n.short = $1::text), $1::text)::varchar $$;
create function standin.keep_attrs(t regclass, a text) returns void language sql as $$ insert into standin.attrs values (t::oid, a) on conflict (relid) do update set attributes = excluded.attributes $$;

-- VARCHAR(n) and CHAR(n) count bytes: a CHECK on every such column, made again after each change of the table.
create function standin.add_checks(t regclass) returns void language plpgsql as $f$
declare c record; wanted text; label text;
begin
  for c in select a.attname, a.attnum, a.atttypmod - 4 as n, y.typname from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
           where a.attrelid = t and a.attnum > 0 and not a.attisdropped and y.typname in ('varchar', 'bpchar') and a.atttypmod > 0 loop
    label := 'standin_bytes_' || c.attnum || '_' || c.n;
    if exists (select 1 from pg_catalog.pg_constraint k where k.conrelid = t and k.conkey = array[c.attnum] and k.conname = label) then continue; end if;
    for wanted in select k.conname from pg_catalog.pg_constraint k where k.conrelid = t and k.conkey = array[c.attnum] and k.conname like 'standin\\_bytes\\_%' loop
      execute format('alter table %s drop constraint %I', t, wanted);
    end loop;
    execute format('alter table %s add constraint %I check (octet_length(%I::text) <= %s%s)', t, label, c.attname, c.n,
                   case c.typname when 'bpchar' then format(' and octet_length(%I::text) = char_length(%I::text)', c.attname, c.attname) else '' end);
  end loop;
end $f$;

-- Functions that PostgreSQL has not, or not so. The ones with an argument where Redshift has none get a value of the session from the front.
create function standin.version() returns text immutable language sql as $$ select 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.99999'::text $$;
create function standin.getdate(us bigint) returns timestamp stable language sql as $$ select date_trunc('second', (transaction_timestamp() at time zone 'UTC') + us * interval '1 microsecond') $$;
create function standin.sysdate(us bigint) returns timestamp stable language sql as $$ select (transaction_timestamp() at time zone 'UTC') + us * interval '1 microsecond' $$;
create function standin.pg_backend_pid(n int) returns int immutable language sql as $$ select n $$;
create function standin.pg_last_copy_count(n bigint) returns bigint immutable language sql as $$ select n $$;
create function standin.pg_last_copy_id(n int) returns int immutable language sql as $$ select n $$;
create function standin.pg_last_query_id(n int) returns int immutable language sql as $$ select n $$;
create function standin.format_type(oid, int) returns text stable language sql as $$ select case when $1 in (4000, 'standin.super'::regtype) then 'super' when $1 = 'text'::regtype then 'character varying(65535)' else pg_catalog.format_type($1, $2) end $$;
create function standin.len(text) returns int immutable strict language sql as $$ select char_length($1) $$;
create function standin.concat(text, text) returns text immutable strict language sql as $$ select $1 || $2 $$;
create function standin.sha2(text, int) returns text immutable strict language sql as $$ select encode(case $2 when 0 then sha256(convert_to($1, 'UTF8')) when 224 then sha224(convert_to($1, 'UTF8')) when 256 then sha256(convert_to($1, 'UTF8')) when 384 then sha384(convert_to($1, 'UTF8')) when 512 then sha512(convert_to($1, 'UTF8')) end, 'hex') $$;
create function standin.strtol(text, int) returns bigint immutable strict language plpgsql as $f$
declare total numeric := 0; c text; d int; body text := lower(ltrim($1, '-'));
begin
  if $2 = 16 and body like '0x%' then body := substr(body, 3); end if;
  if body = '' then raise exception 'The input % is not valid to be converted to base %', $1, $2 using errcode = '22023'; end if;
  foreach c in array string_to_array(body, null) loop
    d := strpos('0123456789abcdefghijklmnopqrstuvwxyz', c) - 1;
    if d < 0 or d >= $2 then raise exception 'The input % is not valid to be converted to base %', $1, $2 using errcode = '22023'; end if;
    total := total * $2 + d;
  end loop;
  return case when $1 like '-%' then -total else total end;
end $f$;
create function standin.json_parse(text) returns standin.super immutable strict language plpgsql as $f$ begin
  return $1::standin.super; exception when others then raise exception 'JSON parsing error' using errcode = 'XX000'; end $f$;
create function standin.json_serialize(standin.super) returns text immutable strict language sql as $$ select $1::text $$;
create function standin.convert_timezone(text, text, timestamp) returns timestamp stable strict language sql as $$ select ($3 at time zone $1) at time zone $2 $$;
create function standin.convert_timezone(text, timestamp) returns timestamp stable strict language sql as $$ select ($2 at time zone 'UTC') at time zone $1 $$;
create function standin.part(text) returns text immutable language sql as $$ select case
  when $1 in ('year','years','y','yr','yrs') then 'year' when $1 in ('quarter','quarters','q') then 'quarter' when $1 in ('month','months','mon','mons') then 'month'
  when $1 in ('week','weeks','w') then 'week' when $1 in ('day','days','d') then 'day' when $1 in ('hour','hours','h','hr','hrs') then 'hour'
  when $1 in ('minute','minutes','m','min','mins') then 'minute' when $1 in ('second','seconds','s','sec','secs') then 'second'
  when $1 in ('millisecond','milliseconds','ms') then 'millisecond' else 'microsecond' end $$;
create function standin.dateadd(text, bigint, timestamp) returns timestamp immutable strict language sql as $$ select $3 + case standin.part($1) when 'quarter' then 3 * $2 * interval '1 month' else $2 * ('1 ' || standin.part($1))::interval end $$;
create function standin.datediff(text, timestamp, timestamp) returns bigint immutable strict language sql as $$ select (case standin.part($1)
  when 'year' then extract(year from $3) - extract(year from $2)
  when 'quarter' then (extract(year from $3) - extract(year from $2)) * 4 + extract(quarter from $3) - extract(quarter from $2)
  when 'month' then (extract(year from $3) - extract(year from $2)) * 12 + extract(month from $3) - extract(month from $2)
  when 'week' then extract(epoch from date_trunc('week', $3 + interval '1 day') - date_trunc('week', $2 + interval '1 day')) / 604800
  when 'day' then $3::date - $2::date
  when 'hour' then extract(epoch from date_trunc('hour', $3) - date_trunc('hour', $2)) / 3600
  when 'minute' then extract(epoch from date_trunc('minute', $3) - date_trunc('minute', $2)) / 60
  when 'second' then extract(epoch from date_trunc('second', $3) - date_trunc('second', $2))
  when 'millisecond' then extract(epoch from date_trunc('milliseconds', $3) - date_trunc('milliseconds', $2)) * 1000
  else extract(epoch from $3 - $2) * 1000000 end)::bigint $$;
create function standin.keep_first(anyelement, anyelement) returns anyelement immutable strict language sql as $$ select $1 $$;
create function standin.keep_last(anyelement, anyelement) returns anyelement immutable strict language sql as $$ select $2 $$;
create aggregate standin.first_value_ignoring_nulls(anyelement) (sfunc = standin.keep_first, stype = anyelement);
create aggregate standin.last_value_ignoring_nulls(anyelement) (sfunc = standin.keep_last, stype = anyelement);

-- The catalog as an 8.0 server shows it: only the columns it has.
create view standin.pg_namespace as select n.oid, standin.long(n.nspname)::name as nspname, n.nspowner, n.nspacl from pg_catalog.pg_namespace n where n.nspname not in ('standin', 'standin_is') and n.nspname not like 'pg\\_toast%';
create view standin.pg_class as select c.oid, case when c.relname like '%~%' then standin.long(c.relname) else c.relname::varchar end as relname, c.relnamespace, c.reltype, c.relowner, c.relam, c.relfilenode, c.relpages, c.reltuples, c.relhasindex, c.relisshared, c.relkind, c.relnatts, c.relacl,
  case (a.attributes::json ->> 'diststyle') when 'key' then 1 when 'all' then 8 when 'even' then 0 else 9 end::smallint as reldiststyle
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace left join standin.attrs a on a.relid = c.oid where n.nspname not in ('standin', 'standin_is');
create view standin.pg_attribute as select a.attrelid, case when a.attname like '%~%' then standin.long(a.attname) else a.attname::varchar end as attname, case a.atttypid when 'standin.super'::regtype then 4000::oid else a.atttypid end as atttypid, a.attlen, a.attnum, a.attndims, a.atttypmod, a.attbyval, a.attstorage, a.attalign, a.attnotnull, a.atthasdef, a.attisdropped, a.attislocal, a.attinhcount,
  coalesce((t.attributes::json ->> 'distkey') = standin.long(a.attname), false) as attisdistkey,
  coalesce((select o::int from json_array_elements_text(t.attributes::json -> 'sortkeys') with ordinality s(k, o) where k = standin.long(a.attname)), 0) as attsortkeyord
  from pg_catalog.pg_attribute a left join standin.attrs t on t.relid = a.attrelid;
create view standin.pg_type as select t.oid, t.typname, t.typnamespace, t.typowner, t.typlen, t.typbyval, t.typtype, t.typdelim, t.typrelid, t.typelem, t.typnotnull, t.typbasetype, t.typtypmod from pg_catalog.pg_type t where t.typname <> 'super' union all select 4000::oid, 'super'::name, 11::oid, 10::oid, (-1)::smallint, false, 'b', ',', 0::oid, 0::oid, false, 0::oid, -1;
create view standin.pg_tables as select standin.long(t.schemaname)::varchar as schemaname, standin.long(t.tablename)::varchar as tablename, t.tableowner, t.tablespace, t.hasindexes, t.hasrules, t.hastriggers from pg_catalog.pg_tables t where t.schemaname not in ('standin', 'standin_is');
create view standin.pg_database as select d.oid, d.datname, d.datdba, d.encoding, d.datistemplate, d.datallowconn, d.datacl from pg_catalog.pg_database d;
create view standin.pg_user as select u.usename, u.usesysid, u.usecreatedb, u.usesuper, u.passwd from pg_catalog.pg_user u;
create view standin_is.columns as select c.table_catalog::varchar as table_catalog, standin.long(c.table_schema::name) as table_schema, standin.long(c.table_name::name) as table_name, standin.long(c.column_name::name) as column_name, c.ordinal_position::int as ordinal_position, c.column_default::varchar as column_default, c.is_nullable::varchar as is_nullable,
  case when c.domain_name = 'super' then 'super' when c.data_type = 'text' then 'character varying' else c.data_type end::varchar as data_type,
  case when c.data_type = 'text' then 65535 else c.character_maximum_length end::int as character_maximum_length, c.numeric_precision::int as numeric_precision, c.numeric_precision_radix::int as numeric_precision_radix, c.numeric_scale::int as numeric_scale, c.datetime_precision::int as datetime_precision
  from information_schema.columns c where c.table_schema not in ('standin', 'standin_is');
create view standin_is.tables as select t.table_catalog::varchar as table_catalog, standin.long(t.table_schema::name) as table_schema, standin.long(t.table_name::name) as table_name, t.table_type::varchar as table_type from information_schema.tables t where t.table_schema not in ('standin', 'standin_is');
create view standin_is.schemata as select s.catalog_name::varchar as catalog_name, standin.long(s.schema_name::name) as schema_name, s.schema_owner::varchar as schema_owner from information_schema.schemata s where s.schema_name not in ('standin', 'standin_is');
create view standin.svv_columns as select c.*, null::varchar as remarks from standin_is.columns c;
create view standin.svv_tables as select t.*, null::varchar as remarks from standin_is.tables t;
create view standin.pg_table_def as select n.nspname as schemaname, standin.long(c.relname) as tablename, standin.long(a.attname) as "column", format_type(a.atttypid, a.atttypmod) as type, coalesce(t.attributes::json -> 'encodings' ->> standin.long(a.attname), 'none') as encoding, coalesce((t.attributes::json ->> 'distkey') = standin.long(a.attname), false) as distkey, a.attnotnull as "notnull"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_attribute a on a.attrelid = c.oid left join standin.attrs t on t.relid = c.oid where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and n.nspname = any (current_schemas(false));
create view standin.svv_table_info as select current_database()::varchar as database, n.nspname::varchar as schema, c.oid::int as table_id, standin.long(c.relname) as "table", coalesce(upper(t.attributes::json ->> 'diststyle'), 'AUTO(ALL)') as diststyle, t.attributes::json -> 'sortkeys' ->> 0 as sortkey1, c.reltuples::numeric as tbl_rows
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace left join standin.attrs t on t.relid = c.oid where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'standin', 'standin_is');

-- What COPY logs, on a connection of its own so that a ROLLBACK leaves it. Everybody sees only the own rows.
create table standin.load_error (userid int, user_name text, query bigint, xid bigint, session int, tbl int, starttime timestamp, filename text, line_number bigint, colname text, type text, col_length text, position int, raw_line text, raw_field_value text, err_code int, err_reason text);
create table standin.load_history (userid int, user_name text, query bigint, xid bigint, session int, status text, table_name text, start_time timestamp, end_time timestamp, data_source text, loaded_rows bigint, loaded_bytes bigint, source_file_count bigint, source_file_bytes bigint, error_count bigint);
create table standin.load_detail (userid int, user_name text, query bigint, file_name text, bytes_scanned bigint, lines_scanned bigint, record_time timestamp, file_etag text);
create table standin.query_history (userid int, user_name text, query bigint, xid bigint, session int, starttime timestamp, endtime timestamp, status text, querytxt text);
create function standin.mine(text) returns boolean stable language sql as $$ select $1 = current_user or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) $$;
create view standin.stl_load_errors as select userid, 0 as slice, tbl, starttime, session, query::int as query, filename::char(256) as filename, line_number, colname::char(127) as colname, type::char(10) as type, col_length::char(10) as col_length, position, raw_line::char(1024) as raw_line, raw_field_value::char(1024) as raw_field_value, err_code, err_reason::char(100) as err_reason, 0 as is_partial, 0::bigint as start_offset, (-1)::bigint as copy_job_id from standin.load_error where standin.mine(user_name);
create view standin.stl_loaderror_detail as select userid, 0 as slice, session, query::int as query, filename::char(256) as filename, line_number, 0 as field, colname::char(1024) as colname, raw_field_value::char(1024) as value, 0 as is_null, type::char(10) as type, col_length::char(10) as col_length from standin.load_error where standin.mine(user_name);
create view standin.sys_load_error_detail as select userid as user_id, query as query_id, xid as transaction_id, session as session_id, current_database()::char(64) as database_name, tbl as table_id, starttime as start_time, filename::char(256) as file_name, line_number, colname::char(127) as column_name, type::char(10) as column_type, col_length::char(10) as column_length, position, err_code as error_code, err_reason::char(512) as error_message from standin.load_error where standin.mine(user_name);
create view standin.sys_load_history as select userid as user_id, query as query_id, xid as transaction_id, session as session_id, current_database()::text as database_name, status, table_name, start_time, end_time, (extract(epoch from end_time - start_time) * 1000000)::bigint as duration, data_source, 'CSV'::text as file_format, loaded_rows, loaded_bytes, source_file_count, source_file_bytes, source_file_count as file_count_scanned, source_file_bytes as file_bytes_scanned, error_count, (-1)::bigint as copy_job_id from standin.load_history where standin.mine(user_name);
create view standin.sys_load_detail as select userid as user_id, query as query_id, file_name::char(256) as file_name, bytes_scanned, lines_scanned, record_time, 1 as splits_scanned, record_time as start_time, record_time as end_time, file_etag, null::timestamp as file_last_modified from standin.load_detail where standin.mine(user_name);
create view standin.stl_load_commits as select userid, query::int as query, 0 as slice, file_name::char(256) as filename, lines_scanned, bytes_scanned, record_time as curtime, 1::smallint as status from standin.load_detail where standin.mine(user_name);
create view standin.stl_query as select userid, query::int as query, xid, session as pid, querytxt::char(4000) as querytxt, starttime, endtime, case status when 'success' then 0 else 1 end as aborted from standin.query_history where standin.mine(user_name);
create view standin.sys_query_history as select userid as user_id, query as query_id, xid as transaction_id, session as session_id, current_database()::text as database_name, status, starttime as start_time, endtime as end_time, querytxt::varchar(4000) as query_text from standin.query_history where standin.mine(user_name);
create view standin.stv_recents as select userid, 'Done'::text as status, starttime, querytxt::char(600) as query, session as pid from standin.query_history where standin.mine(user_name);
create table standin.level (isolation text);
create view standin.stv_db_isolation_level as select current_database()::char(128) as db_name, isolation::char(128) as isolation_level from standin.level;
grant select on all tables in schema standin, standin_is to public;
revoke all on standin.load_error, standin.load_history, standin.load_detail, standin.query_history from public;
