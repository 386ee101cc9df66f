DROP TRIGGER guard_approved_in_advance ON proposals;
DROP FUNCTION guard_approved_in_advance();
ALTER TABLE proposals DROP COLUMN standing_approval;
DROP TABLE standing_uses;
DROP FUNCTION guard_standing_use();
DROP TABLE standing_approvals;
DROP FUNCTION guard_standing_approval();
ALTER TABLE proofs DROP CONSTRAINT proofs_method_check;
ALTER TABLE proofs ADD CONSTRAINT proofs_method_check CHECK (method IN
    ('typed_address', 'on_file_address', 'portal', 'call_back', 'letter', 'two_facts', 'in_person'));
