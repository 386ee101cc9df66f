DROP TABLE throttles;
DROP TABLE api_keys;
DROP TABLE sessions;
DROP TABLE staff;
-- The role stays: other databases of the cluster may use it.
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM dataratt_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM dataratt_app;
REVOKE USAGE ON SCHEMA public FROM dataratt_app;
