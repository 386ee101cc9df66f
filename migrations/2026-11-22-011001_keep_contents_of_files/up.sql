-- A package may hold files: what they hold, beside the records that tell of them.
ALTER TABLE package_files DROP CONSTRAINT package_files_kind_check;
ALTER TABLE package_files ADD CONSTRAINT package_files_kind_check
    CHECK (kind IN ('records', 'contents', 'count', 'archive'));
ALTER TABLE package_files DROP CONSTRAINT package_files_package_id_system_tbl_key;
CREATE UNIQUE INDEX package_files_once ON package_files (package_id, system, tbl, (kind = 'contents'));
COMMENT ON TABLE package_files IS 'The parts of a package: the records of each table, what files among them hold, the counts of what is only counted, and the archive that the person fetches.';
