-- Down only while nothing was packed.
ALTER TABLE grant_steps DROP CONSTRAINT grant_steps_kind_check;
ALTER TABLE grant_steps ADD CONSTRAINT grant_steps_kind_check
    CHECK (kind IN ('collect', 'change', 'mark', 'lift', 'stop', 'verify'));
DROP TABLE package_chunks;
DROP TABLE package_files;
DROP TABLE packages;
