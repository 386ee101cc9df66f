DROP TABLE replays;
DROP TABLE system_marks;
DROP TABLE erasure_ledger;
