-- A package that holds files is collected anew.
DELETE FROM package_files WHERE kind = 'contents';
DROP INDEX package_files_once;
ALTER TABLE package_files ADD CONSTRAINT package_files_package_id_system_tbl_key UNIQUE (package_id, system, tbl);
ALTER TABLE package_files DROP CONSTRAINT package_files_kind_check;
ALTER TABLE package_files ADD CONSTRAINT package_files_kind_check CHECK (kind IN ('records', 'count', 'archive'));
COMMENT ON TABLE package_files IS 'The parts of a package: the records of each table, the counts of what is only counted, and the archive that the person fetches.';
